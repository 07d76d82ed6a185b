// SPDX-License-Identifier: MIT
#include "train/explain/attribution.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "base/error.hpp"
#include "base/statistics.hpp"
#include "engine/ops.hpp"
#include "plugin/context.hpp"
#include "plugin/value.hpp"
#include "train/data/rows.hpp"

namespace ubp {
namespace {

constexpr i64 kBatch = 64;  // points at once
constexpr i64 kFewestSteps = 16;
constexpr i64 kManySteps = 1024;  // more only for a gap below kNearly
constexpr double kNearly = 0.01;
constexpr i64 kRoughSteps = 32;          // of maps that are compared, not shown
constexpr std::size_t kMostMoments = 6;  // of the cascade, at which maps are compared
constexpr double kComplete = 1e-3;       // of f - f_absent: where doubling stops
constexpr i64 kNoisy = 32;               // rows near x that SmoothGrad looks at
constexpr double kNoise = 0.1;           // their distance, in spreads of x - absent
constexpr std::size_t kParts = 20;       // of the row, that come or go together
constexpr int kRandomOrders = 5;

double safe_ratio(double part, double whole) { return whole == 0 ? (part == 0 ? 0 : INFINITY) : part / whole; }

/// Points b + t (x - b) for t in the middle of each of `n` parts of [0, 1].
std::vector<double> path(const std::vector<double>& x, const std::vector<double>& b, i64 n) {
  std::vector<double> points;
  points.reserve(x.size() * static_cast<std::size_t>(n));
  for (i64 k = 0; k < n; ++k) {
    const double t = (static_cast<double>(k) + 0.5) / static_cast<double>(n);
    for (std::size_t j = 0; j < x.size(); ++j) points.push_back(b[j] + t * (x[j] - b[j]));
  }
  return points;
}

/// (x - b) times the mean of the slopes.
std::vector<double> weighted(const std::vector<double>& slopes, const std::vector<double>& x,
                             const std::vector<double>& b) {
  const double n = static_cast<double>(slopes.size() / x.size());
  std::vector<double> map(x.size());
  for (std::size_t i = 0; i < slopes.size(); ++i) map[i % x.size()] += slopes[i] / n;
  for (std::size_t j = 0; j < x.size(); ++j) map[j] *= x[j] - b[j];
  return map;
}

double gap_of(const std::vector<double>& map, double f, double f_absent) {
  const double sum = std::accumulate(map.begin(), map.end(), 0.0);
  return std::abs(safe_ratio(sum - (f - f_absent), f - f_absent));
}

std::vector<double> near(const std::vector<double>& x, const std::vector<double>& b) {
  double square = 0;
  for (std::size_t j = 0; j < x.size(); ++j) square += (x[j] - b[j]) * (x[j] - b[j]);
  const double spread = kNoise * std::sqrt(square / static_cast<double>(x.size()));
  Random random(0, "smooth grad");
  std::vector<double> points, noise(x.size());
  for (i64 k = 0; k < kNoisy; ++k) {
    random.normal(std::span(noise), 0, 1);
    for (std::size_t j = 0; j < x.size(); ++j) points.push_back(x[j] + spread * noise[j]);
  }
  return points;
}

/// Area under f, from absent (0) to there (1), as the numbers of the row come in this order; trapezoids.
double area(const RowScalar& scalar, const std::vector<double>& from, const std::vector<double>& to,
            const std::vector<std::size_t>& order, double f_at_0, double f_at_1) {
  std::vector<double> points = from, now = from;
  std::size_t done = 0;
  const std::size_t parts = std::min(kParts, order.size());
  for (std::size_t part = 1; part <= parts; ++part) {
    for (const std::size_t end = part * order.size() / parts; done < end; ++done) now[order[done]] = to[order[done]];
    points.insert(points.end(), now.begin(), now.end());
  }
  const std::vector<double> f = scalar.at(points, false).f;
  double sum = 0;
  for (std::size_t k = 0; k + 1 < f.size(); ++k) sum += (f[k] + f[k + 1]) / 2;
  return safe_ratio(sum / static_cast<double>(parts) - f_at_0, f_at_1 - f_at_0);
}

/// Numbers of the row, those that raise f most first.
std::vector<std::size_t> order_of(const std::vector<double>& map, bool rises) {
  std::vector<std::size_t> order(map.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return rises ? map[a] > map[b] : map[a] < map[b]; });
  return order;
}

/// 0 where one of them is constant: nothing is alike.
double correlation(const std::vector<double>& a, const std::vector<double>& b) {
  const double rho = statistics::spearman(a, b);
  return std::isnan(rho) ? 0 : rho;
}

std::vector<double> magnitudes(const std::vector<double>& map) {
  std::vector<double> all;
  for (const double v : map) all.push_back(std::abs(v));
  return all;
}

std::vector<double> row_at(const std::vector<double>& rows, std::size_t i, std::size_t width) {
  const auto first = rows.begin() + static_cast<std::ptrdiff_t>(i * width);
  return {first, first + static_cast<std::ptrdiff_t>(width)};
}

/// Puts back what it found.
class KeptParameters {
 public:
  explicit KeptParameters(Composition& parts) : parts_(parts) {
    for (const Param* p : parts_.params.all()) kept_.push_back(bytes(*p));
  }
  ~KeptParameters() {
    std::size_t i = 0;
    for (Param* p : parts_.params.all()) std::memcpy(parts_.params.values(*p), kept_[i].data(), kept_[i].size()), ++i;
  }

 private:
  std::string bytes(const Param& p) const {
    return {static_cast<const char*>(parts_.params.values(p)),
            static_cast<std::size_t>(p.shape.count() * bytes_of(parts_.engine.real()))};
  }
  Composition& parts_;
  std::vector<std::string> kept_;
};

}  // namespace

const char* name_of(AttributionMethod method) {
  switch (method) {
    case AttributionMethod::gradient_x_input:
      return "gradient x input";
    case AttributionMethod::integrated_gradients:
      return "integrated gradients";
    case AttributionMethod::smooth_grad:
      return "SmoothGrad";
  }
  return "";
}

std::vector<std::string> RowScalar::names(Composition& parts, Evaluator& evaluator) {
  std::vector<std::string> all;
  if (evaluator.gives("score")) all.push_back("score");
  if (evaluator.gives("embedding")) all.push_back("code.0");
  const bool compares_rows = parts.objective_calls.flags & UBP_OBJ_MIN_BATCH_2;
  if (parts.objective_calls.loss && parts.objective_calls.n_views > 0 && !compares_rows) {
    all.push_back("loss");
    for (const char* const* s = parts.objective_calls.scalars; s && *s; ++s) all.emplace_back(*s);
  }
  return all;
}

RowScalar::RowScalar(Composition& parts, TrialServices& services, Evaluator& evaluator, const std::string& name)
    : parts_(parts), services_(services), evaluator_(evaluator), name_(name), row_(parts.data->row_shape(nullptr)) {
  const std::vector<std::string> known = names(parts, evaluator);
  if (name.starts_with("code.") && evaluator.gives("embedding")) {
    const i64 width = evaluator.matrix("embedding", evaluator.shown_split(), 0, 1).width;
    const std::optional<double> column = number_of(name.substr(5));
    if (!column || *column != std::floor(*column) || *column < 0 || *column >= static_cast<double>(width))
      fail(Exit::usage, "{}: a code has {} numbers: expected code.0 to code.{}", name, width, width - 1);
    column_ = static_cast<i64>(*column), name_ = "code";
  } else if (std::ranges::find(known, name) == known.end()) {
    fail(Exit::usage, "no number of a row is called '{}'{}", name, suggestion(name, known));
  }
  one_by_one_ = name_ != "score" && name_ != "code";
  if (one_by_one_) return;
  // Where rows are spoilt on the way, two equal ones of a batch get other random numbers, and differ by more than the
  // rounding of products of other places.
  const std::vector<double> twice(static_cast<std::size_t>(2 * row_.count()), 1.0), f = at(twice, false).f;
  one_by_one_ = !(std::abs(f[0] - f[1]) <= 1e-4 * std::abs(f[0]));
}

Tensor RowScalar::of(Tensor x) const {
  Engine& engine = parts_.engine;
  const i64 n = engine.shape(x)[0];
  parts_.streams.rewind();  // every point is asked with the same random numbers
  if (name_ != "score" && name_ != "code") return logged(x);
  const Tensor y = evaluator_.output(name_ == "code" ? "embedding" : "score", x);
  const Tensor flat = ops::reshape(engine, y, Shape{n, -1});
  const Tensor column = ops::slice(engine, flat, 1, column_, column_ + 1);
  return ops::reshape(engine, column, Shape{n});
}

Tensor RowScalar::logged(Tensor x) const {
  BatchData b;
  b.abi.n = 1, b.input = x;
  b.views.assign(parts_.objective_calls.n_views, abi_tensor(x));
  b.abi.views = b.views.data(), b.abi.n_views = parts_.objective_calls.n_views;
  std::map<std::string, Tensor> scalars;
  services_.begin_event();
  services_.keep_logged(&scalars);
  ubp_tensor loss{};
  ubp_status status;
  {
    Callback callback(parts_.engine, services_, "self");
    status = parts_.objective_calls.loss(parts_.objective->self(), callback.get(), 0, 0, &b.abi, &loss);
  }
  services_.keep_logged(nullptr);
  require_ok(status, parts_.objective->who(), "loss");
  if (name_ == "loss") return ops::reshape(parts_.engine, tensor_of(loss), Shape{1});
  const auto found = scalars.find(name_);
  if (found == scalars.end())
    fail(Exit::usage, "the first phase of {} logs no '{}' that depends on the row", parts_.objective->who(), name_);
  return ops::reshape(parts_.engine, found->second, Shape{1});
}

RowScalar::Values RowScalar::at(const std::vector<double>& points, bool slope) const {
  Engine& engine = parts_.engine;
  const i64 width = row_.count(), n = static_cast<i64>(points.size()) / width, batch = one_by_one_ ? 1 : kBatch;
  Values all;
  for (i64 at = 0; at < n; at += batch) {
    const Scope scope(engine);
    const Recording on(engine, slope);
    const i64 m = std::min(batch, n - at);
    Tensor x =
        ops::cast(engine, engine.copy_from(DType::f64, of_rows(m, row_), &points[static_cast<std::size_t>(at * width)]),
                  engine.real());
    if (slope) x = engine.leaf(x);
    const Tensor f = of(x);
    const std::vector<double> values = doubles(engine, f);
    all.f.insert(all.f.end(), values.begin(), values.end());
    if (!slope) continue;
    const Tensor sum = ops::reduce(engine, UBP_R_SUM, f, 0, false);
    const std::vector<double> slopes = doubles(engine, engine.grad(std::span(&sum, 1), {}, std::span(&x, 1), false)[0]);
    all.slope.insert(all.slope.end(), slopes.begin(), slopes.end());
  }
  return all;
}

Attribution attribute(const RowScalar& scalar, AttributionMethod method, const std::vector<double>& row,
                      const std::vector<double>& absent, std::int64_t most_steps) {
  Attribution found;
  found.f = scalar.at(row, false).f.front(), found.f_absent = scalar.at(absent, false).f.front();
  const auto map = [&](const std::vector<double>& points) {
    found.steps = static_cast<i64>(points.size() / row.size());
    found.values = weighted(scalar.at(points, true).slope, row, absent);
    found.gap = gap_of(found.values, found.f, found.f_absent);
  };
  if (method == AttributionMethod::gradient_x_input) {
    map(row);
  } else if (method == AttributionMethod::smooth_grad) {
    map(near(row, absent));
  } else {
    for (i64 n = kFewestSteps; n <= most_steps; n *= 2) {
      map(path(row, absent, n));
      const bool is_nothing = std::ranges::all_of(found.values, [](double v) { return v == 0; });
      if (found.gap < kComplete || is_nothing || (n >= kManySteps && found.gap > kNearly)) break;
    }
  }
  return found;
}

namespace {

void judge_order(const RowScalar& scalar, const std::vector<double>& row, const std::vector<double>& absent,
                 const Attribution& map, AttributionScore& score, double share) {
  const bool rises = map.f > map.f_absent;
  const std::vector<std::size_t> order = order_of(map.values, rises);
  score.insertion += share * area(scalar, absent, row, order, map.f_absent, map.f);
  score.deletion += share * area(scalar, row, absent, order, map.f_absent, map.f);
  Random random(0, "random orders");
  for (int k = 0; k < kRandomOrders; ++k) {
    std::vector<i64> drawn(row.size());
    random.permutation(drawn);
    const std::vector<std::size_t> shuffled(drawn.begin(), drawn.end());
    score.random += share * area(scalar, absent, row, shuffled, map.f_absent, map.f) / kRandomOrders;
  }
}

}  // namespace

JudgedAttributions judged_attributions(const RowScalar& scalar, Composition& parts, Composition& other,
                                       const std::vector<double>& rows, const std::vector<double>& absent) {
  const auto width = static_cast<std::size_t>(scalar.row_size());
  const std::size_t n = rows.size() / width;
  const double share = 1 / static_cast<double>(n);
  JudgedAttributions all;
  for (const AttributionMethod method : kAttributionMethods) {
    std::vector<Attribution>& maps = all.maps.emplace_back();
    AttributionScore& score = all.scores.emplace_back();
    score.method = method;
    std::vector<double> gaps;
    for (std::size_t i = 0; i < n; ++i) {
      const std::vector<double> row = row_at(rows, i, width);
      maps.push_back(attribute(scalar, method, row, absent));
      gaps.push_back(maps.back().gap);
      judge_order(scalar, row, absent, maps.back(), score, share);
    }
    score.gap = statistics::median(gaps);
  }
  const KeptParameters kept(parts);
  std::map<std::string, const Param*> others;
  for (const Param* p : other.params.all()) others[p->full_name()] = p;
  std::vector<std::pair<Param*, const Param*>> replaced;  // the last first
  const std::vector<Param*> own = parts.params.all();
  for (auto p = own.rbegin(); p != own.rend(); ++p)
    if (const auto from = others.find((*p)->full_name()); from != others.end() && from->second->shape == (*p)->shape)
      replaced.emplace_back(*p, from->second);
  const std::size_t moments = std::min(kMostMoments, replaced.size());
  for (std::size_t k = 0; k < replaced.size(); ++k) {
    const auto [to, from] = replaced[k];
    std::memcpy(parts.params.values(*to), other.params.values(*from),
                static_cast<std::size_t>(to->shape.count() * bytes_of(parts.engine.real())));
    if ((k + 1) * moments / replaced.size() == k * moments / replaced.size()) continue;
    for (std::size_t m = 0; m < all.maps.size(); ++m) {
      double mean = 0;
      for (std::size_t i = 0; i < n; ++i) {
        const Attribution map = attribute(scalar, kAttributionMethods[m], row_at(rows, i, width), absent, kRoughSteps);
        mean += share * correlation(magnitudes(all.maps[m][i].values), magnitudes(map.values));
      }
      all.scores[m].randomised.push_back(mean);
      all.scores[m].randomised_to.push_back(to->full_name());
    }
  }
  return all;
}

}  // namespace ubp
