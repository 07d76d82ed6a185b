// SPDX-License-Identifier: MIT
// Drives a fuzz target without libFuzzer: every file of a folder, then mutations of them, the same ones for a seed.
//   fuzz_TARGET FOLDER [--runs N] [--seed S]
// An input that ends in more than the target allows is written to stderr, escaped, before the process aborts.
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Text = std::string;

// What tells parsers apart. The corpus gives the words.
const std::vector<Text> kPieces = {
    "\n",   "\t",          " ",   "[",    "]",  "[[",     "]]",       "{",   "}",    "=",
    ".",    "..",          ",",   "\"",   "'",  "\"\"\"", "'''",      "#",   "\\",   "\\u0",
    "\xff", Text(1, '\0'), "0",   "-1",   "1e", "1e999",  "inf",      "nan", "true", "99999999999999999999",
    "\xc3", "\xe2\x82",    ":n=", ":log", "*",  "+",      "\x1b[31m", "\x7f"};

Text g_input;

void tell(int) {
  std::fputs("the input: ", stderr);
  for (const char c : g_input)
    std::fprintf(stderr, c >= 0x20 && c < 0x7f ? "%c" : "\\x%02x", static_cast<std::uint8_t>(c));
  std::fputs("\n", stderr);
  std::_Exit(1);
}

class Mutator {
 public:
  Mutator(std::vector<Text> corpus, std::uint64_t seed) : corpus_(std::move(corpus)), random_(seed) {}

  Text next() {
    Text text = one_of(corpus_);
    for (std::size_t n = 1 + below(4); n > 0; --n) change(text);
    return text;
  }

 private:
  std::size_t below(std::size_t n) { return n == 0 ? 0 : random_() % n; }
  const Text& one_of(const std::vector<Text>& all) { return all[below(all.size())]; }

  void change(Text& text) {
    const std::size_t at = below(text.size() + 1), length = below(std::min<std::size_t>(text.size() - at, 40) + 1);
    const Text& other = one_of(corpus_);
    const std::size_t from = below(other.size());
    switch (below(6)) {
      case 0:
        if (at < text.size()) text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
        break;
      case 1:
        text.erase(at, length);
        break;
      case 2:
        text.insert(at, one_of(kPieces));
        break;
      case 3:
        text.insert(below(text.size() + 1), text.substr(at, length));
        break;
      case 4:
        text.insert(at, other.substr(from, below(60)));
        break;
      default:
        text.resize(at);
    }
  }

  std::vector<Text> corpus_;
  std::mt19937_64 random_;
};

void run(Text text) {
  g_input = std::move(text);
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(g_input.data()), g_input.size());
}

std::vector<Text> corpus_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<Text> all;
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    all.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<Text> words(argv + 1, argv + argc);
  std::uint64_t runs = 20000, seed = 1;
  for (std::size_t i = 1; i + 1 < words.size(); i += 2)
    (words[i] == "--runs" ? runs : seed) = std::stoull(words[i + 1]);
  const std::vector<Text> corpus = words.empty() ? std::vector<Text>{} : corpus_in(words[0]);
  if (corpus.empty()) return std::fputs("fuzz: FOLDER holds no corpus\n", stderr), 2;
  for (const int signal : {SIGABRT, SIGSEGV, SIGFPE}) std::signal(signal, tell);
  for (const Text& text : corpus) run(text);
  Mutator mutator(corpus, seed);
  for (std::uint64_t k = 0; k < runs; ++k) run(mutator.next());
  std::printf("%zu files and %llu mutations of them\n", corpus.size(), static_cast<unsigned long long>(runs));
  return 0;
}
