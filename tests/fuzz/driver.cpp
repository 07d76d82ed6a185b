// SPDX-License-Identifier: MIT
// Mutates seeds and hands them to a target, as libFuzzer does, but blindly and always the same: driver CORPUS [RUNS]
// [SEED]. An input that kills the target is left in the working folder.
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

std::string input;  // being tried

extern "C" void leave_input(int number) {
  if (std::FILE* file = std::fopen("fuzz.crash", "wb")) {
    std::fwrite(input.data(), 1, input.size(), file);
    std::fclose(file);
    std::fputs("the input is in fuzz.crash\n", stderr);
  }
  std::signal(number, SIG_DFL);
  std::raise(number);
}

class Mutations {
 public:
  Mutations(std::vector<std::string> seeds, std::uint64_t seed) : seeds_(std::move(seeds)), random_(seed) {}

  std::string next() {
    std::string bytes = seeds_[below(seeds_.size())];
    for (std::size_t n = 1 + below(4); n > 0; --n) change(bytes);
    return bytes;
  }

 private:
  std::size_t below(std::size_t n) { return n ? random_() % n : 0; }

  void change(std::string& bytes) {
    const std::size_t at = below(bytes.size() + 1), n = std::min(below(9) + 1, bytes.size() - at);
    switch (below(7)) {
      case 0:
        if (n > 0) bytes[at] = static_cast<char>(bytes[at] ^ 1 << below(8));
        break;
      case 1:
        bytes.insert(at, 1, "\0\xff\x7f\x80\n\r,;'\"{}%?-09e. "[below(22)]);
        break;
      case 2:
        if (n > 0) bytes[at] = static_cast<char>(below(256));
        break;
      case 3:
        bytes.erase(at, n);
        break;
      case 4:
        bytes.insert(at, bytes.substr(at, n));
        break;
      case 5:
        bytes.resize(at);
        break;
      default:
        splice(bytes, at);
    }
  }
  /// A part of any seed, put in.
  void splice(std::string& bytes, std::size_t at) {
    const std::string& other = seeds_[below(seeds_.size())];
    bytes.insert(at, other.substr(below(other.size()), 1 + below(40)));
  }

  std::vector<std::string> seeds_;
  std::mt19937_64 random_;
};

std::vector<std::string> seeds_in(const std::string& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> seeds;
  for (const auto& path : paths) {
    std::ifstream in(path, std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return seeds;
}

void run(const std::string& bytes) {
  input = bytes;
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return std::fputs("driver CORPUS [RUNS] [SEED]\n", stderr), 2;
  const std::vector<std::string> seeds = seeds_in(argv[1]);
  if (seeds.empty()) return std::fputs("no seeds\n", stderr), 2;
  for (const int number : {SIGSEGV, SIGABRT, SIGFPE, SIGBUS}) std::signal(number, leave_input);
  for (const std::string& seed : seeds) run(seed);
  Mutations mutations(seeds, argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1);
  for (long runs = argc > 2 ? std::strtol(argv[2], nullptr, 10) : 5000; runs > 0; --runs) run(mutations.next());
}
