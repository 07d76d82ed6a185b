// SPDX-License-Identifier: MIT
#include "run/process.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstring>
#include <utility>

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "run/spawn.hpp"
#include "train/breadcrumb.hpp"

namespace ubp {
namespace {

constexpr std::size_t kLogTail = 4096;
constexpr std::size_t kGarbledShown = 60;
constexpr std::size_t kMostLine = std::size_t{1} << 20;  // of the stream: more is no message of ours
constexpr std::int64_t kLogEnds = 1 << 20;               // bytes of a log's beginning and of its end that are kept

Fd memory_file(const char* name, const std::string& content) {
  Fd file = high(memfd_create(name, MFD_CLOEXEC), "memfd");
  for (std::size_t done = 0; done < content.size();) {
    const ssize_t n = write(file.get(), content.data() + done, content.size() - done);
    if (n < 0) fail(Exit::internal, "cannot start a trial: writing its spec: {}", std::strerror(errno));
    done += static_cast<std::size_t>(n);
  }
  lseek(file.get(), 0, SEEK_SET);
  return file;
}

std::vector<std::string> worker_words(std::int64_t memory_limit_bytes, std::optional<std::int64_t> until_step) {
  std::vector<std::string> words{"ubp", "worker", std::to_string(getpid()), std::to_string(memory_limit_bytes)};
  if (until_step) words.push_back(std::to_string(*until_step));
  return words;
}

std::string tail_of(const Fd& file, std::int64_t from) {
  const std::int64_t end = lseek(file.get(), 0, SEEK_END);
  from = std::max(from, end - static_cast<std::int64_t>(kLogTail));
  std::string text(static_cast<std::size_t>(std::max<std::int64_t>(0, end - from)), '\0');
  const ssize_t n = pread(file.get(), text.data(), text.size(), from);
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(0, n)));
  while (!text.empty() && (text.front() & 0xc0) == 0x80) text.erase(0, 1);  // begun in the middle of a character
  return plain(text);
}

/// What a trial says passes on as text; but a file's name is what the file is called.
void make_plain(Message& message) {
  if (auto* point = std::get_if<MetricPoint>(&message)) point->metric = plain_line(point->metric);
  if (auto* note = std::get_if<Note>(&message))
    note->who = plain_line(note->who), note->text = plain(note->text, 2 * kMostSentence);
  if (auto* end = std::get_if<TrialEnd>(&message)) end->error = plain(end->error, 2 * kMostSentence);
}

std::int64_t ms_of(const timeval& t) { return t.tv_sec * 1000 + t.tv_usec / 1000; }

}  // namespace

std::int64_t steady_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

TrialProcess::TrialProcess(const std::filesystem::path& executable, const TrialSpec& spec,
                           std::int64_t memory_limit_bytes, std::optional<std::int64_t> until_step, ForkServer* forks)
    : started_ms_(steady_ms()), memory_limit_bytes_(memory_limit_bytes) {
  std::error_code error;
  std::filesystem::create_directories(spec.directory, error);
  if (error) fail(Exit::internal, "{}: cannot be created: {}", spec.directory.string(), error.message());
  const Fd input = memory_file("spec", json_text(spec));
  const std::filesystem::path log = spec.directory / "log.txt";
  log_ = high(open(log.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666), log.c_str());
  log_start_ = lseek(log_.get(), 0, SEEK_END);
  const Fd crumb = memory_file("crumb", std::string(Breadcrumb::kBytes, '\0'));
  crumb_ = static_cast<char*>(mmap(nullptr, Breadcrumb::kBytes, PROT_READ, MAP_SHARED, crumb.get(), 0));
  if (crumb_ == MAP_FAILED) fail(Exit::internal, "cannot start a trial: mmap: {}", std::strerror(errno));
  int ends[2] = {-1, -1};
  const bool piped = pipe2(ends, O_CLOEXEC) == 0;
  const Fd far = high(piped ? ends[1] : -1, "pipe");
  stream_ = high(ends[0], "pipe");
  fcntl(stream_.get(), F_SETFL, O_NONBLOCK);
  const int fds[] = {input.get(), log_.get(), log_.get(), far.get(), crumb.get()};
  const std::optional<pid_t> forked = forks ? forks->fork(memory_limit_bytes, until_step, fds) : std::nullopt;
  pid_ = forked ? *forked : spawn(executable, worker_words(memory_limit_bytes, until_step), fds);
  death_ = Fd(static_cast<int>(syscall(SYS_pidfd_open, pid_, 0)));
}

TrialProcess::~TrialProcess() {
  if (pid_ > 0) {
    signal(SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  if (crumb_ && crumb_ != MAP_FAILED) munmap(crumb_, Breadcrumb::kBytes);
}

bool TrialProcess::read(std::vector<Message>& out) {
  char block[1 << 16];
  const ssize_t n = ::read(stream_.get(), block, sizeof block);
  if (n <= 0) return false;
  unread_.append(block, static_cast<std::size_t>(n));
  std::size_t from = 0;
  for (std::size_t end; (end = unread_.find('\n', from)) != unread_.npos; from = end + 1) {
    const std::string_view text = std::string_view(unread_).substr(from, end - from);
    std::optional<Message> message = decode(text);
    if (!message) give_up(text);
    if (!message || garbled_) continue;
    make_plain(*message);
    if (const TrialEnd* last = std::get_if<TrialEnd>(&*message))
      told_ = *last;
    else
      out.push_back(std::move(*message));
  }
  unread_.erase(0, from);
  if (unread_.size() > kMostLine) give_up(unread_), unread_.clear();
  return static_cast<std::size_t>(n) == sizeof block;
}

void TrialProcess::give_up(std::string_view line) {
  if (garbled_) return;
  garbled_ = plain_line(line.substr(0, kGarbledShown));
  signal(SIGKILL);
}

std::string TrialProcess::breadcrumb() const { return plain_line({crumb_, strnlen(crumb_, Breadcrumb::kBytes)}); }

void TrialProcess::bound_log() {
  const std::int64_t size = lseek(log_.get(), 0, SEEK_END);
  if (size <= 3 * kLogEnds) return;  // rarely, then
  std::string end(kLogEnds, '\0');
  end.resize(
      static_cast<std::size_t>(std::max<ssize_t>(0, pread(log_.get(), end.data(), end.size(), size - kLogEnds))));
  log_left_out_ += size - 2 * kLogEnds;
  const std::string kept = fmt::format("\n... {} bytes are left out ...\n{}", log_left_out_, end);
  // The trial appends: what it writes meanwhile may be lost, but nothing is overwritten.
  if (ftruncate(log_.get(), kLogEnds) != 0 || write(log_.get(), kept.data(), kept.size()) < 0) return;
  log_start_ = std::min(log_start_, kLogEnds);
}

bool TrialProcess::has_ended() {
  siginfo_t info{};
  return waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == pid_;
}

Ending TrialProcess::take_ending() {
  Ending ending;
  rusage used{};
  // While the dead process is not reaped, its group's number belongs to nobody else.
  ::kill(-pid_, SIGKILL);
  wait4(pid_, &ending.wait_status, 0, &used);
  pid_ = -1;
  ending.told = told_;
  ending.garbled = garbled_;
  ending.memory_limit_bytes = memory_limit_bytes_;
  ending.breadcrumb = breadcrumb();
  ending.cpu_ms = ms_of(used.ru_utime) + ms_of(used.ru_stime);
  ending.max_rss_kb = used.ru_maxrss;
  ending.wall_ms = steady_ms() - started_ms_;
  bound_log();
  if (!told_ || told_->how == TrialEnd::How::failed) ending.log_tail = tail_of(log_, log_start_);
  return ending;
}

void TrialProcess::signal(int signal) {
  if (pid_ > 0) ::kill(signal == SIGKILL ? -pid_ : pid_, signal);
}

}  // namespace ubp
