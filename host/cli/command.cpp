// SPDX-License-Identifier: MIT
#include "cli/command.hpp"

#include <cstdio>
#include <filesystem>
#include <new>
#include <stdexcept>
#include <system_error>
#include <variant>

#include <ubp/version.h>

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "cli/options.hpp"

namespace ubp {
namespace {

int print_usage() {
  fmt::print("{}", usage_text());
  return 0;
}

[[noreturn]] void no_such_verb(const std::string& name) {
  if (name.starts_with('-')) fail(Exit::usage, "{}: options follow the verb: ubp VERB {}", name, name);
  std::vector<std::string> names = {"help"};
  for (const Verb* v : verbs())
    if (!v->hidden) names.emplace_back(v->name);
  const std::string near = nearest(name, names);
  if (near.empty()) fail(Exit::usage, "there is no verb '{}': `ubp help` lists them", name);
  fail(Exit::usage, "there is no verb '{}'; did you mean '{}'?", name, near);
}

int dispatch(const std::string& name, const Words& words) {
  if (name == "help" && !words.empty()) return dispatch(words[0], {"--help"});
  if (name == "help" || name == "--help" || name == "-h") return print_usage();
  if (name == "--version") return fmt::print("ubp {}\n", UBP_VERSION), 0;
  for (const Verb* verb : verbs()) {
    if (name != verb->name) continue;
    Options options(*verb);
    return options.parse(words) ? verb->run(options) : 0;
  }
  no_such_verb(name);
}

int complain(Exit code, const char* text) {
  std::fflush(stdout);
  std::fputs(("ubp: " + plain(text) + "\n").c_str(), stderr);
  return static_cast<int>(code);
}

}  // namespace

std::string usage_text() {
  const auto call = [](const Verb& v) { return fmt::format("{} {}", v.name, v.synopsis); };
  std::size_t width = 0;
  for (const Verb* v : verbs())
    if (!v->hidden) width = std::max(width, call(*v).size());
  std::string text = fmt::format("ubp {}: a workbench for unsupervised backpropagation\n\n", UBP_VERSION);
  for (const Verb* v : verbs())
    if (!v->hidden) text += fmt::format("  ubp {:<{}}  {}\n", call(*v), width, v->summary);
  return text + "\n`ubp VERB --help` tells a verb's options. Results are in ubp.db, or --db FILE, or $UBP_DB.\n";
}

int run_command(const Words& words) {
  try {
    const int code = words.empty() ? print_usage() : dispatch(words[0], {words.begin() + 1, words.end()});
    if (std::fflush(stdout) != 0 || std::ferror(stdout))
      return complain(Exit::internal, "the output could not be written");
    return code;
  } catch (const Error& e) {
    return complain(e.code(), e.what());
  } catch (const std::filesystem::filesystem_error& e) {
    const std::string where = e.path1().empty() ? "the working folder" : e.path1().string();
    return complain(Exit::usage, fmt::format("{}: {}", where, e.code().message()).c_str());
  } catch (const std::system_error& e) {
    if (std::ferror(stdout)) return complain(Exit::internal, "the output could not be written");
    return complain(Exit::internal, fmt::format("internal error: {}", e.what()).c_str());
  } catch (const nlohmann::json::exception& e) {
    return complain(Exit::internal, fmt::format("internal error: a record that is no such JSON: {}", e.what()).c_str());
  } catch (const std::bad_variant_access&) {
    return complain(Exit::internal,
                    "internal error: a record of another type: `ubp db check` says whether it is damaged");
  } catch (const std::bad_alloc&) {
    return complain(Exit::internal, "out of memory");
  } catch (const std::length_error&) {
    return complain(Exit::internal, "out of memory: found a size that no machine has");
  } catch (const std::exception& e) {
    return complain(Exit::internal, fmt::format("internal error: {}", e.what()).c_str());
  } catch (...) {
    return complain(Exit::internal, "internal error of an unknown kind");
  }
}

}  // namespace ubp
