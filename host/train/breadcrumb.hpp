// SPDX-License-Identifier: MIT
// What a process was doing when it died.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ubp {

/// What the process is doing right now, for the record of a crash: "reconstruction.loss, stage 0, step 812"
/// or "clustering.finish, evaluation, step 812". Lives in memory shared with the coordinator if `share`
/// was called; else in ordinary memory.
class Breadcrumb {
 public:
  static constexpr std::size_t kBytes = 256;
  static void share(void* memory);  ///< [kBytes], NUL-terminated at any instant
  static void set_in_evaluation(const char* component, const char* callback, std::int64_t step);
  static void set(const char* component, const char* callback, std::int64_t stage, std::int64_t step);
};

}  // namespace ubp
