// SPDX-License-Identifier: MIT
#include "query/series.hpp"

#include <bit>
#include <cmath>
#include <map>

#include "base/vocabulary.hpp"

namespace ubp {
namespace {

using Points = std::map<std::int64_t, double>;  // by step
using Series = std::map<std::string, Points>;

Series series_of(Reader& reader, std::int64_t trial_id) {
  Series all;
  reader.each({"SELECT metric, step, value FROM metrics WHERE trial_id = ?1 ORDER BY metric, step", {trial_id}},
              [&](const sqlite::Statement& row) {
                all[row.text(0)][row.integer(1)] = row.is_null(2) ? std::nan("") : row.real(2);
              });
  for (const std::string_view clock : kWallClockMetrics) all.erase(std::string(clock));
  return all;
}

std::optional<double> at(const Points& points, std::int64_t step) {
  const auto found = points.find(step);
  return found == points.end() ? std::nullopt : std::optional(found->second);
}

bool same(const std::optional<double>& a, const std::optional<double>& b) {
  if (!a || !b) return a.has_value() == b.has_value();
  return (std::isnan(*a) && std::isnan(*b)) || std::bit_cast<std::uint64_t>(*a) == std::bit_cast<std::uint64_t>(*b);
}

SeriesPair pair_of(const std::string& metric, const Points& a, const Points& b) {
  SeriesPair pair;
  pair.metric = metric;
  pair.points = std::max(std::ssize(a), std::ssize(b));
  if (!a.empty()) pair.last_a = a.rbegin()->second;
  if (!b.empty()) pair.last_b = b.rbegin()->second;
  const auto note = [&](std::int64_t step) {
    if (same(at(a, step), at(b, step)) || (pair.step && *pair.step <= step)) return;
    pair.step = step, pair.a = at(a, step), pair.b = at(b, step);
  };
  for (const auto& [step, value] : a) note(step);
  for (const auto& [step, value] : b) note(step);
  return pair;
}

}  // namespace

std::vector<SeriesPair> series_pairs(Reader& of_a, std::int64_t a, Reader& of_b, std::int64_t b, bool until_end_of_a) {
  Series first = series_of(of_a, a), second = series_of(of_b, b);
  if (until_end_of_a) {
    std::erase_if(second, [&](const auto& each) { return !first.contains(each.first); });
    for (auto& [metric, points] : second) points.erase(points.upper_bound(first[metric].rbegin()->first), points.end());
  }
  for (const auto& [metric, points] : second) first.try_emplace(metric);
  std::vector<SeriesPair> pairs;
  for (const auto& [metric, points] : first) pairs.push_back(pair_of(metric, points, second[metric]));
  return pairs;
}

std::string digits_of(const std::optional<double>& value) { return value ? fmt::format("{}", *value) : "none"; }

}  // namespace ubp
