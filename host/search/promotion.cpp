// SPDX-License-Identifier: MIT
#include "search/promotion.hpp"

#include <algorithm>
#include <cmath>

#include "search/brackets.hpp"

namespace ubp::search {
namespace {

/// Those that have come to a rung, the best first; those without a value last.
struct Rung {
  std::vector<const Climber*> order;
  std::size_t valued = 0;

  Rung(const std::vector<Climber>& climbers, std::size_t bracket, std::size_t rung) {
    for (const Climber& c : climbers)
      if (c.bracket == bracket && (c.values.size() > rung || (c.failed && c.rung == rung))) order.push_back(&c);
    const auto has_value = [&](const Climber* c) { return c->values.size() > rung && !std::isnan(c->values[rung]); };
    const auto middle = std::partition(order.begin(), order.end(), has_value);
    valued = static_cast<std::size_t>(middle - order.begin());
    std::sort(order.begin(), middle, [&](const Climber* a, const Climber* b) {
      return a->values[rung] != b->values[rung] ? a->values[rung] < b->values[rung] : a->number < b->number;
    });
  }

  /// The first among the best `n` that waits at `rung`.
  const Climber* promotable(std::size_t n, std::size_t rung) const {
    const auto end = order.begin() + static_cast<std::ptrdiff_t>(std::min(n, valued));
    const auto found = std::find_if(order.begin(), end, [&](const Climber* c) { return c->rung == rung; });
    return found == end ? nullptr : *found;
  }
};

Move resume(const Climber& c) { return {Move::Kind::resume, c.number, c.bracket, c.rung + 1}; }

}  // namespace

std::vector<std::int64_t> rung_steps(std::int64_t r, std::int64_t R, std::int64_t eta, std::int64_t s) {
  std::vector<std::int64_t> steps;
  for (std::int64_t k = -s, step = r;; ++k, step *= eta) {
    if (k >= 0) steps.push_back(step);
    if (step > R / eta) break;
  }
  if (steps.empty()) return {R};
  steps.back() = R;
  return steps;
}

std::vector<Bracket> asha_brackets(std::int64_t r, std::int64_t R, std::int64_t eta, std::int64_t s) {
  return {{rung_steps(r, R, eta, s), 1}};
}

std::vector<Bracket> hyperband_brackets(std::int64_t r, std::int64_t R, std::int64_t eta) {
  const std::size_t n = rung_steps(r, R, eta, 0).size();
  const std::vector<std::int64_t> shares = bracket_shares(static_cast<std::int64_t>(n), eta);
  std::vector<Bracket> brackets;
  for (std::size_t s = 0; s < n; ++s)
    brackets.push_back({rung_steps(r, R, eta, static_cast<std::int64_t>(s)), shares[s]});
  return brackets;
}

Move next_move(const std::vector<Bracket>& brackets, std::int64_t eta, const std::vector<Climber>& climbers,
               bool may_start) {
  for (std::size_t b = 0; b < brackets.size(); ++b)
    for (std::size_t k = brackets[b].rungs.size() - 1; k-- > 0;) {
      const Rung rung(climbers, b, k);
      if (const Climber* c = rung.promotable(rung.order.size() / static_cast<std::size_t>(eta), k)) return resume(*c);
    }
  if (!may_start) return {};
  std::vector<std::int64_t> shares;
  for (const Bracket& bracket : brackets) shares.push_back(bracket.share);
  return {Move::Kind::start, 0, bracket_at(climbers.size(), shares), 0};
}

}  // namespace ubp::search
