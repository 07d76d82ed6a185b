// SPDX-License-Identifier: MIT
#include "run/worker.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "base/error.hpp"
#include "run/protocol.hpp"
#include "train/breadcrumb.hpp"
#include "train/trial.hpp"

namespace ubp {
namespace {

constexpr int kStream = 3, kCrumb = 4;
constexpr std::int64_t kReservedBytes = std::int64_t{192} << 20;  // what BLAS maps for a thread and hardly touches
constexpr std::size_t kFlushBytes = 1 << 15;
constexpr std::int64_t kFlushMs = 20;
constexpr std::int64_t kLockMs = 30'000;

std::atomic<bool> g_stop{false};

std::int64_t now_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

/// Writes messages to the coordinator, many at a time.
class StreamSink : public TrialSink {
 public:
  void started(std::int64_t step) override { say(Started{step}), flush(); }
  void point(const std::string& metric, std::int64_t step, double value, std::int64_t t_ms) override {
    say(MetricPoint{metric, step, value, t_ms});
  }
  void artifact(const std::string& kind, const std::string& file, const std::string& mime, std::int64_t step) override {
    say(Made{kind, file, mime, step});
  }
  void note(int level, const std::string& who, const std::string& text) override {
    std::fprintf(stderr, "%s: %s\n", who.c_str(), text.c_str());
    if (level >= UBP_LOG_WARN) say(Note{level, who, text});
  }
  void progress(std::int64_t step, double fraction, double rate) override { say(Progress{step, fraction, rate}); }
  void checkpointed(std::int64_t step) override { say(Checkpointed{step}); }

  void end(const TrialEnd& last) { say(last), flush(); }

 private:
  void say(const Message& message) {
    encode(message, pending_);
    if (pending_.size() >= kFlushBytes || now_ms() - flushed_ >= kFlushMs) flush();
  }

  void flush() {
    for (std::size_t done = 0; done < pending_.size();) {
      const ssize_t n = write(kStream, pending_.data() + done, pending_.size() - done);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) std::_Exit(EXIT_FAILURE);  // nobody listens any more
      done += static_cast<std::size_t>(n);
    }
    pending_.clear();
    flushed_ = now_ms();
  }

  std::int64_t flushed_ = now_ms();
  std::string pending_;
};

void limit(int resource, std::int64_t bytes) {
  const rlimit both{static_cast<rlim_t>(bytes), static_cast<rlim_t>(bytes)};
  setrlimit(static_cast<__rlimit_resource>(resource), &both);
}

// Private memory, not the address space: mapped data sets are shared and must not count.
void limit_memory([[maybe_unused]] std::int64_t bytes, [[maybe_unused]] std::int64_t threads) {
#if !defined __SANITIZE_ADDRESS__ && !defined __SANITIZE_THREAD__  // their shadow memory is private, many terabytes
  if (bytes > 0) limit(RLIMIT_DATA, bytes + threads * kReservedBytes);
#endif
}

void settle(std::int64_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) std::_Exit(EXIT_FAILURE);  // it died before the line above
  // A batch system may send to every process of a job what it sends to its coordinator.
  for (const int signal : {SIGTERM, SIGUSR1}) std::signal(signal, [](int) { g_stop.store(true); });
  std::signal(SIGPIPE, SIG_IGN);
  fcntl(kStream, F_SETFD, FD_CLOEXEC);  // a child of a plugin must not keep the stream open
  fcntl(kCrumb, F_SETFD, FD_CLOEXEC);
  limit(RLIMIT_CORE, 0);
  std::ofstream("/proc/self/oom_score_adj")
      << 500;  // short of memory, the kernel should take a trial, not the coordinator
  void* crumb = mmap(nullptr, Breadcrumb::kBytes, PROT_READ | PROT_WRITE, MAP_SHARED, kCrumb, 0);
  if (crumb != MAP_FAILED) Breadcrumb::share(crumb);
  std::setvbuf(stdout, nullptr, _IOLBF, 0);  // a crash must not swallow what a plugin printed before it
}

TrialSpec read_spec() {
  std::string text;
  char block[1 << 14];
  for (ssize_t n; (n = read(STDIN_FILENO, block, sizeof block)) > 0;) text.append(block, static_cast<std::size_t>(n));
  return nlohmann::json::parse(text).get<TrialSpec>();
}

/// One process at a time in a trial's directory: the lock goes with the process that holds it. Its predecessor may be
/// dying still; a process that a plugin has left behind would hold it for ever.
void lock_directory(const TrialSpec& spec) {
  const int lock = open((spec.directory / ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  for (const std::int64_t until = now_ms() + kLockMs; lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) != 0; usleep(10'000))
    if (now_ms() > until) fail(Exit::internal, "{}: another process works there", spec.directory.string());
}

}  // namespace

void run_trial_process(std::int64_t parent, std::int64_t memory_limit_bytes, std::optional<std::int64_t> until_step) {
  settle(parent);
  StreamSink sink;
  TrialEnd end;
  try {
    const TrialSpec spec = read_spec();
    limit_memory(memory_limit_bytes, spec.train.threads);
    lock_directory(spec);
    end = run_trial(spec, sink, g_stop, until_step);
  } catch (...) {
    end = end_of_exception();
  }
  sink.end(end);
  std::fflush(nullptr);
  std::_Exit(EXIT_SUCCESS);
}

}  // namespace ubp
