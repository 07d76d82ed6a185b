// SPDX-License-Identifier: MIT
#include "figures/kinds.hpp"

namespace ubp {

const std::vector<ChartKind>& chart_kinds() {
  static const std::vector<ChartKind> kKinds = {
      {"curves", "learning curves of the best configs, with a band over seeds", figures::curves},
      {"history", "value by trial in order of their ends, and the best so far", figures::history},
      {"slice", "value by each parameter, every seed a dot", figures::slice},
      {"contour", "mean by two parameters", figures::contour},
      {"parallel", "configs as lines through their parameters", figures::parallel},
      {"importance", "which parameters the results depend on", figures::importance},
      {"box", "seeds of the best configs, with the noise floor", figures::box},
      {"ranks", "mean ranks over blocks or seeds, with the critical difference", figures::ranks},
      {"pareto", "configs by their objectives, with the front", figures::pareto},
      {"timeline", "when which trial ran", figures::timeline},
      {"embedding", "the embedding that a trial left, by label", figures::embedding},
      {"images", "the images that a trial left, by step", figures::images},
  };
  return kKinds;
}

const ChartKind& chart_kind(const std::string& name) {
  std::vector<std::string> names;
  for (const ChartKind& kind : chart_kinds()) {
    if (kind.name == name) return kind;
    names.emplace_back(kind.name);
  }
  const std::string near = nearest(name, names);
  fail(Exit::usage, "there is no figure '{}'{}; expected one of: {}", name,
       near.empty() ? "" : fmt::format("; did you mean '{}'?", near), fmt::join(names, ", "));
}

void print_chart(const Chart& chart, RowSink& sink) {
  sink.columns(chart.columns);
  for (const Row& row : chart.rows) sink.row(row);
  sink.end();
}

}  // namespace ubp
