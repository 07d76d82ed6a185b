// SPDX-License-Identifier: MIT
#include "run/slurm_runner.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>
#include <utility>

#include "base/error.hpp"
#include "base/text.hpp"
#include "run/process.hpp"
#include "run/relay.hpp"
#include "run/spawn.hpp"

namespace ubp {
namespace {

constexpr int kPatienceMs = 100;
// From an order to the end of the srun that does not bring it: the relay has 10 s for a checkpoint, and Slurm its own.
constexpr std::int64_t kStopMs = 30'000, kKillMs = 5'000;
// srun exits as its task did: with 128 and a signal's number, if one ended it. It began, then, though it said nothing.
constexpr int kBySignal = 128;

std::vector<std::string> words(const SlurmOptions& options, const std::filesystem::path& job_file) {
  std::vector<std::string> all{"srun", "--nodes=1", "--ntasks=1", fmt::format("--cpus-per-task={}", options.threads),
                               "--job-name=ubp"};
  if (std::getenv("SLURM_JOB_ID")) all.emplace_back("--exact");  // a step beside others, each with cores of its own
  all.insert(all.end(), options.arguments.begin(), options.arguments.end());
  all.insert(all.end(), {options.executable.string(), "__relay", job_file.string()});
  return all;
}

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  return plain(std::string(std::istreambuf_iterator<char>(in), {}), kMostSentence);
}

std::string last_line(std::string text) {
  text.erase(text.find_last_not_of('\n') + 1);
  return text.substr(text.rfind('\n') + 1);
}

}  // namespace

/// One srun.
class SlurmRunner::Step {
 public:
  Step(const Job& job, const SlurmOptions& options)
      : trial_id(job.row.trial_id), errors_(job.spec->directory / "srun.txt"), started_ms_(steady_ms()) {
    std::filesystem::create_directories(job.spec->directory);
    const std::filesystem::path job_file = job.spec->directory / "job.json";
    if (!(std::ofstream(job_file) << relayed_job(job)).flush())
      fail(Exit::internal, "{}: cannot be written", job_file.string());
    auto [far_in, orders] = two_ends();
    auto [stream, far_out] = two_ends();
    const Fd errors = high(open(errors_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666), errors_.c_str());
    const int fds[] = {far_in.get(), far_out.get(), errors.get()};
    pid_ = spawn("srun", words(options, job_file), fds);
    orders_ = std::move(orders);
    stream_ = std::move(stream);
    fcntl(stream_.get(), F_SETFL, O_NONBLOCK);
    fcntl(orders_.get(), F_SETFL, O_NONBLOCK);
  }
  ~Step() {
    if (pid_ <= 0) return;
    orders_ = Fd();  // the relay kills its trial
    ::kill(pid_, SIGTERM);
    for (const std::int64_t until = steady_ms() + kKillMs; waitpid(pid_, nullptr, WNOHANG) == 0; usleep(10'000))
      if (steady_ms() > until) ::kill(pid_, SIGKILL);
  }
  Step(const Step&) = delete;

  pid_t pid() const { return pid_; }
  int stream() const { return stream_.get(); }

  bool has_ended() const {
    siginfo_t info{};
    return waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == pid_;
  }

  /// Appends what has arrived.
  void read(std::vector<TrialEvent>& events) {
    char block[1 << 16];
    for (ssize_t n; (n = ::read(stream_.get(), block, sizeof block)) > 0;)
      unread_.append(block, static_cast<std::size_t>(n));
    std::size_t from = 0;
    for (std::size_t end; (end = unread_.find('\n', from)) != unread_.npos; from = end + 1) {
      const std::string_view line = std::string_view(unread_).substr(from, end - from);
      if (std::optional<Ending> ending = ending_of_line(line)) {
        ending_ = std::move(ending);
      } else if (std::optional<Message> message = decode(line)) {
        begun_ = true;
        if (const TrialEnd* last = std::get_if<TrialEnd>(&*message))
          told_ = *last;
        else
          events.push_back({trial_id, std::move(*message)});
      }
    }
    unread_.erase(0, from);
  }

  /// REQUIRES: has_ended(), and a read() after it.
  Ending take_ending() {
    int status = 0;
    waitpid(std::exchange(pid_, -1), &status, 0);
    if (!ending_ && !begun_ && !stopped_ && WIFEXITED(status) && WEXITSTATUS(status) < kBySignal)
      fail(Exit::usage, "srun: starts no trial: {}", last_line(content_of(errors_)));
    Ending ending;
    if (ending_) {
      ending = std::move(*ending_);
      ending.told = told_;
    } else {
      ending.wait_status = SIGKILL;
      ending.breadcrumb = "its task of Slurm";  // where in it, nobody can tell any more
      ending.log_tail = content_of(errors_);
      ending.wall_ms = steady_ms() - started_ms_;
    }
    ending.stopped = ending.stopped || stopped_;
    return ending;
  }

  void order(std::string_view word, std::int64_t patience_ms) {
    const std::string line = std::string(word) + "\n";
    // Slurm itself ends what waits for a place.
    if (!begun_ || write(orders_.get(), line.data(), line.size()) < 0) ::kill(pid_, SIGTERM);
    kill_at_ms_ = std::min(kill_at_ms_, steady_ms() + patience_ms);
  }
  void stop(std::string_view word, std::int64_t patience_ms) {
    stopped_ = true;
    order(word, patience_ms);
  }
  void enforce() const {
    if (steady_ms() > kill_at_ms_) ::kill(pid_, SIGKILL);
  }

  const std::int64_t trial_id;

 private:
  static std::pair<Fd, Fd> two_ends() {
    int ends[2] = {-1, -1};
    const bool piped = pipe2(ends, O_CLOEXEC) == 0;
    Fd out = high(piped ? ends[0] : -1, "pipe");
    return {std::move(out), high(ends[1], "pipe")};
  }

  std::filesystem::path errors_;
  std::int64_t started_ms_;
  pid_t pid_ = -1;
  Fd orders_, stream_;
  std::string unread_;  // an incomplete line
  std::optional<TrialEnd> told_;
  std::optional<Ending> ending_;
  bool begun_ = false, stopped_ = false;
  std::int64_t kill_at_ms_ = std::numeric_limits<std::int64_t>::max();
};

SlurmRunner::SlurmRunner(SlurmOptions options) : options_(std::move(options)) { std::signal(SIGPIPE, SIG_IGN); }

SlurmRunner::~SlurmRunner() = default;

bool SlurmRunner::has_room() const { return std::ssize(running_) < options_.slots; }

std::int64_t SlurmRunner::start(const Job& job) {
  running_.push_back(std::make_unique<Step>(job, options_));
  return running_.back()->pid();
}

std::vector<TrialEvent> SlurmRunner::wait() {
  std::vector<pollfd> fds;
  for (const auto& step : running_) fds.push_back({step->stream(), POLLIN, 0});
  ::poll(fds.data(), fds.size(), kPatienceMs);
  // The stream of an srun that is about to end would keep poll() from waiting.
  if (std::all_of(fds.begin(), fds.end(), [](const pollfd& fd) { return !(fd.revents & POLLIN); })) usleep(1000);
  std::vector<TrialEvent> events;
  for (auto each = running_.begin(); each != running_.end();) {
    Step& step = **each;
    step.enforce();
    const bool ended = step.has_ended();  // asked before reading: what it wrote before its end is read below
    step.read(events);
    if (!ended) {
      ++each;
      continue;
    }
    events.push_back({step.trial_id, step.take_ending()});
    each = running_.erase(each);
  }
  return events;
}

void SlurmRunner::cut(std::int64_t trial_id) {
  for (auto& step : running_)
    if (step->trial_id == trial_id) step->order("cut", kKillMs);
}

void SlurmRunner::stop() {
  for (auto& step : running_) step->stop("stop", kStopMs);
}

void SlurmRunner::kill() {
  for (auto& step : running_) step->stop("kill", kKillMs);
}

}  // namespace ubp
