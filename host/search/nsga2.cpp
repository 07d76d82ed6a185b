// SPDX-License-Identifier: MIT
#include "search/nsga2.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "search/pareto.hpp"
#include "search/unit.hpp"

namespace ubp::search {
namespace {

/// Configs and how they compare: a smaller rank first, then a larger distance to the others of the rank.
struct Population {
  std::vector<std::size_t> numbers;
  std::vector<std::size_t> rank;
  std::vector<double> distance;

  bool is_better(std::size_t a, std::size_t b) const {
    return rank[a] != rank[b] ? rank[a] < rank[b] : distance[a] > distance[b];
  }
};

Population ranked(const History& history, std::vector<std::size_t> numbers) {
  Front points;
  for (const std::size_t i : numbers) points.push_back(history[i].values);
  Population all{std::move(numbers), domination_ranks(points), std::vector<double>(points.size())};
  for (std::size_t r = 0;; ++r) {
    std::vector<std::size_t> members;
    Front front;
    for (std::size_t i = 0; i < points.size(); ++i)
      if (all.rank[i] == r) members.push_back(i), front.push_back(points[i]);
    if (members.empty()) return all;
    const std::vector<double> distance = crowding_distances(front);
    for (std::size_t i = 0; i < members.size(); ++i) all.distance[members[i]] = distance[i];
  }
}

/// The best `count` of them.
std::vector<std::size_t> elite(const History& history, const std::vector<std::size_t>& numbers, std::size_t count) {
  if (numbers.size() <= count) return numbers;
  const Population all = ranked(history, numbers);
  std::vector<std::size_t> order(numbers.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return all.is_better(a, b); });
  std::vector<std::size_t> best;
  for (std::size_t i = 0; i < count; ++i) best.push_back(numbers[order[i]]);
  return best;
}

/// Config numbers of the present parents; none: the first `population` results are not known yet.
std::vector<std::size_t> parents(const History& history, std::size_t population) {
  std::vector<std::size_t> told;  // in the order in which they became known
  for (std::size_t i = 0; i < history.size(); ++i)
    if (history[i].state == Told::State::complete) told.push_back(i);
  std::stable_sort(told.begin(), told.end(),
                   [&](std::size_t a, std::size_t b) { return history[a].told_at < history[b].told_at; });
  std::vector<std::size_t> chosen;
  for (std::size_t end = population; end <= told.size(); end += population) {
    chosen.insert(chosen.end(), told.begin() + static_cast<std::ptrdiff_t>(end - population),
                  told.begin() + static_cast<std::ptrdiff_t>(end));
    chosen = elite(history, chosen, population);
  }
  return chosen;
}

/// SBX within [0, 1]: one of the two children, `u` and `which` uniform.
double crossed(double a, double b, double index, double u, bool which) {
  const auto [low, high] = std::minmax(a, b);
  if (high - low < 1e-14) return which ? a : b;
  const double room = which ? low : 1 - high;
  const double alpha = 2 - std::pow(1 + 2 * room / (high - low), -(index + 1));
  const double spread = std::pow(u <= 1 / alpha ? u * alpha : 1 / (2 - u * alpha), 1 / (index + 1));
  return 0.5 * (low + high + (which ? -spread : spread) * (high - low));
}

/// Polynomial mutation within [0, 1], `u` uniform.
double mutated(double x, double index, double u) {
  const double power = index + 1;
  if (u < 0.5) return x + std::pow(2 * u + (1 - 2 * u) * std::pow(1 - x, power), 1 / power) - 1;
  return x + 1 - std::pow(2 * (1 - u) + (2 * u - 1) * std::pow(x, power), 1 / power);
}

}  // namespace

Point Nsga2Sampler::propose(const Question& question) {
  const auto& [space, history, seed, number, attempt] = question;
  const std::vector<std::size_t> chosen = parents(history, options_.population);
  if (chosen.empty()) return uniform_point(question);
  const Population population = ranked(history, chosen);

  Random random = question.stream("nsga2");
  const auto pick = [&]() -> const Point& {  // a tournament of two
    const std::size_t a = random.below(chosen.size()), b = random.below(chosen.size());
    return history[chosen[population.is_better(b, a) ? b : a]].point;
  };
  const Point &mother = pick(), &father = pick();
  const bool crosses = random.next_uniform() < options_.crossover;
  const double rate = 1 / static_cast<double>(space.size());

  std::vector<double> child(space.size());
  for (std::size_t i = 0; i < space.size(); ++i) {
    const Dimension& d = space.dimensions[i];
    const bool is_class = d.kind == Dimension::Kind::categorical;
    double u[5];  // mixes, which, spread, mutates, to where
    random.uniform(u, 0, 1);
    double a = mother[i], b = crosses ? father[i] : a;
    if (!is_active(a)) a = b;
    if (!is_active(b)) b = a;
    if (!is_active(a)) {  // neither knows a value: any, if it is needed
      child[i] = u[4];
      continue;
    }
    a = unit_of(d, a), b = unit_of(d, b);
    child[i] =
        is_class || u[0] < 0.5 ? (u[1] < 0.5 ? a : b) : crossed(a, b, options_.crossover_index, u[2], u[1] < 0.5);
    if (u[3] < rate) child[i] = is_class ? u[4] : mutated(child[i], options_.mutation_index, u[4]);
    child[i] = std::clamp(child[i], 0.0, std::nextafter(1.0, 0.0));
  }
  return point_at(space, child);
}

}  // namespace ubp::search
