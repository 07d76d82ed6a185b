// SPDX-License-Identifier: MIT
// Parts that look at codes: how well they are judged, where rows lie, who is near whom.
#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/statistics.hpp"
#include "draw/principal.hpp"
#include "engine/ops.hpp"
#include "explain/parts.hpp"
#include "plan/compose.hpp"
#include "query/recorded_trial.hpp"
#include "report/html.hpp"
#include "search/similarity.hpp"
#include "train/parts/kmeans.hpp"

namespace ubp::explain {
namespace {

constexpr std::size_t kShown = 8, kNearest = 6;
constexpr i64 kClusters = 10;  // where there are no classes
constexpr i64 kMostClusters = 16;

/// Rows of the sample by their distance to a code, the nearest first.
std::vector<i64> by_distance(const Look& look, const std::vector<double>& code) {
  std::vector<double> distance;
  for (i64 i = 0; i < look.codes().rows; ++i) distance.push_back(squared_distance(row_of(look.codes(), i), code));
  std::vector<i64> order(distance.size());
  std::iota(order.begin(), order.end(), i64{0});
  std::stable_sort(order.begin(), order.end(), [&](i64 a, i64 b) {
    return distance[static_cast<std::size_t>(a)] < distance[static_cast<std::size_t>(b)];
  });
  return order;
}

/// `most` rows, evenly over the sample.
std::vector<i64> spread_rows(const Look& look, std::size_t most) {
  const i64 n = std::min<i64>(look.inputs().rows, static_cast<i64>(most));
  std::vector<i64> rows;
  for (i64 k = 0; k < n; ++k) rows.push_back(k * look.inputs().rows / n);
  return rows;
}

void add_points(const Look& look, Points& points) {
  std::set<i64> distinct(look.labels().begin(), look.labels().end());
  for (const i64 label : distinct) points.groups.push_back(look.parts().data->class_name(label));
  for (const i64 label : look.labels())
    points.group.push_back(static_cast<std::size_t>(std::distance(distinct.begin(), distinct.find(label))));
}

/// [rows, 2], turned and scaled so that it lies over `onto` as well as it can (orthogonal Procrustes in the plane).
void align(std::array<std::vector<double>, 2>& at, const std::array<std::vector<double>, 2>& onto) {
  double xx = 0, xy = 0, yx = 0, yy = 0;
  for (std::size_t i = 0; i < at[0].size(); ++i)
    xx += at[0][i] * onto[0][i], xy += at[0][i] * onto[1][i], yx += at[1][i] * onto[0][i], yy += at[1][i] * onto[1][i];
  const double turn = std::atan2(xy - yx, xx + yy), flip = std::atan2(xy + yx, xx - yy);
  const bool mirrored = std::hypot(xx - yy, xy + yx) > std::hypot(xx + yy, xy - yx);
  const double c = std::cos(mirrored ? flip : turn), s = std::sin(mirrored ? flip : turn);
  for (std::size_t i = 0; i < at[0].size(); ++i) {
    const double x = at[0][i], y = at[1][i];
    at[0][i] = mirrored ? c * x + s * y : c * x - s * y;
    at[1][i] = mirrored ? s * x - c * y : s * x + c * y;
  }
}

/// What the metrics that read codes alone say of them, and of what they are held against: for a trial that was not
/// asked to record it.
std::map<std::string, double> judged_now(const Look& look) {
  constexpr double kMostNumbers = 1e7;  // of the raw training rows: seconds, not minutes
  look.require_codes();
  bool any = false;
  for (Metric& metric : look.parts().metrics) {
    std::vector<std::string> needed;
    for (const char* const* name = metric.calls.needs; name && *name; ++name) needed.emplace_back(*name);
    metric.baselines = reads_codes_alone(needed);
    any = any || metric.baselines;
  }
  if (!any) throw Missing{"no metric of the trial reads codes alone"};
  const double numbers = static_cast<double>(look.parts().data->rows("train") * look.inputs().width);
  if (numbers > kMostNumbers)
    throw Missing{
        fmt::format("no metric had baselines = true, and {} training rows of {} numbers are too many to be "
                    "judged here",
                    look.parts().data->rows("train"), look.inputs().width)};
  const auto told = look.evaluator().run();
  return {told.begin(), told.end()};
}

/// Of the sample, at an earlier checkpoint.
Matrix codes_at(const Look& look, std::int64_t step) {
  return restore(look.reader(), look.trial_id(), look.registry(), step)
      .trial->evaluator.matrix("embedding", look.split(), look.sample());
}

Plane plane_of(const Matrix& codes) {
  if (codes.width > 1) return principal_plane(codes.values, static_cast<std::size_t>(codes.width));
  Plane plane{{codes.values, std::vector<double>(codes.values.size())}, {1, 0}};
  return plane;
}

}  // namespace

PageFigure scores(const Look& look) {
  std::map<std::string, double> last = last_values(look.reader(), look.trial_id());
  if (std::ranges::none_of(last, [](const auto& each) { return each.first.ends_with(kGain); })) last = judged_now(look);
  html::HtmlTable table("Scores of codes, and of what they are held against");
  table.columns({"score", "trained", "untrained", "PCA", "raw input", "gain over the best"});
  const auto cell = [&](const std::string& name) {
    const auto found = last.find(name);
    return found == last.end() ? Value() : Value(found->second);
  };
  std::size_t below = 0;
  for (const auto& [name, value] : last) {
    if (!last.contains(name + "_untrained")) continue;
    table.row({name, value, cell(name + "_untrained"), cell(name + "_pca"), cell(name + "_raw"), cell(name + kGain)});
    const auto gain = last.find(name + kGain);
    below += gain != last.end() && gain->second <= 0;
  }
  if (table.rows() == 0) throw Missing{"no metric could judge the codes of the baselines"};
  return {"",
          "",
          "",
          table.text(),
          "",
          {fmt::format("{} of {} scores are not above the best baseline", below, table.rows()),
           "of one seed: `ubp compare` has the interval over seeds where the metric has baselines = true"}};
}

PageFigure map(const Look& look) {
  look.require_codes();
  const Plane plane = plane_of(look.codes());
  Points points{plane.at[0], plane.at[1], {}, {}};
  for (i64 i = 0; i < look.codes().rows; ++i)
    points.subjects.push_back(
        {fmt::format("row {} {}", look.sample()[static_cast<std::size_t>(i)], look.label_name(i))});
  add_points(look, points);
  Panel panel{
      fmt::format("codes of {} {} rows", look.codes().rows, look.split()),
      {fmt::format("principal component 1 of {}: {:.1f} % of variance", look.codes().width, 100 * plane.share[0])},
      {fmt::format("principal component 2: {:.1f} %", 100 * plane.share[1])},
      {std::move(points)},
      "label"};
  PageFigure figure{"", "", "", drawn(Figure{{std::move(panel)}, 1, 420}, "codes"), "", {}};
  figure.notes.push_back("an illustration: what lies near on a plane need not be near in the code");
  const std::map<std::string, double> last = last_values(look.reader(), look.trial_id());
  for (const char* judged : {"trustworthiness", "continuity"})
    if (const auto found = last.find(look.split() + "." + judged); found != last.end())
      figure.notes.push_back(fmt::format("{} of the code {:.3f}", judged, found->second));
  return figure;
}

PageFigure movement(const Look& look) {
  look.require_codes();
  constexpr std::size_t kMostMoments = 6;
  const std::vector<std::int64_t> steps = kept_steps(look.reader(), look.trial_id());
  if (steps.size() < 2)
    throw Missing{
        "fewer than two checkpoints are kept: artifacts.checkpoint with artifacts.every keeps one every so "
        "many epochs"};
  std::vector<std::int64_t> shown;
  for (std::size_t k = 0; k < std::min(kMostMoments, steps.size()); ++k)
    shown.push_back(steps[k * (steps.size() - 1) / (std::min(kMostMoments, steps.size()) - 1)]);
  const Plane last = plane_of(look.codes());
  Figure figure{{}, std::min<std::size_t>(3, shown.size()), 640};
  for (const std::int64_t step : shown) {
    Plane plane = plane_of(codes_at(look, step));
    align(plane.at, last.at);
    Points points{plane.at[0], plane.at[1], {}, {}};
    add_points(look, points);
    figure.panels.push_back(
        {fmt::format("step {}", step), {"", AxisScale::linear}, {"", AxisScale::linear}, {std::move(points)}, ""});
  }
  return {"", "",
          "", drawn(figure, "movement of codes"),
          "", {"the same rows at each step, turned onto the last by orthogonal Procrustes", "an illustration"}};
}

PageFigure prototypes(const Look& look) {
  look.require_codes();
  Engine& engine = look.parts().engine;
  const std::set<i64> classes(look.labels().begin(), look.labels().end());
  const i64 k = std::min<i64>(classes.size() > 1 ? static_cast<i64>(classes.size()) : kClusters, kMostClusters);
  if (look.codes().rows < 2 * k)
    throw Missing{fmt::format("{} rows are too few for {} clusters", look.codes().rows, k)};
  const Scope scope(engine);
  const Tensor z =
      engine.copy_from(DType::f64, Shape{look.codes().rows, look.codes().width}, look.codes().values.data());
  Tensor centres, assignment;
  Random random(0, "prototypes");
  kmeans_of(engine, ops::cast(engine, z, engine.real()), k, 5, random, centres, assignment);
  const std::vector<double> assigned = doubles(engine, assignment);
  const Matrix centre{k, look.codes().width, {}, doubles(engine, centres)};

  html::HtmlTable table("Clusters of codes");
  table.columns({"cluster", "rows", "most common label", "purity"});
  std::vector<std::vector<double>> shown, codes;
  std::vector<std::string> names;
  bool decodes = true;
  try {
    look.require_decoder();
  } catch (const Missing&) {
    decodes = false;
  }
  double right = 0;
  for (i64 c = 0; c < k; ++c) {
    std::map<i64, i64> counts;
    i64 members = 0, most = 0, common = -1;
    for (std::size_t i = 0; i < assigned.size(); ++i)
      if (static_cast<i64>(assigned[i]) == c) {
        ++members;
        if (look.labels().empty()) continue;
        if (const i64 n = ++counts[look.labels()[i]]; n > most) most = n, common = look.labels()[i];
      }
    right += static_cast<double>(most);
    const Value purity = look.labels().empty() || members == 0
                             ? Value()
                             : Value(static_cast<double>(most) / static_cast<double>(members));
    table.row({c, members, common < 0 ? Value() : Value(look.parts().data->class_name(common)), purity});
    const std::vector<double> code = row_of(centre, c);
    if (decodes) {
      shown.push_back(look.decoded({code}).front());
      names.push_back(fmt::format("cluster {}: decoded centre", c));
    }
    const std::vector<i64> near = by_distance(look, code);
    for (std::size_t n = 0; n < std::min(kNearest, near.size()); ++n) {
      shown.push_back(row_of(look.inputs(), near[n]));
      names.push_back(fmt::format("cluster {}: row {} {}", c, look.sample()[static_cast<std::size_t>(near[n])],
                                  look.label_name(near[n])));
    }
  }
  PageFigure figure{"", "", "", look.drawn(shown, kNearest + (decodes ? 1 : 0), names, "prototypes"), table.text(), {}};
  figure.notes = {fmt::format("{} clusters of k-means on {} codes, a line each: {}the {} nearest rows", k,
                              look.codes().rows, decodes ? "the decoded centre, then " : "", kNearest)};
  if (!look.labels().empty())
    figure.notes.push_back(fmt::format("purity {:.3f}", right / static_cast<double>(look.codes().rows)));
  return figure;
}

PageFigure neighbours(const Look& look) {
  look.require_codes();
  if (look.codes().rows < static_cast<i64>(kNearest) + 2)
    throw Missing{fmt::format("{} rows are too few to have neighbours", look.codes().rows)};
  std::vector<std::vector<double>> shown;
  std::vector<std::string> names;
  html::HtmlTable table("Nearest rows in code space");
  table.columns({"row", "label", "labels of the nearest"});
  for (const i64 row : spread_rows(look, kShown)) {
    shown.push_back(row_of(look.inputs(), row));
    names.push_back(fmt::format("row {} {}", look.sample()[static_cast<std::size_t>(row)], look.label_name(row)));
    std::vector<std::string> labels;
    for (const i64 other : by_distance(look, row_of(look.codes(), row))) {
      if (other == row) continue;
      shown.push_back(row_of(look.inputs(), other)), labels.push_back(look.label_name(other));
      names.push_back(
          fmt::format("  near: row {} {}", look.sample()[static_cast<std::size_t>(other)], look.label_name(other)));
      if (labels.size() == kNearest) break;
    }
    if (!look.labels().empty())
      table.row({look.sample()[static_cast<std::size_t>(row)], look.label_name(row),
                 fmt::format("{}", fmt::join(labels, ", "))});
  }
  PageFigure figure{"", "", "", look.drawn(shown, kNearest + 1, names, "nearest rows"), table.text(), {}};
  figure.notes.push_back(fmt::format("a row and its {} nearest by Euclidean distance of codes, a line each", kNearest));
  if (look.labels().empty()) return figure;
  double same = 0, chance = 0;
  std::map<i64, double> counts;
  for (const i64 label : look.labels()) ++counts[label];
  const double n = static_cast<double>(look.labels().size());
  for (const auto& [label, count] : counts) chance += count / n * (count - 1) / (n - 1);
  for (i64 i = 0; i < look.codes().rows; ++i) {
    const std::vector<i64> near = by_distance(look, row_of(look.codes(), i));
    const i64 first = near[0] == i ? near[1] : near[0];
    same += look.labels()[static_cast<std::size_t>(first)] == look.labels()[static_cast<std::size_t>(i)];
  }
  figure.notes.push_back(fmt::format("the nearest row has the same label for {:.3f} of {} rows; by chance {:.3f}",
                                     same / n, look.codes().rows, chance));
  return figure;
}

PageFigure features(const Look& look) {
  look.require_codes();
  constexpr double kActive = 1e-6;
  constexpr std::size_t kMostFeatures = 10;
  const Matrix& z = look.codes();
  struct Feature {
    i64 column;
    double active, mean;
  };
  std::vector<Feature> all;
  double l0 = 0;
  std::size_t dead = 0, dense = 0;
  for (i64 j = 0; j < z.width; ++j) {
    double active = 0, sum = 0;
    for (i64 i = 0; i < z.rows; ++i) {
      const double v = z.values[static_cast<std::size_t>(i * z.width + j)];
      active += std::abs(v) > kActive, sum += std::abs(v);
    }
    const double n = static_cast<double>(z.rows);
    all.push_back({j, active / n, sum / n});
    l0 += active / n;
    dead += active == 0, dense += active > n / 2;
  }
  if (dense == all.size()) throw Missing{"every code is active on more than half of the rows: the code is not sparse"};
  std::stable_sort(all.begin(), all.end(), [](const Feature& a, const Feature& b) { return a.mean > b.mean; });
  std::vector<std::vector<double>> shown;
  std::vector<std::string> names;
  html::HtmlTable table("Features");
  table.columns({"code", "active on", "mean of |code|"});
  for (std::size_t f = 0; f < std::min(kMostFeatures, all.size()); ++f) {
    table.row({all[f].column, all[f].active, all[f].mean});
    std::vector<i64> order(static_cast<std::size_t>(z.rows));
    std::iota(order.begin(), order.end(), i64{0});
    const auto value = [&](i64 row) {
      return std::abs(z.values[static_cast<std::size_t>(row * z.width + all[f].column)]);
    };
    std::stable_sort(order.begin(), order.end(), [&](i64 a, i64 b) { return value(a) > value(b); });
    for (std::size_t n = 0; n < kShown && n < order.size(); ++n) {
      shown.push_back(row_of(look.inputs(), order[n]));
      names.push_back(fmt::format("code {}: row {} {}", all[f].column,
                                  look.sample()[static_cast<std::size_t>(order[n])], look.label_name(order[n])));
    }
  }
  return {
      "",
      "",
      "",
      look.drawn(shown, kShown, names, "rows that excite a code most"),
      table.text(),
      {fmt::format("of {} codes {} are active on a row (L0), {} never (dead), {} on more than half of {} rows (dense)",
                   z.width, fmt::format("{:.2f}", l0), dead, dense, z.rows),
       fmt::format("the {} rows that excite each of the {} strongest codes most, a line each: an illustration", kShown,
                   std::min(kMostFeatures, all.size()))}};
}

}  // namespace ubp::explain
