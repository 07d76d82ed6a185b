// SPDX-License-Identifier: MIT
// Stands in for `ubp worker`: speaks the protocol of run/protocol.hpp, and ends as its spec's "objective_metric" says.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <iterator>
#include <string>

namespace {

volatile std::sig_atomic_t g_nudges = 0;

void say(const std::string& text) {
  if (write(3, text.data(), text.size()) < 0) std::_Exit(9);
}

[[noreturn]] void last(const char* text) {
  say(text);
  std::_Exit(0);
}

[[noreturn]] void wait_for_term() {
  static volatile std::sig_atomic_t stop = 0;
  std::signal(SIGTERM, [](int) { stop = 1; });
  say("progress\t1\t0.5\t10\n");
  while (!stop) usleep(1000);
  last("end\tinterrupted\t\t\n");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4 || std::strcmp(argv[1], "worker") != 0 || getppid() != std::atoi(argv[2])) return 8;
  std::signal(SIGUSR1, [](int) { g_nudges = g_nudges + 1; });
  const std::string spec{std::istreambuf_iterator<char>(std::cin), {}};
  const auto is = [&](const char* mode) {
    return spec.find(std::string("\"objective_metric\":\"") + mode + "\"") != spec.npos;
  };
  char* crumb = static_cast<char*>(mmap(nullptr, 256, PROT_READ | PROT_WRITE, MAP_SHARED, 4, 0));
  std::strcpy(crumb, "fake.loss, stage 0, step 7");
  std::printf("printed by the plugin\n");
  std::fflush(stdout);
  say("started\t0\npoint\ttrain.loss\t1\t0.5\t3\n");
  if (is("complete")) last("end\tcomplete\t\t\n");
  if (is("threads"))
    last(("note\t1\tenv\t" + std::string(std::getenv("OPENBLAS_NUM_THREADS")) + "\nend\tcomplete\t\t\n").c_str());
  if (is("throw")) last("end\tfailed\texception\tbad luck\n");
  if (is("crash")) std::signal(SIGSEGV, SIG_DFL), std::raise(SIGSEGV);  // the default: sanitizers have their own
  if (is("abort")) std::abort();
  if (is("exit")) std::exit(3);
  if (is("killed")) std::raise(SIGKILL);
  if (is("garbage")) last("hello coordinator\nend\tcomplete\t\t\n");
  if (is("obey")) wait_for_term();
  if (is("colours")) {
    say("note\t2\tplug\x1b[2Jin\ttwo\\nlines \x1b[31m \xff\n");
    last(("end\tfailed\texception\tred \x1b[31m \xc3 " + std::string(100'000, 'x') + "\n").c_str());
  }
  if (is("flood")) {
    const std::string line(99, 'x');
    for (int i = 0; i < 200'000; ++i) std::printf("%s\n", line.c_str());
    std::printf("the last line \xe2\x82\xac \x1b[31m\n");
    std::fflush(stdout);
    std::raise(SIGKILL);
  }
  if (is("endless")) {
    const std::string part(1 << 16, 'x');
    for (;;) say(part);
  }
  if (is("closed")) close(3), usleep(300'000), std::_Exit(0);
  if (is("child")) {  // leaves a process behind that holds the stream
    if (fork() == 0) sleep(60);
    last("end\tcomplete\t\t\n");
  }
  if (is("stubborn")) {
    std::signal(SIGTERM, SIG_IGN);
    for (;;) pause();
  }
  if (is("talks"))
    for (;; usleep(20'000)) say("note\t2\tplugin\tI am busy\n");
  if (is("walks")) {
    for (int step = 0; step < 100; ++step, usleep(20'000)) say("progress\t" + std::to_string(step) + "\t0.5\t1\n");
    last("end\tcomplete\t\t\n");
  }
  if (is("pauses")) {  // until it is told to go on, and then until it is told to end
    while (g_nudges < 1) usleep(1000);
    say("progress\t2\t0.5\t1\n");
    while (g_nudges < 2) usleep(1000);
    last("end\tcomplete\t\t\n");
  }
  if (is("many")) {
    for (int i = 0; i < 100'000; ++i) say("point\ttrain.loss\t" + std::to_string(i) + "\t0.25\t1\n");
    last("end\tcomplete\t\t\n");
  }
  return 7;
}
