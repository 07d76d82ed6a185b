// SPDX-License-Identifier: MIT
// The most that a reader may hold of one data set in memory: so that a small file that unpacks to a huge one, or a
// header that claims too much, is a sentence and not the end of the machine.
#pragma once

#include <unistd.h>

#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include <ubp/core.hpp>

namespace datasets {

namespace detail {

/// "4GiB", "500 MB", "1e6" -> bytes; -1: no size.
inline double size_of(std::string_view text) {
  constexpr std::pair<const char*, double> kUnits[] = {
      {"", 1},    {"B", 1},        {"KB", 1e3},     {"MB", 1e6},     {"GB", 1e9},    {"TB", 1e12},
      {"k", 1e3}, {"KiB", 1024.0}, {"MiB", 0x1p20}, {"GiB", 0x1p30}, {"TiB", 0x1p40}};
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || !(number > 0) || !std::isfinite(number)) return -1;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  for (const auto& [unit, bytes] : kUnits)
    if (text == unit) return number * bytes;
  return -1;
}

}  // namespace detail

/// Bytes: UBP_MAX_DATA, else half of this machine's memory. Throws Error if UBP_MAX_DATA is no size.
inline double max_data() {
  const char* set = std::getenv("UBP_MAX_DATA");
  if (!set || !*set) return 0.5 * static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(getpagesize());
  const double bytes = detail::size_of(set);
  if (bytes < 0)
    throw ubp::Error("UBP_MAX_DATA: '" + std::string(set) +
                     "' is no size: expected a number and perhaps a unit, as in 4GiB, 500MB");
  return bytes;
}

/// 1.5e9 -> "1.4 GiB"
inline std::string size_text(double bytes) {
  const char* const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  std::size_t unit = 0;
  for (; bytes >= 1024 && unit < 6; ++unit) bytes /= 1024;
  char text[48];
  std::snprintf(text, sizeof text, "%.*f %s", unit ? 1 : 0, bytes, units[unit]);
  return text;
}

/// Throws Error (UBP_E_IO) if what is read of `where` needs more than that: before memory is asked for.
inline void require_room(const std::string& where, double bytes) {
  const double most = max_data();
  if (bytes > most)
    throw ubp::Error(where + ": needs " + size_text(bytes) + " of memory or more, " + size_text(most) +
                         " are allowed: UBP_MAX_DATA sets another limit",
                     UBP_E_IO);
}

}  // namespace datasets
