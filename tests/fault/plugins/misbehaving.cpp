// SPDX-License-Identifier: MIT
// misbehaving: fits one number to the data, until it does at step 5 what its parameter says.
#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include <ubp/sdk.hpp>
using namespace ubp;

namespace {

// Not a tail call: every level needs its own frame.
int deeper(int n) {
  volatile char frame[4096];
  frame[0] = static_cast<char>(n);
  return deeper(n + 1) + frame[0];
}

/// In the trial's directory, where its log is.
bool first_time() {
  char log[4096];
  const ssize_t n = readlink("/proc/self/fd/1", log, sizeof log);
  const std::string file(log, n > 0 ? static_cast<std::size_t>(n) : 0);
  return open((file.substr(0, file.rfind('/')) + "/first_time").c_str(), O_CREAT | O_EXCL | O_CLOEXEC, 0666) >= 0;
}

}  // namespace

struct Misbehaving : Objective {
  std::string how;

  static void describe(Describe<Misbehaving>& d) {
    d.id("misbehaving")
        .title("Misbehaving")
        .doc("Does at step 5 what its parameter says.")
        .choice(&Misbehaving::how, "how",
                {"behaves", "throws", "throws_int", "loops", "null", "aborts", "memory", "exits", "nan", "prints",
                 "writes_stream", "recurses", "killed", "takes_its_time", "colours", "names", "fails_once", "calls"},
                "behaves", 0, "What.");
    for (int i = 0; i < 2000; ++i) d.logs(("name" + std::to_string(i)).c_str());
  }

  void setup(Ctx& c) override { c.param("w", Shape{1}, Init::constant(0.5)); }

  Tensor loss(Ctx& c, const Batch& b) override {
    const Tensor w = c.param("w");
    Tensor l = mean(square(b.view(0) - w));
    if (how == "takes_its_time") usleep(250);  // so that a signal finds it at work on any machine
    if (b.step() < 5) return l;
    if (how == "throws") throw Error("no luck today");
    if (how == "colours") throw Error("\x1b[31mred\xff " + std::string(1 << 20, 'x'));
    if (how == "names")
      for (int i = 0; i < 2000; ++i) c.log(("name" + std::to_string(i)).c_str(), l);
    if (how == "throws_int") throw 42;
    if (how == "loops")
      for (;;) usleep(1000);
    if (how == "null") *static_cast<volatile int*>(nullptr) = 1;
    if (how == "aborts") std::abort();
    if (how == "memory")
      for (;;) hoard_.emplace_back(1 << 20, 'x');
    if (how == "exits") std::exit(3);
    if (how == "nan") l = l * std::nan("");
    if (how == "prints") std::printf("hello from a plugin\tpoint\ttrain.loss\t1\t1\t1\n");
    if (how == "writes_stream" && write(3, "hello\n", 6) < 0) std::abort();
    if (how == "recurses") deeper(0);
    if (how == "fails_once" && first_time()) std::abort();
    if (how == "calls" && b.step() == 5 && std::system(std::getenv("UBP_TEST_CALL")) < 0) std::abort();
    if (how == "killed") std::raise(SIGKILL);
    return l;
  }

 private:
  std::vector<std::string> hoard_;
};

UBP_EXPORT_PLUGIN("misbehaving", "1.0.0", "MIT", Misbehaving);
