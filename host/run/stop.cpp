// SPDX-License-Identifier: MIT
#include "run/stop.hpp"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/error.hpp"
#include "run/descriptor.hpp"
#include "run/interrupts.hpp"

namespace ubp {
namespace {

constexpr useconds_t kLookUs = 100'000;
constexpr int kLooks = 100;  // a coordinator says which sweep it carries out once it has declared it
constexpr int kPatienceMs = 15'000;

}  // namespace

std::optional<Writer> coordinator_of(const std::filesystem::path& database) {
  for (int look = 0; look < kLooks; ++look, usleep(kLookUs)) {
    std::optional<Writer> writer = writer_of(database);
    if (!writer || writer->sweep_id > 0 || !writer->host.empty()) return writer;
  }
  return std::nullopt;
}

void stop_coordinator(const std::filesystem::path& database, const Writer& writer, bool now,
                      const std::function<void(const std::string&)>& say) {
  if (!writer.host.empty())
    fail(Exit::locked, "{}: is written by process {} on {}, which cannot be reached from here: stop it there",
         database.string(), writer.pid, writer.host);
  // The number may be another process's by the time of the signal; a descriptor stays what it is.
  const Fd process(static_cast<int>(syscall(SYS_pidfd_open, static_cast<pid_t>(writer.pid), 0)));
  const std::optional<Writer> still = writer_of(database);
  if (process.get() < 0 || !still || still->pid != writer.pid) return;  // it has ended
  siginfo_t ask{};
  ask.si_signo = SIGTERM;
  ask.si_code = SI_QUEUE;
  ask.si_pid = getpid();
  ask.si_uid = getuid();
  ask.si_value.sival_int = now ? InterruptGuard::kNow : InterruptGuard::kStop;
  if (syscall(SYS_pidfd_send_signal, process.get(), SIGTERM, &ask, 0) != 0 && errno != ESRCH)
    fail(Exit::locked, "{}: process {}, which writes it, cannot be stopped: {}", database.string(), writer.pid,
         std::strerror(errno));
  pollfd end{process.get(), POLLIN, 0};
  if (poll(&end, 1, kPatienceMs) > 0) return;
  say(fmt::format("process {} still runs{}", writer.pid, now ? "" : ": `ubp stop --now` kills its trials"));
  poll(&end, 1, -1);
}

}  // namespace ubp
