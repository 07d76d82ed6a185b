// SPDX-License-Identifier: MIT
#include "run/fork_server.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <filesystem>
#include <iterator>
#include <string>
#include <utility>

#include "base/error.hpp"
#include "run/spawn.hpp"
#include "run/worker.hpp"

namespace ubp {
namespace {

constexpr std::size_t kFds = 5;                 // of a trial process
constexpr std::int64_t kWholeTrial = -1;        // for `until_step`
constexpr std::string_view kWorker = "worker";  // what `ps` shows of a trial

struct Request {
  std::int64_t memory_limit_bytes = 0, until_step = kWholeTrial;
};
using Answer = pid_t;  // 0: this system cannot

/// A message with room for the descriptors that travel with it.
struct Parcel {
  explicit Parcel(Request& request) : part{&request, sizeof request} {
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = room;
    header.msg_controllen = sizeof room;
  }
  Parcel(const Parcel&) = delete;

  iovec part;
  msghdr header{};
  alignas(cmsghdr) char room[CMSG_SPACE(kFds * sizeof(int))] = {};
};

bool send(int socket, Request request, std::span<const int> fds) {
  Parcel parcel(request);
  cmsghdr* const inner = CMSG_FIRSTHDR(&parcel.header);
  inner->cmsg_level = SOL_SOCKET;
  inner->cmsg_type = SCM_RIGHTS;
  inner->cmsg_len = CMSG_LEN(fds.size_bytes());
  std::memcpy(CMSG_DATA(inner), fds.data(), fds.size_bytes());
  return sendmsg(socket, &parcel.header, MSG_NOSIGNAL) == sizeof request;
}

bool receive(int socket, Request& request, std::array<Fd, kFds>& fds) {
  Parcel parcel(request);
  if (recvmsg(socket, &parcel.header, MSG_CMSG_CLOEXEC) != sizeof request) return false;
  const cmsghdr* const inner = CMSG_FIRSTHDR(&parcel.header);
  if (!inner || inner->cmsg_len != CMSG_LEN(kFds * sizeof(int))) return false;
  int numbers[kFds];
  std::memcpy(numbers, CMSG_DATA(inner), sizeof numbers);
  for (std::size_t i = 0; i < kFds; ++i) fds[i] = high(numbers[i], "a descriptor");
  return true;
}

/// fork(), but the child is the parent's. Of what the C library's fork() does besides, a process of one thread needs
/// the thread's number, where the library keeps it. -1 where the kernel does not say where that is.
pid_t fork_sibling() {
  int* tid = nullptr;
  if (prctl(PR_GET_TID_ADDRESS, &tid) != 0 || !tid || *tid != gettid()) return -1;
  return static_cast<pid_t>(
      syscall(SYS_clone, CLONE_PARENT | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD, nullptr, nullptr, tid, 0));
}

bool has_one_thread() {
  std::error_code error;
  const std::filesystem::directory_iterator tasks("/proc/self/task", error);
  return !error && std::distance(begin(tasks), end(tasks)) == 1;
}

/// REQUIRES: the verb that it was called by is no shorter.
void call_it_worker() {
  char* const verb = program_invocation_name + std::strlen(program_invocation_name) + 1;
  std::memset(verb, 0, std::strlen(verb));
  std::memcpy(verb, kWorker.data(), kWorker.size());
}

[[noreturn]] void become_trial(std::int64_t parent, const Request& request, const std::array<Fd, kFds>& fds) {
  setpgid(0, 0);
  call_it_worker();
  for (std::size_t i = 0; i < kFds; ++i) dup2(fds[i].get(), static_cast<int>(i));
  close_range(kFds, ~0U, 0);
  std::optional<std::int64_t> until_step;
  if (request.until_step != kWholeTrial) until_step = request.until_step;
  run_trial_process(parent, request.memory_limit_bytes, until_step);
}

}  // namespace

ForkServer::~ForkServer() { end(); }

void ForkServer::start() {
  int ends[2] = {-1, -1};
  const bool paired = socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0;
  const Fd far = high(paired ? ends[1] : -1, "socketpair");
  socket_ = high(ends[0], "socketpair");
  const Fd nothing = high(open("/dev/null", O_RDWR | O_CLOEXEC), "/dev/null");
  const int fds[] = {far.get(), nothing.get(), nothing.get()};
  pid_ = spawn(executable_, {"ubp", "__forks", std::to_string(getpid())}, fds);
}

void ForkServer::end() {
  socket_ = Fd();
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  waitpid(std::exchange(pid_, -1), nullptr, 0);
}

std::optional<pid_t> ForkServer::fork(std::int64_t memory_limit_bytes, std::optional<std::int64_t> until_step,
                                      std::span<const int> fds) {
  if (useless_) return std::nullopt;
  if (pid_ <= 0) start();
  Answer pid = -1;
  if (!send(socket_.get(), {memory_limit_bytes, until_step.value_or(kWholeTrial)}, fds) ||
      recv(socket_.get(), &pid, sizeof pid, 0) != sizeof pid) {
    end();  // it has been killed: the next one starts another
    return std::nullopt;
  }
  if (pid <= 0) {
    useless_ = true;
    end();
    return std::nullopt;
  }
  setpgid(pid, pid);  // as the process itself does: whichever comes first
  return pid;
}

int serve_forks(std::int64_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) return static_cast<int>(Exit::internal);  // it died before the line above
  const Fd socket = high(STDIN_FILENO, "standard input");
  const bool able = has_one_thread();
  Request request;
  while (true) {
    std::array<Fd, kFds> fds;
    if (!receive(socket.get(), request, fds)) return 0;
    const pid_t pid = able ? fork_sibling() : -1;
    if (pid == 0) become_trial(parent, request, fds);
    const Answer answer = std::max(pid, 0);
    if (::send(socket.get(), &answer, sizeof answer, MSG_NOSIGNAL) != sizeof answer) return 0;
  }
}

}  // namespace ubp
