// SPDX-License-Identifier: MIT
// Parts that ask the models: what codes decode to, what layers have become, where numbers come from.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/statistics.hpp"
#include "explain/parts.hpp"
#include "figures/matrix.hpp"
#include "report/html.hpp"
#include "search/similarity.hpp"
#include "train/evaluate/layers.hpp"
#include "train/explain/attribution.hpp"

namespace ubp::explain {
namespace {

constexpr std::size_t kMostCodes = 10, kSteps = 9, kAttributed = 6;

/// Columns of the code by their spread, the widest first.
std::vector<i64> widest(const Matrix& codes) {
  std::vector<std::pair<double, i64>> spread;
  for (i64 j = 0; j < codes.width; ++j)
    spread.emplace_back(quantile_of(codes, j, 0.05) - quantile_of(codes, j, 0.95), j);
  std::stable_sort(spread.begin(), spread.end());
  std::vector<i64> columns;
  for (std::size_t k = 0; k < std::min(kMostCodes, spread.size()); ++k) columns.push_back(spread[k].second);
  return columns;
}

/// The row whose code is nearest to the median code: where traversals begin.
std::vector<double> middle(const Matrix& codes) {
  std::vector<double> median;
  for (i64 j = 0; j < codes.width; ++j) median.push_back(quantile_of(codes, j, 0.5));
  std::vector<double> best = row_of(codes, 0);
  for (i64 i = 1; i < codes.rows; ++i)
    if (const std::vector<double> code = row_of(codes, i);
        squared_distance(code, median) < squared_distance(best, median))
      best = code;
  return best;
}

}  // namespace

PageFigure traversals(const Look& look) {
  look.require_decoder();
  const std::vector<double> from = middle(look.codes());
  std::vector<std::vector<double>> codes;
  std::vector<std::string> names;
  html::HtmlTable table("How far each code was walked, and how much the decoded row changed");
  table.columns({"code", "from (5 %)", "to (95 %)", "change of the row (root mean square)"});
  std::vector<i64> columns = widest(look.codes());
  for (const i64 column : columns) {
    const double low = quantile_of(look.codes(), column, 0.05), high = quantile_of(look.codes(), column, 0.95);
    for (std::size_t k = 0; k < kSteps; ++k) {
      codes.push_back(from);
      codes.back()[static_cast<std::size_t>(column)] = low + (high - low) * static_cast<double>(k) / (kSteps - 1);
      names.push_back(fmt::format("code {} = {:.3g}", column, codes.back()[static_cast<std::size_t>(column)]));
    }
  }
  const std::vector<std::vector<double>> rows = look.decoded(codes);
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const std::vector<double>&first = rows[c * kSteps], &last = rows[(c + 1) * kSteps - 1];
    table.row({columns[c], codes[c * kSteps][static_cast<std::size_t>(columns[c])],
               codes[(c + 1) * kSteps - 1][static_cast<std::size_t>(columns[c])],
               std::sqrt(squared_distance(first, last) / static_cast<double>(first.size()))});
  }
  return {"",
          "",
          "",
          look.drawn(rows, kSteps, names, "traversals"),
          table.text(),
          {fmt::format("a line a code: the row nearest to the median, its code {} walked from the 5 % to the 95 % "
                       "quantile, decoded",
                       fmt::join(columns, ", ")),
           "an illustration; the metric `traversal` scores it where factors are known"}};
}

PageFigure interpolations(const Look& look) {
  look.require_decoder();
  if (look.codes().rows < 2) throw Missing{"there is one row"};
  std::vector<std::vector<double>> codes;
  std::vector<std::string> names;
  const i64 n = look.codes().rows, lines = std::min<i64>(5, n / 2);
  for (i64 line = 0; line < lines; ++line) {
    const i64 a = line * n / lines, b = (a + n / 2) % n;
    const std::vector<double> from = row_of(look.codes(), a), to = row_of(look.codes(), b);
    for (std::size_t k = 0; k < kSteps; ++k) {
      const double t = static_cast<double>(k) / (kSteps - 1);
      codes.emplace_back();
      for (std::size_t j = 0; j < from.size(); ++j) codes.back().push_back(from[j] + t * (to[j] - from[j]));
      names.push_back(fmt::format("row {} to {}: {:.0f} %", look.sample()[static_cast<std::size_t>(a)],
                                  look.sample()[static_cast<std::size_t>(b)], 100 * t));
    }
  }
  return {"", "",
          "", look.drawn(look.decoded(codes), kSteps, names, "interpolations"),
          "", {"a line a pair of rows: codes on the straight way from one to the other, decoded", "an illustration"}};
}

PageFigure layers(const Look& look) {
  look.require_codes();
  if (look.codes().rows <= search::Representation::kNeighbours)
    throw Missing{"there are too few rows to compare layers"};
  const std::vector<LayerCodes> own = layers_of(look.parts(), look.evaluator(), look.split(), look.sample());
  if (own.empty()) throw Missing{"no op of a model takes parameters"};
  RestoredTrial fresh(look.trial().spec);
  const std::vector<LayerCodes> begun = layers_of(fresh.parts, fresh.evaluator, look.split(), look.sample());
  NamedMatrix matrix{"linear CKA", "trained", "untrained, same seed", {}, {}, {}};
  i64 widest_layer = 0;
  for (const LayerCodes& layer : own) widest_layer = std::max(widest_layer, layer.codes.width);
  const search::Cka estimate = search::estimate_for(look.codes().rows, widest_layer);
  std::vector<search::Representation> from;
  for (const LayerCodes& layer : begun) {
    matrix.columns.push_back(layer.name);
    from.emplace_back(layer.codes.values, layer.codes.rows, layer.codes.width);
  }
  std::vector<std::string> kept;
  for (std::size_t i = 0; i < own.size(); ++i) {
    matrix.rows.push_back(own[i].name);
    const search::Representation to(own[i].codes.values, own[i].codes.rows, own[i].codes.width);
    for (const search::Representation& each : from) matrix.values.push_back(linear_cka(to, each, estimate));
    if (i < from.size()) kept.push_back(fmt::format("{} {:.2f}", own[i].name, matrix.values[i * from.size() + i]));
  }
  return {"",
          "",
          "",
          drawn(figure_of({panel_of(matrix, "CKA", shares_of(matrix))}), "layers"),
          "",
          {fmt::format("{} estimate on {} rows", estimate == search::Cka::unbiased ? "unbiased" : "biased",
                       look.codes().rows),
           fmt::format("how much of what each layer does was there before training: {}", fmt::join(kept, ", "))}};
}

PageFigure weights(const Look& look) {
  constexpr std::size_t kMost = 64;
  if (!look.parts().data) throw Missing{"the trial has no data set"};
  const Shape row = look.parts().data->row_shape(nullptr);
  const Param* first = nullptr;
  for (const Param* p : look.parts().params.all())
    if (!first && p->shape.nd == 2 && p->shape[0] == row.count() && p->owner != "self") first = p;
  if (!first)
    throw Missing{fmt::format("no model has a first layer that takes the {} numbers of a row at once", row.count())};
  Engine& engine = look.parts().engine;
  const std::vector<double> all = doubles(engine, first->tensor);
  const auto in = static_cast<std::size_t>(first->shape[0]), out = static_cast<std::size_t>(first->shape[1]);
  std::vector<std::pair<double, std::size_t>> norms;
  for (std::size_t o = 0; o < out; ++o) {
    double square = 0;
    for (std::size_t i = 0; i < in; ++i) square += all[i * out + o] * all[i * out + o];
    norms.emplace_back(-std::sqrt(square), o);
  }
  std::stable_sort(norms.begin(), norms.end());
  std::vector<std::vector<double>> shown;
  std::vector<std::string> names;
  for (std::size_t k = 0; k < std::min(kMost, out); ++k) {
    shown.emplace_back();
    for (std::size_t i = 0; i < in; ++i) shown.back().push_back(all[i * out + norms[k].second]);
    names.push_back(fmt::format("unit {}", norms[k].second));
  }
  return {"",
          "",
          "",
          look.drawn(shown, 16, names, "weights", true),
          "",
          {fmt::format("{}: the {} of {} units with the longest weights, red above 0, blue below", first->full_name(),
                       shown.size(), out),
           fmt::format("lengths {:.3g} to {:.3g}", -norms.back().first, -norms.front().first)}};
}

PageFigure attributions(const Look& look) {
  if (!look.parts().data) throw Missing{"the trial has no data set: its rows come from an environment"};
  const std::vector<std::string> names = RowScalar::names(look.parts(), look.evaluator());
  if (names.empty())
    throw Missing{"no number is of one row: the objective compares rows and gives no code and no score"};
  const std::string name = look.request().scalar.empty() ? names.front() : look.request().scalar;
  const RowScalar scalar(look.parts(), look.trial().services, look.evaluator(), name);
  const Matrix& inputs = look.inputs();
  std::vector<double> absent(static_cast<std::size_t>(inputs.width));
  if (!look.request().absent_is_zero) {
    std::vector<i64> rows;
    const i64 all = look.parts().data->rows("train"), n = std::min<i64>(all, 1000);
    for (i64 i = 0; i < n; ++i) rows.push_back(i * all / n);
    const Matrix train = inputs_of(look.parts(), "train", rows);
    for (std::size_t i = 0; i < train.values.size(); ++i)
      absent[i % absent.size()] += train.values[i] / static_cast<double>(train.rows);
  }
  std::vector<double> rows;
  std::vector<std::vector<double>> shown;
  const i64 n = std::min<i64>(kAttributed, inputs.rows);
  for (i64 k = 0; k < n; ++k) {
    const std::vector<double> row = row_of(inputs, k * inputs.rows / n);
    rows.insert(rows.end(), row.begin(), row.end());
    shown.push_back(row);
  }
  TrialSpec other_spec = look.trial().spec;
  ++other_spec.seed;
  RestoredTrial other(std::move(other_spec));
  const JudgedAttributions found = judged_attributions(scalar, look.parts(), other.parts, rows, absent);

  const auto is_nothing = [](const Attribution& map) {
    return std::ranges::all_of(map.values, [](double v) { return v == 0; });
  };
  if (std::ranges::all_of(found.maps, [&](const auto& maps) { return std::ranges::all_of(maps, is_nothing); }))
    throw Missing{
        fmt::format("'{}' does not follow from the numbers of a row by operations that have a derivative", name)};

  html::HtmlTable table("How far each attribution may be believed");
  table.columns(
      {"method", "gap", "deletion", "insertion", "random order", "random weights", "complete", "trustworthy"});
  PageFigure figure;
  for (const AttributionScore& score : found.scores)
    table.row({name_of(score.method), score.gap, score.deletion, score.insertion, score.random,
               score.randomised.empty() ? Value() : Value(score.randomised.back()), score.is_complete() ? "yes" : "no",
               score.is_trustworthy() ? "yes" : "no"});
  html::HtmlTable cascade("Rank correlation of maps, as parameters are replaced from the last to the first");
  cascade.columns({"replaced down to", name_of(found.scores[0].method), name_of(found.scores[1].method),
                   name_of(found.scores[2].method)});
  for (std::size_t k = 0; k < found.scores[0].randomised.size(); ++k)
    cascade.row({found.scores[0].randomised_to[k], found.scores[0].randomised[k], found.scores[1].randomised[k],
                 found.scores[2].randomised[k]});

  std::vector<std::string> row_names;
  std::string pictures = look.drawn(shown, static_cast<std::size_t>(n), {}, "rows");
  for (std::size_t m = 0; m < found.maps.size(); ++m) {
    std::vector<std::vector<double>> maps;
    for (const Attribution& map : found.maps[m]) maps.push_back(map.values);
    pictures += fmt::format("<p>{}</p>\n{}", name_of(found.scores[m].method),
                            look.drawn(maps, static_cast<std::size_t>(n), {}, name_of(found.scores[m].method), true));
  }
  figure.drawing = pictures + table.text();
  figure.numbers = cascade.text();
  figure.notes = {
      fmt::format("of '{}', which is {:.4g} for the first row and {:.4g} for the {}; others: {}", name,
                  found.maps[0][0].f, found.maps[0][0].f_absent,
                  look.request().absent_is_zero ? "row of zeros" : "mean training row", fmt::join(names, ", ")),
      "red raises it, blue lowers it",
      "gap: between the sum of a map and what it explains; deletion, insertion: areas as numbers go or come in "
      "its order, and come in random order; random weights: rank correlation with the map of a network that has "
      "learnt nothing"};
  for (const AttributionScore& score : found.scores) {
    if (score.is_trustworthy()) continue;
    std::vector<std::string> why;
    if (!score.forgets()) why.push_back("the map stays when the weights are random");
    if (!score.is_better_than_chance()) why.push_back("its order is no better than a random one");
    figure.notes.push_back(fmt::format("{} fails here: {}", name_of(score.method), fmt::join(why, "; ")));
  }
  return figure;
}

}  // namespace ubp::explain
