// SPDX-License-Identifier: MIT
#include "run/relay.hpp"

#include <fcntl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>

#include "base/error.hpp"
#include "base/json.hpp"
#include "run/local_runner.hpp"

namespace ubp {
namespace {

using nlohmann::json;

constexpr std::string_view kEnding = "ending\t";

std::atomic<bool> g_stop{false};

Job job_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  const json all = json::parse(in, nullptr, false);
  if (all.is_discarded()) fail(Exit::internal, "{}: is no job", file.string());
  Job job;
  job.spec = std::make_shared<TrialSpec>(all.at("spec").get<TrialSpec>());
  job.limits.wall_seconds = all.at("wall_seconds");
  job.limits.memory_bytes = all.at("memory_bytes");
  if (all.contains("until_step")) job.until_step = all.at("until_step").get<std::int64_t>();
  return job;
}

/// The coordinator's orders, as they come.
class Orders {
 public:
  Orders() { fcntl(STDIN_FILENO, F_SETFL, fcntl(STDIN_FILENO, F_GETFL) | O_NONBLOCK); }

  void obey(Runner& runner) {
    if (g_stop.exchange(false)) runner.stop();
    char block[256];
    const ssize_t n = read(STDIN_FILENO, block, sizeof block);
    if (n == 0) runner.kill();
    if (n > 0) unread_.append(block, static_cast<std::size_t>(n));
    for (std::size_t end; (end = unread_.find('\n')) != unread_.npos; unread_.erase(0, end + 1)) {
      const std::string_view order = std::string_view(unread_).substr(0, end);
      if (order == "stop") runner.stop();
      if (order == "cut") runner.cut(0);
      if (order == "kill") runner.kill();
    }
  }

 private:
  std::string unread_;
};

bool said(const std::string& text) {
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t n = write(STDOUT_FILENO, text.data() + done, text.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    done += static_cast<std::size_t>(n);
  }
  return true;
}

std::string where() {
  utsname name{};
  uname(&name);
  const char* job = std::getenv("SLURM_JOB_ID");
  return fmt::format("runs on {}{}", name.nodename, job ? fmt::format(", Slurm job {}", job) : "");
}

}  // namespace

std::string relayed_job(const Job& job) {
  json all{{"spec", *job.spec}, {"wall_seconds", job.limits.wall_seconds}, {"memory_bytes", job.limits.memory_bytes}};
  if (job.until_step) all["until_step"] = *job.until_step;
  return json_text(all);
}

std::string ending_line(const Ending& e) {
  json all{{"wait_status", e.wait_status},
           {"timed_out", e.timed_out},
           {"stopped", e.stopped},
           {"wall_limit_seconds", e.wall_limit_seconds},
           {"memory_limit_bytes", e.memory_limit_bytes},
           {"breadcrumb", e.breadcrumb},
           {"log_tail", e.log_tail},
           {"cpu_ms", e.cpu_ms},
           {"max_rss_kb", e.max_rss_kb},
           {"wall_ms", e.wall_ms}};
  if (e.garbled) all["garbled"] = *e.garbled;
  std::string text;
  if (e.told) encode(*e.told, text);
  return text.append(kEnding).append(json_text(all)).append("\n");
}

std::optional<Ending> ending_of_line(std::string_view line) try {
  if (!line.starts_with(kEnding)) return std::nullopt;
  const json all = json::parse(line.substr(kEnding.size()));
  Ending e;
  all.at("wait_status").get_to(e.wait_status);
  all.at("timed_out").get_to(e.timed_out);
  all.at("stopped").get_to(e.stopped);
  all.at("wall_limit_seconds").get_to(e.wall_limit_seconds);
  all.at("memory_limit_bytes").get_to(e.memory_limit_bytes);
  all.at("breadcrumb").get_to(e.breadcrumb);
  all.at("log_tail").get_to(e.log_tail);
  all.at("cpu_ms").get_to(e.cpu_ms);
  all.at("max_rss_kb").get_to(e.max_rss_kb);
  all.at("wall_ms").get_to(e.wall_ms);
  if (all.contains("garbled")) e.garbled = all.at("garbled").get<std::string>();
  return e;
} catch (const json::exception&) {
  return std::nullopt;
}

int relay(const std::filesystem::path& job_file) {
  for (const int signal : {SIGTERM, SIGUSR1}) std::signal(signal, [](int) { g_stop.store(true); });
  std::signal(SIGPIPE, SIG_IGN);
  const Job job = job_of(job_file);
  LocalRunner runner({});
  Orders orders;
  runner.start(job);
  std::string text;
  encode(Note{UBP_LOG_INFO, "ubp", where()}, text);
  if (!said(text)) return static_cast<int>(Exit::internal);
  text.clear();
  for (bool ended = false; !ended; text.clear()) {
    orders.obey(runner);
    for (const TrialEvent& event : runner.wait()) {
      if (const Message* message = std::get_if<Message>(&event.what)) {
        encode(*message, text);
      } else {
        text += ending_line(std::get<Ending>(event.what));
        ended = true;
      }
    }
    if (!said(text)) return static_cast<int>(Exit::internal);  // and the trial dies with us
  }
  return 0;
}

}  // namespace ubp
