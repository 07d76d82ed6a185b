// SPDX-License-Identifier: MIT
#include "search/gp.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/statistics.hpp"
#include "search/minimize.hpp"
#include "search/unit.hpp"

namespace ubp::search {
namespace {

constexpr std::size_t kSampled = 512, kSearches = 10;
constexpr int kRounds = 5;         // of a search: reals by slope, then every discrete dimension
constexpr std::int64_t kFew = 16;  // so many values are all tried
constexpr double kJitter = 1e-12;  // of a variance, so that a point that was tried has slopes, too

using Vector = std::vector<double>;

/// A place where an improvement is expected.
struct Candidate {
  Vector u;          ///< in [0, 1], of every dimension, also where it is not active
  double value = 0;  ///< log expected improvement
};

/// What the process sees of a point.
Vector coordinates(const Space& space, const Point& point) {
  Vector out(space.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const Dimension& d = space.dimensions[i];
    const bool category = d.kind == Dimension::Kind::categorical;
    out[i] = is_active(point[i]) ? (category ? point[i] : unit_of(d, point[i])) : (category ? -1 : 0.5);
  }
  return out;
}

Vector units(const Space& space, const Point& point) {
  Vector out(space.size(), 0.5);
  for (std::size_t i = 0; i < out.size(); ++i)
    if (is_active(point[i])) out[i] = unit_of(space.dimensions[i], point[i]);
  return out;
}

bool equal(const Point& a, const Point& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](double x, double y) { return x == y || (!is_active(x) && !is_active(y)); });
}

/// Results in the order in which they were told.
std::vector<const Told*> results_of(const History& history) {
  std::vector<const Told*> out;
  for (const Told& told : history)
    if (told.state != Told::State::running) out.push_back(&told);
  std::stable_sort(out.begin(), out.end(), [](const Told* a, const Told* b) { return a->told_at < b->told_at; });
  return out;
}

/// Of the first `count` results; nothing if none of them is complete.
Observations observe(const Space& space, const std::vector<const Told*>& results, std::size_t count) {
  Observations out;
  for (const Dimension& d : space.dimensions) out.is_category.push_back(d.kind == Dimension::Kind::categorical);
  Vector complete;
  for (std::size_t i = 0; i < count; ++i)
    if (results[i]->state == Told::State::complete) complete.push_back(results[i]->values[0]);
  if (complete.empty()) return out;
  const double worst = *std::max_element(complete.begin(), complete.end()), median = statistics::median(complete);
  for (std::size_t i = 0; i < count; ++i) {
    const Told& told = *results[i];
    const double value = told.state == Told::State::complete ? told.values[0]
                         : told.state == Told::State::pruned && !std::isnan(told.last_value)
                             ? std::clamp(told.last_value, median, worst)
                             : worst;
    out.inputs.push_back(coordinates(space, told.point));
    out.targets.push_back(-value);
  }
  const double mean = statistics::mean(out.targets);
  double square = 0;
  for (double& each : out.targets) each -= mean, square += each * each;
  const double deviation = std::sqrt(square / static_cast<double>(count));
  for (double& each : out.targets) each /= std::max(1e-12, deviation);
  return out;
}

/// The search for the largest expected improvement.
class Search {
 public:
  Search(const Space& space, const GaussianProcess& process) : space_(space), process_(process) {
    const auto& targets = process.observations().targets;
    best_ = *std::max_element(targets.begin(), targets.end());
  }

  void value(std::vector<Candidate>& all) const {
    const auto at = process_.posterior(inputs(all), false);
    for (std::size_t i = 0; i < all.size(); ++i)
      all[i].value = log_improvement(at[i].mean, std::sqrt(at[i].variance + kJitter), best_).value;
  }

  /// From each of `all` to a local maximum.
  void climb(std::vector<Candidate>& all) const {
    for (int round = 0; round < kRounds; ++round) {
      climb_reals(all);
      if (!climb_discrete(all)) return;
    }
  }

 private:
  std::vector<Vector> inputs(const std::vector<Candidate>& all) const {
    std::vector<Vector> out;
    for (const Candidate& each : all) out.push_back(coordinates(space_, point_at(space_, each.u)));
    return out;
  }

  /// All at once; in units of the length-scales, which makes the slopes of all dimensions alike.
  void climb_reals(std::vector<Candidate>& all) const {
    Vector scale;
    for (std::size_t i = 0; i < space_.size(); ++i)
      scale.push_back(std::sqrt(process_.parameters().inverse_squares[i]));
    std::vector<BoxMinimizer> searches;
    for (const Candidate& each : all) {
      Vector z = each.u, low = z, high = z;
      for (std::size_t i = 0; i < z.size(); ++i) {
        z[i] *= scale[i], low[i] = high[i] = z[i];
        if (!space_.dimensions[i].discrete()) low[i] = 0, high[i] = scale[i];
      }
      searches.emplace_back(std::move(z), std::move(low), std::move(high), 1e-2, 60);
    }
    for (;;) {
      std::vector<Candidate> asked;
      std::vector<std::size_t> who;
      for (std::size_t k = 0; k < searches.size(); ++k) {
        if (searches[k].is_done()) continue;
        who.push_back(k);
        asked.push_back({searches[k].point()});
        for (std::size_t i = 0; i < scale.size(); ++i)
          asked.back().u[i] = space_.dimensions[i].discrete() ? all[k].u[i] : asked.back().u[i] / scale[i];
      }
      if (asked.empty()) break;
      const auto at = process_.posterior(inputs(asked), true);
      for (std::size_t k = 0; k < who.size(); ++k) {
        const double deviation = std::sqrt(at[k].variance + kJitter);
        const LogImprovement here = log_improvement(at[k].mean, deviation, best_);
        const Point point = point_at(space_, asked[k].u);
        Vector slope(scale.size(), 0);
        for (std::size_t i = 0; i < slope.size(); ++i)
          if (is_active(point[i]) && !space_.dimensions[i].discrete())
            slope[i] =
                -(here.by_mean * at[k].mean_slope[i] + here.by_deviation * at[k].variance_slope[i] / 2 / deviation) /
                scale[i];
        searches[who[k]].tell(-here.value, slope);
      }
    }
    for (std::size_t k = 0; k < all.size(); ++k) {
      if (-searches[k].value() <= all[k].value) continue;
      all[k].value = -searches[k].value();
      for (std::size_t i = 0; i < scale.size(); ++i)
        if (!space_.dimensions[i].discrete()) all[k].u[i] = std::clamp(searches[k].best()[i] / scale[i], 0.0, 1.0);
    }
  }

  /// One dimension after the other to its best value, of all or of those 1, 2, 4, ... steps away. False: none moved.
  bool climb_discrete(std::vector<Candidate>& all) const {
    bool moved = false;
    for (std::size_t i = 0; i < space_.size(); ++i) {
      const Dimension& d = space_.dimensions[i];
      if (!d.discrete()) continue;
      const double step = d.step > 0 ? d.step : 1;
      for (Candidate& from : all) {
        const Point point = point_at(space_, from.u);
        if (!is_active(point[i])) continue;
        const auto now = static_cast<std::int64_t>(std::llround((point[i] - d.low) / step));
        std::vector<std::int64_t> others;
        if (d.kind == Dimension::Kind::categorical || d.count() <= kFew) {
          for (std::int64_t k = 0; k < d.count(); ++k)
            if (k != now) others.push_back(k);
        } else {
          for (std::int64_t away = 1; away < d.count(); away *= 2)
            for (const std::int64_t k : {now - away, now + away})
              if (k >= 0 && k < d.count()) others.push_back(k);
        }
        std::vector<Candidate> there(others.size(), from);
        for (std::size_t k = 0; k < others.size(); ++k)
          there[k].u[i] = unit_of(d, d.low + static_cast<double>(others[k]) * step);
        value(there);
        for (const Candidate& each : there)
          if (each.value > from.value) from = each, moved = true;
      }
    }
    return moved;
  }

  const Space& space_;
  const GaussianProcess& process_;
  double best_;
};

/// Where climbing begins: at the best, at what was best of all results, and at others, the better ones more often.
std::vector<Candidate> chosen_starts(const std::vector<Candidate>& sampled, Candidate incumbent, Random& random) {
  std::vector<double> score;  // Gumbel's trick: the largest are a draw without replacement, by exp(value)
  for (const Candidate& each : sampled) score.push_back(each.value - std::log(-std::log(1 - random.next_uniform())));
  const auto best = std::max_element(sampled.begin(), sampled.end(),
                                     [](const Candidate& a, const Candidate& b) { return a.value < b.value; });
  score[static_cast<std::size_t>(best - sampled.begin())] = std::numeric_limits<double>::infinity();
  std::vector<std::size_t> order(sampled.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return score[a] > score[b]; });
  std::vector<Candidate> out{std::move(incumbent)};
  for (std::size_t k = 0; k + 1 < kSearches && k < order.size(); ++k) out.push_back(sampled[order[k]]);
  return out;
}

}  // namespace

bool GaussianProcessSampler::is_fitted_at(std::size_t results) {
  return results % std::max(std::size_t{1}, std::bit_floor(results) / 16) == 0;
}

const KernelParameters& GaussianProcessSampler::parameters_of(Observations seen) {
  if (seen.inputs != fitted_.inputs || seen.targets != fitted_.targets || seen.is_category != fitted_.is_category) {
    parameters_ = fit(seen);
    fitted_ = std::move(seen);
  }
  return parameters_;
}

Point GaussianProcessSampler::propose(const Question& question) {
  const Space& space = question.space;
  const std::vector<const Told*> results = results_of(question.history);
  const auto is_complete = [](const Told* told) { return told->state == Told::State::complete; };
  const auto complete = static_cast<std::size_t>(std::count_if(results.begin(), results.end(), is_complete));
  if (complete < kStartup || space.size() == 0) return uniform_point(question);

  std::size_t fitted = results.size();
  while (fitted > kStartup && !is_fitted_at(fitted)) --fitted;
  GaussianProcess process(observe(space, results, results.size()), parameters_of(observe(space, results, fitted)));
  std::vector<Vector> running;
  for (const Told& told : question.history)
    if (told.state == Told::State::running) running.push_back(coordinates(space, told.point));
  if (!running.empty()) process.believe(running);

  Random random = question.stream("gp");
  const Search search(space, process);
  std::vector<Candidate> sampled(kSampled);
  for (Candidate& each : sampled) {
    each.u.resize(space.size());
    for (double& u : each.u) u = random.next_uniform();
  }
  search.value(sampled);
  const auto best = std::min_element(results.begin(), results.end(), [&](const Told* a, const Told* b) {
    return is_complete(a) && (!is_complete(b) || a->values[0] < b->values[0]);
  });
  std::vector<Candidate> found = chosen_starts(sampled, {units(space, (*best)->point)}, random);
  search.value(found);
  search.climb(found);

  found.insert(found.end(), sampled.begin(), sampled.end());
  std::stable_sort(found.begin(), found.end(),
                   [](const Candidate& a, const Candidate& b) { return a.value > b.value; });
  for (const Candidate& each : found) {
    Point point = point_at(space, each.u);
    const bool is_new = std::none_of(question.history.begin(), question.history.end(),
                                     [&](const Told& told) { return equal(told.point, point); });
    if (is_new && (!space.allowed || space.allowed(point))) return point;
  }
  return uniform_point(question);
}

}  // namespace ubp::search
