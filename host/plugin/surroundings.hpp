// SPDX-License-Identifier: MIT
// What plugins share with a trial and must leave as it is: the floating-point mode, the locale, the handling of
// signals. A library that was linked with -ffast-math changes the first when it is loaded, without a word.
#pragma once

#include <array>
#include <csignal>
#include <cstdint>
#include <string>

#ifdef __x86_64__
#include <xmmintrin.h>
#endif

namespace ubp {

/// Is a floating-point number rounded to the nearest, and are small ones kept? A few cycles.
inline bool has_usual_rounding() {
#ifdef __x86_64__
  constexpr unsigned kUsual = 0x1f80, kFlags = 0x3f;  // flags tell what happened and change nothing
  return (_mm_getcsr() & ~kFlags) == kUsual;
#else
  return true;
#endif
}

/// Back to the usual mode, and remembers that it was another. For functions that plugins call.
void set_usual_rounding();

/// Whether set_usual_rounding() was called since the last time that this was asked; makes it usual.
bool rounding_was_changed();

/// A note to the log, once for each text: a callback may do it in every step.
void tell_changed(const std::string& text);

/// From its beginning to its end a plugin's code may run; what that has changed is put back at the end, and told as a
/// note. Threads: one.
class KeptSurroundings {
 public:
  /// `who`: "plugin /x/y.so"; `when`: "while it was loaded". Both outlive it.
  KeptSurroundings(const std::string& who, const char* when);
  ~KeptSurroundings();
  KeptSurroundings(const KeptSurroundings&) = delete;

 private:
  std::string changes();  // all of it put back; what it was, in words

  const std::string& who_;
  const char* when_;
  std::string locale_;
  std::uint16_t x87_ = 0;
  sigset_t blocked_;
  std::array<struct sigaction, 32> handlers_;
};

}  // namespace ubp
