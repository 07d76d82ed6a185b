// SPDX-License-Identifier: MIT
#include "query/filter/literals.hpp"

#include <charconv>
#include <cmath>

namespace ubp {
namespace {

using std::chrono::milliseconds;

/// The whole text as a number; `Number` decides what may be one.
template <class Number>
std::optional<Number> whole(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

/// Two or four digits, and what must stand before them.
struct Digits {
  std::string_view& rest;

  std::optional<int> take(std::size_t count, char before = '\0') {
    if (before && !rest.starts_with(before)) return std::nullopt;
    const std::string_view text = rest.substr(before ? 1 : 0, count);
    if (text.size() != count || text.find_first_not_of("0123456789") != text.npos) return std::nullopt;
    rest.remove_prefix(count + (before ? 1 : 0));
    return whole<int>(text);
  }
};

using Time = std::chrono::sys_time<milliseconds>;

/// "10:00", "10:00:05", "10:00:05.5": milliseconds of the day.
std::optional<milliseconds> clock_of(std::string_view& rest) {
  Digits digits{rest};
  const auto hour = digits.take(2), minute = hour ? digits.take(2, ':') : std::nullopt;
  if (!minute || *hour > 23 || *minute > 59) return std::nullopt;
  double seconds = 0;
  if (const auto second = digits.take(2, ':')) {
    seconds = *second;
    if (rest.starts_with('.')) {
      const std::size_t end = std::min(rest.find_first_not_of("0123456789", 1), rest.size());
      seconds += whole<double>("0" + std::string(rest.substr(0, end))).value_or(0);
      rest.remove_prefix(end);
    }
  }
  if (seconds >= 60) return std::nullopt;
  return std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
         milliseconds(static_cast<std::int64_t>(std::floor(seconds * 1000)));
}

std::optional<Time> calendar_time(std::string_view text) {
  Digits digits{text};
  const auto year = digits.take(4), month = year ? digits.take(2, '-') : std::nullopt,
             day = month ? digits.take(2, '-') : std::nullopt;
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  Time time = std::chrono::sys_days(date);
  if (text.starts_with('T') || text.starts_with(' ')) {
    text.remove_prefix(1);
    const auto clock = clock_of(text);
    if (!clock) return std::nullopt;
    time += *clock;
  }
  if (text.starts_with('Z')) text.remove_prefix(1);
  return text.empty() ? std::optional(time) : std::nullopt;
}

std::optional<Time> ago(std::string_view text, Time now) {
  static constexpr std::string_view kUnits = "smhdw";
  static constexpr double kSeconds[] = {1, 60, 3600, 86400, 7 * 86400};
  if (text.size() < 3 || text[0] != '-') return std::nullopt;
  const std::size_t unit = kUnits.find(text.back());
  const auto count = whole<double>(text.substr(1, text.size() - 2));
  if (unit == kUnits.npos || !count || !(*count >= 0)) return std::nullopt;
  const double seconds = *count * kSeconds[unit];
  constexpr double kMost = 2000 * 366.0 * 86400;  // of years that have four digits
  return seconds < kMost ? std::optional(now - milliseconds(static_cast<std::int64_t>(seconds * 1000))) : std::nullopt;
}

std::string as_recorded(Time time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:03}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count(), clock.subseconds().count());
}

}  // namespace

std::optional<Value> flag_literal(const FilterOperand& operand) {
  if (operand.quoted || !operand.argument.empty()) return std::nullopt;
  if (operand.text == "true" || operand.text == "1") return std::int64_t{1};
  if (operand.text == "false" || operand.text == "0") return std::int64_t{0};
  return std::nullopt;
}

std::optional<Value> number_literal(const FilterOperand& operand) {
  if (operand.quoted || !operand.argument.empty()) return std::nullopt;
  const std::string& text = operand.text;
  if (const auto flag = flag_literal(operand)) return flag;
  if (const auto integer = whole<std::int64_t>(text)) return *integer;
  if (whole<std::uint64_t>(text)) return text;
  if (const auto real = whole<double>(text); real && !std::isnan(*real)) return *real;
  return std::nullopt;
}

std::optional<std::string> time_literal(const std::string& text, std::chrono::system_clock::time_point now) {
  auto time = calendar_time(text);
  if (!time) time = ago(text, std::chrono::floor<milliseconds>(now));
  return time ? std::optional(as_recorded(*time)) : std::nullopt;
}

}  // namespace ubp
