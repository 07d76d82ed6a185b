// SPDX-License-Identifier: MIT
#include "plan/axis.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/error.hpp"

namespace ubp {
namespace {

using nlohmann::json;

constexpr std::int64_t kMostGridValues = 100'000;

bool is_whole(const ParamDecl& decl) { return decl.type == UBP_P_INT || decl.type == UBP_P_INT_LIST; }

double rounded(double v, int digits) { return std::stod(fmt::format("{:.{}g}", v, digits)); }

/// A number of the axis in its declared type.
json typed(const Axis& axis, double v) {
  const json number = is_whole(axis.decl) ? json(static_cast<std::int64_t>(std::llround(v))) : json(v);
  return is_list(axis.decl) ? json::array({number}) : number;
}

double number_in(std::string_view text, const std::string& where, const std::string& key, std::string_view what) {
  double v = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), v);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(v))
    fail(Exit::usage, "{}: {}: {} of a range: found '{}', expected a number", where, key, what, text);
  return v;
}

void read_modifier(Interval& range, const std::string& text, const std::string& where, const std::string& key) {
  if (text == "log") {
    range.log = true;
  } else if (text == "log2") {
    range.log = range.base2 = true;
  } else if (text.starts_with("step=")) {
    range.step = number_in(std::string_view(text).substr(5), where, key, "step");
    if (!(range.step > 0))
      fail(Exit::usage, "{}: {}: step of a range: found {}, expected more than 0", where, key, range.step);
  } else if (text.starts_with("n=")) {
    const double n = number_in(std::string_view(text).substr(2), where, key, "n");
    if (n < 2 || n != std::trunc(n) || n > 1e6)
      fail(Exit::usage, "{}: {}: n of a range: found {}, expected an int of 2 or more", where, key, n);
    range.n = static_cast<std::int64_t>(n);
  } else {
    fail(Exit::usage, "{}: {}: no such modifier of a range: found '{}', expected log, log2, step=X or n=K", where, key,
         text);
  }
}

Interval read_range(std::string_view text, const std::string& where, const std::string& key) {
  Interval range;
  range.text = text;
  const std::size_t dots = text.find(".."), colon = text.find(':');
  range.lo = number_in(text.substr(0, dots), where, key, "start");
  range.hi = number_in(text.substr(dots + 2, colon == text.npos ? colon : colon - dots - 2), where, key, "end");
  if (colon != text.npos)
    for (const std::string& part : split_outside(text.substr(colon + 1), ',')) read_modifier(range, part, where, key);
  if (!(range.lo < range.hi))
    fail(Exit::usage, "{}: {}: empty range: found {}, expected a start below the end", where, key, text);
  if (range.log && !(range.lo > 0)) fail(Exit::usage, "{}: {}: a log range starts above 0: found {}", where, key, text);
  if ((range.step > 0) + (range.n > 0) + range.base2 + (range.step > 0 && range.log) > 1)
    fail(Exit::usage, "{}: {}: contradictory range: found {}, expected one of log2, step=X, n=K", where, key, text);
  return range;
}

/// The i-th of n evenly spaced values, both ends exact.
double spaced(const Interval& range, std::int64_t i, std::int64_t n) {
  if (i == 0 || i == n - 1) return i == 0 ? range.lo : range.hi;
  const double t = static_cast<double>(i) / static_cast<double>(n - 1);
  return rounded(range.log ? range.lo * std::pow(range.hi / range.lo, t) : range.lo + (range.hi - range.lo) * t, 12);
}

/// The step between the values of a linear range; 0 for a continuum.
double step_of(const Axis& axis) {
  const bool every_int = is_whole(axis.decl) && !axis.range.log && axis.range.n == 0;
  return axis.range.step > 0 ? axis.range.step : every_int ? 1 : 0;
}

/// How many values a range has; 0 for a continuum.
std::int64_t length(const Axis& axis) {
  const Interval& range = axis.range;
  if (range.n > 0) return range.n;
  if (range.base2) return static_cast<std::int64_t>(std::floor(std::log2(range.hi / range.lo) + 1e-9)) + 1;
  const double step = step_of(axis);
  return step > 0 ? static_cast<std::int64_t>(std::floor((range.hi - range.lo) / step + 1e-9)) + 1 : 0;
}

double value_at(const Axis& axis, std::int64_t i) {
  const Interval& range = axis.range;
  if (range.n > 0) return spaced(range, i, range.n);
  const double k = static_cast<double>(i);
  return range.base2 ? range.lo * std::exp2(k) : rounded(range.lo + k * step_of(axis), 12);
}

bool is_single(const json& value) {
  return value.is_number() || (value.is_array() && value.size() == 1 && value[0].is_number());
}
double as_number(const json& value) { return value.is_array() ? value[0].get<double>() : value.get<double>(); }

/// Are the choices numbers that only rise, or only fall? Then a step from one to the next means something.
bool is_ordered(const Axis& axis) {
  if (axis.choices.size() < 3 || !std::all_of(axis.choices.begin(), axis.choices.end(), is_single)) return false;
  const auto before = [](const json& a, const json& b) { return as_number(a) < as_number(b); };
  return std::is_sorted(axis.choices.begin(), axis.choices.end(), before) ||
         std::is_sorted(axis.choices.rbegin(), axis.choices.rend(), before);
}

double distance(const Axis& axis, std::int64_t i, double v) {
  const double own = axis.has_range() ? value_at(axis, i) : as_number(axis.choices[static_cast<std::size_t>(i)]);
  return std::abs(own - v);
}

void add_choice(Axis& axis, json value) {
  if (std::find(axis.choices.begin(), axis.choices.end(), value) != axis.choices.end())
    fail(Exit::usage, "{}: {}: {} is listed twice", axis.where, axis.key, shown(value));
  axis.choices.push_back(std::move(value));
}

bool looks_like_range(const ParamDecl& decl, std::string_view text) {
  return is_number(decl) && text.find("..") != text.npos;
}

}  // namespace

std::optional<Axis> axis_of(const std::string& key, const Setting& setting, const ParamDecl& decl) {
  Axis axis{key, setting.where, "", decl, {}, {}};
  if (setting.value.is_string() && looks_like_range(decl, setting.value.get_ref<const std::string&>())) {
    axis.range = read_range(setting.value.get_ref<const std::string&>(), setting.where, key);
    if (is_whole(decl) && (axis.range.lo != std::trunc(axis.range.lo) || axis.range.hi != std::trunc(axis.range.hi)))
      fail(Exit::usage, "{}: {}: wrong type: found the range {}, expected {}", setting.where, key, axis.range.text,
           expectation(decl));
    checked(decl, typed(axis, axis.range.lo), setting.where, key);
    checked(decl, typed(axis, axis.range.hi), setting.where, key);
    return axis;
  }
  if (setting.text) {
    const std::vector<std::string> parts = split_outside(setting.value.get_ref<const std::string&>(), ',');
    if (parts.size() < 2) return {};
    for (const std::string& part : parts) add_choice(axis, checked_text(decl, part, setting.where, key));
    return axis;
  }
  if (!setting.value.is_array()) return {};
  // A list parameter's own list holds numbers; a choice among lists holds lists, or texts like "256+64".
  const auto is_item = [](const json& v) { return v.is_number(); };
  if (is_list(decl) && std::all_of(setting.value.begin(), setting.value.end(), is_item)) return {};
  for (const json& item : setting.value)
    add_choice(axis, is_list(decl) && item.is_string()
                         ? checked_text(decl, item.get_ref<const std::string&>(), setting.where, key)
                         : checked(decl, item, setting.where, key));
  if (axis.choices.empty()) fail(Exit::usage, "{}: {}: an empty choice: found [], expected values", setting.where, key);
  return axis;
}

std::vector<json> grid_values(const Axis& axis) {
  if (!axis.has_range()) return axis.choices;
  std::int64_t n = length(axis);
  if (n == 0 && !axis.range.log)
    fail(Exit::usage, "{}: {}: a grid must know how fine: found {}, expected e.g. {}:n=5 or :step=0.1", axis.where,
         axis.key, axis.range.text, axis.range.text);
  if (n > kMostGridValues)
    fail(Exit::usage, "{}: {}: too fine for a grid: {} has {} values", axis.where, axis.key, axis.range.text, n);
  const bool decades = n == 0;
  if (decades) n = std::max<std::int64_t>(2, std::llround(std::log10(axis.range.hi / axis.range.lo)) + 1);
  std::vector<json> values;
  for (std::int64_t i = 0; i < n; ++i) {
    json value = typed(axis, decades ? spaced(axis.range, i, n) : value_at(axis, i));
    if (values.empty() || values.back() != value) values.push_back(std::move(value));  // ints may round to one value
  }
  return values;
}

json draw(const Axis& axis, double u) {
  const auto pick = [u](std::int64_t n) {
    return std::min(n - 1, static_cast<std::int64_t>(u * static_cast<double>(n)));
  };
  if (!axis.has_range())
    return axis.choices[static_cast<std::size_t>(pick(static_cast<std::int64_t>(axis.choices.size())))];
  if (const std::int64_t n = length(axis); n > 0) return typed(axis, value_at(axis, pick(n)));
  const Interval& range = axis.range;
  if (!range.log) return typed(axis, std::clamp(rounded(range.lo + (range.hi - range.lo) * u, 6), range.lo, range.hi));
  // An int on a log scale stands for the interval of half a unit on both sides, so that its ends are as likely as they
  // look.
  const double half = is_whole(axis.decl) ? 0.5 : 0;
  const double lo = std::log(range.lo - half), hi = std::log(range.hi + half);
  const double v = std::exp(lo + (hi - lo) * u);
  return typed(axis, std::clamp(half > 0 ? std::round(v) : rounded(v, 6), range.lo, range.hi));
}

search::Dimension dimension_of(const Axis& axis) {
  using Kind = search::Dimension::Kind;
  search::Dimension d{axis.key, Kind::integer, 0, 0, false, 0};
  if (const std::int64_t n = axis.has_range() ? length(axis) : std::ssize(axis.choices); n > 0) {
    if (!axis.has_range() && !is_ordered(axis)) d.kind = Kind::categorical;
    d.high = static_cast<double>(n - 1);
    return d;
  }
  if (!is_whole(axis.decl)) d.kind = Kind::real;
  d.low = axis.range.lo;
  d.high = axis.range.hi;
  d.log = axis.range.log;
  return d;
}

json value_of(const Axis& axis, double coordinate) {
  const auto index = static_cast<std::int64_t>(std::llround(coordinate));
  if (!axis.has_range()) return axis.choices.at(static_cast<std::size_t>(index));
  if (length(axis) > 0) return typed(axis, value_at(axis, index));
  return typed(axis, std::clamp(is_whole(axis.decl) ? std::round(coordinate) : rounded(coordinate, 6), axis.range.lo,
                                axis.range.hi));
}

double coordinate_of(const Axis& axis, const json& value) {
  if (!axis.has_range()) {
    const auto found = std::find(axis.choices.begin(), axis.choices.end(), value);
    if (found != axis.choices.end()) return static_cast<double>(found - axis.choices.begin());
    if (!is_ordered(axis) || !is_single(value)) return 0;
  }
  const double v = is_single(value) ? as_number(value) : axis.range.lo;
  const std::int64_t n = axis.has_range() ? length(axis) : std::ssize(axis.choices);
  if (n == 0) return std::clamp(v, axis.range.lo, axis.range.hi);
  std::int64_t nearest = 0;
  for (std::int64_t i = 1; i < n; ++i)
    if (distance(axis, i, v) < distance(axis, nearest, v)) nearest = i;
  return static_cast<double>(nearest);
}

std::int64_t count_values(const Axis& axis) {
  if (!axis.has_range()) return static_cast<std::int64_t>(axis.choices.size());
  if (const std::int64_t n = length(axis); n > 0) return n;
  return is_whole(axis.decl) ? static_cast<std::int64_t>(axis.range.hi - axis.range.lo) + 1 : 0;
}

json describe(const Axis& axis) {
  json out{{"type", type_name(axis.decl.type)}};
  if (axis.has_range()) {
    out.update({{"low", axis.range.lo}, {"high", axis.range.hi}, {"log", axis.range.log}, {"range", axis.range.text}});
    if (axis.range.step > 0) out["step"] = axis.range.step;
    if (axis.range.n > 0) out["n"] = axis.range.n;
  } else {
    out["choices"] = axis.choices;
  }
  if (!axis.when.empty()) out["when"] = axis.when;
  return out;
}

}  // namespace ubp
