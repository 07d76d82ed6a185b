// SPDX-License-Identifier: MIT
#include "plugin/surroundings.hpp"

#include <clocale>
#include <cstring>
#include <exception>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "plugin/loader.hpp"

namespace ubp {
namespace {

thread_local bool t_changed = false;

/// The mode of the older unit, which computes long double.
std::uint16_t x87_mode() {
  std::uint16_t mode = 0;
#ifdef __x86_64__
  asm volatile("fnstcw %0" : "=m"(mode));
#endif
  return mode;
}

void set_x87_mode([[maybe_unused]] std::uint16_t mode) {
#ifdef __x86_64__
  asm volatile("fldcw %0" : : "m"(mode));
#endif
}

bool is_same(const struct sigaction& a, const struct sigaction& b) {
  return a.sa_handler == b.sa_handler && a.sa_flags == b.sa_flags;
}

std::string current_locale() {
  const char* name = std::setlocale(LC_ALL, nullptr);
  return name ? name : "C";
}

bool is_same(const sigset_t& a, const sigset_t& b) {
  for (int signal = 1; signal < 32; ++signal)
    if (sigismember(&a, signal) != sigismember(&b, signal)) return false;
  return true;
}

}  // namespace

void set_usual_rounding() {
#ifdef __x86_64__
  _mm_setcsr(0x1f80);
#endif
  t_changed = true;
}

bool rounding_was_changed() {
  if (!has_usual_rounding()) set_usual_rounding();
  return std::exchange(t_changed, false);
}

void tell_changed(const std::string& text) {
  static std::set<std::string> told;
  if (told.insert(text).second) host_face().log(&host_face(), UBP_LOG_WARN, "ubp", text.c_str());
}

KeptSurroundings::KeptSurroundings(const std::string& who, const char* when)
    : who_(who), when_(when), locale_(current_locale()), x87_(x87_mode()) {
  pthread_sigmask(SIG_SETMASK, nullptr, &blocked_);
  for (int signal = 1; signal < 32; ++signal) sigaction(signal, nullptr, &handlers_[static_cast<std::size_t>(signal)]);
}

KeptSurroundings::~KeptSurroundings() {
  try {
    const std::string changed = changes();
    if (!changed.empty()) tell_changed(fmt::format("{} changed {} {}: put back", who_, changed, when_));
  } catch (const std::exception&) {  // a note that cannot be told
  }
}

std::string KeptSurroundings::changes() {
  std::string all;
  const auto add = [&](bool changed, const char* what) {
    if (changed) all += (all.empty() ? "" : ", ") + std::string(what);
  };
  add(rounding_was_changed() || x87_ != x87_mode(), "the floating-point mode");
  set_x87_mode(x87_);
  add(current_locale() != locale_, "the locale");
  std::setlocale(LC_ALL, locale_.c_str());
  sigset_t blocked;
  pthread_sigmask(SIG_SETMASK, &blocked_, &blocked);
  add(!is_same(blocked, blocked_), "the blocked signals");
  bool handled = false;
  for (int signal = 1; signal < 32; ++signal) {
    struct sigaction now {};
    const struct sigaction& before = handlers_[static_cast<std::size_t>(signal)];
    if (sigaction(signal, nullptr, &now) != 0 || is_same(now, before)) continue;
    sigaction(signal, &before, nullptr);
    handled = true;
  }
  add(handled, "the handling of signals");
  return all;
}

}  // namespace ubp
