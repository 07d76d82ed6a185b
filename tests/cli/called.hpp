// SPDX-License-Identifier: MIT
// A command of ubp, run in this process; and programs of the machine, run on a text.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

#include "cli/command.hpp"
#include "cli/options.hpp"
#include "support.hpp"

namespace ubp {

struct Called {
  std::string out, err;
  int code = 0;
};

/// Sends a standard stream into a file as long as it lives.
class Redirected {
 public:
  Redirected(std::FILE* stream, const std::filesystem::path& file) : stream_(stream), before_(dup(fileno(stream))) {
    std::fflush(stream_);
    std::FILE* const to = std::fopen(file.c_str(), "w");
    dup2(fileno(to), fileno(stream_));
    std::fclose(to);
  }
  ~Redirected() {
    std::fflush(stream_);
    dup2(before_, fileno(stream_));
    close(before_);
  }
  Redirected(const Redirected&) = delete;

 private:
  std::FILE* stream_;
  int before_;
};

inline std::string text_of_file(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline Called call(const Words& words) {
  const Folder folder;
  Called called;
  {
    const Redirected out(stdout, folder / "out"), err(stderr, folder / "err");
    called.code = run_command(words);
  }
  called.out = text_of_file(folder / "out");
  called.err = text_of_file(folder / "err");
  return called;
}

inline std::vector<OptionDecl> options_of(const Verb& verb) {
  const Options options(verb);
  return options.declared();
}

inline std::vector<std::string> words_of(const Verb& verb) {
  const Options options(verb);
  return options.word_names();
}

inline bool has_program(const std::string& name) {
  return std::system(("command -v " + name + " >/dev/null 2>&1").c_str()) == 0;
}

/// Runs a line of sh in which $FILE is a file with `text`; `out` and `err` are what it wrote.
inline Called shell(const std::string& line, const std::string& text) {
  const Folder folder;
  std::ofstream(folder / "file") << text;
  const std::string whole = "FILE=" + (folder / "file").string() + "; { " + line + "\n} >" + (folder / "out").string() +
                            " 2>" + (folder / "err").string();
  const int status = std::system(whole.c_str());
  return {text_of_file(folder / "out"), text_of_file(folder / "err"), WIFEXITED(status) ? WEXITSTATUS(status) : -1};
}

}  // namespace ubp
