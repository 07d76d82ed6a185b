// SPDX-License-Identifier: MIT
#include "train/artifacts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "train/chart.hpp"
#include "train/picture.hpp"
#include "train/principal.hpp"

namespace ubp {
namespace {

// Rows of [channels, height, width] in [0,1] onto a canvas, `across` to a line.
void paste(Picture& canvas, const Matrix& m, i64 across, i64 line_step, i64 first_line, i64 cell) {
  const i64 channels = m.row[0], height = m.row[1], width = m.row[2];
  for (i64 i = 0; i < m.rows; ++i) {
    const i64 x0 = i % across * (cell + 1), y0 = (i / across * line_step + first_line) * (cell + 1);
    const double* pixels = m.values.data() + i * m.width;
    for (i64 y = 0; y < height; ++y)
      for (i64 x = 0; x < width; ++x) {
        const auto channel = [&](i64 c) { return pixels[(std::min(c, channels - 1) * height + y) * width + x]; };
        canvas.set(x0 + x, y0 + y, {channel(0), channel(1), channel(2)});
      }
  }
}

}  // namespace

void Artifacts::write(i64 step) {
  std::filesystem::create_directories(c_.spec.directory);
  if (const i64 count = c_.spec.artifacts.images; count > 0 && c_.data && c_.data->is_image()) images(step, count);
  const bool embeds = c_.data && evaluator_.gives("embedding");
  if (embeds && c_.spec.artifacts.embedding) embedding(step);
  if (embeds && c_.spec.artifacts.scatter) scatter(step);
  if (c_.spec.artifacts.curves) curves(step);
}

void Artifacts::images(i64 step, i64 count) {
  const std::string split = evaluator_.split();
  const i64 n = std::min(count, c_.data->rows(split)), across = std::min<i64>(n, 16), lines = (n + across - 1) / across;
  const Shape row = c_.data->row_shape(nullptr);
  const i64 cell = std::max(row[1], row[2]);
  if (evaluator_.gives("reconstruction")) {
    std::vector<i64> index(static_cast<std::size_t>(n));
    std::iota(index.begin(), index.end(), i64{0});
    Matrix inputs;
    {
      const Scope scope(c_.engine);
      inputs = {n, row.count(), row, doubles(c_.engine, c_.data->gather(c_.engine, split, nullptr, index))};
    }
    Matrix outputs = evaluator_.matrix("reconstruction", split, 0, n);
    outputs.row = row;  // a dense decoder gives flat rows of the same numbers
    Picture canvas(across * (cell + 1) - 1, lines * 2 * (cell + 1) - 1);
    paste(canvas, inputs, across, 2, 0, cell);
    paste(canvas, outputs, across, 2, 1, cell);
    canvas.write(c_.spec.directory / "reconstructions.png");
    log_.artifact("image", "reconstructions.png", "image/png", step);
  }
  if (evaluator_.gives("samples")) {
    Matrix samples = evaluator_.matrix("samples", split, 0, n);
    samples.row = row;
    Picture canvas(across * (cell + 1) - 1, lines * (cell + 1) - 1);
    paste(canvas, samples, across, 1, 0, cell);
    canvas.write(c_.spec.directory / "samples.png");
    log_.artifact("image", "samples.png", "image/png", step);
  }
}

void Artifacts::embedding(i64 step) {
  const std::string split = evaluator_.split();
  const i64 n = c_.data->rows(split);
  const Matrix m = evaluator_.matrix("embedding", split, 0, n);
  write_npy(c_.spec.directory / "embedding.npy", m.values, {m.rows, m.width});
  log_.artifact("embedding", "embedding.npy", "application/x-npy", step);
  if (!c_.data->has_labels()) return;
  const std::vector<i64> all = labels();
  write_npy(c_.spec.directory / "labels.npy", std::vector<double>(all.begin(), all.end()), {n});
  log_.artifact("labels", "labels.npy", "application/x-npy", step);
}

std::vector<i64> Artifacts::labels() const {
  std::vector<i64> index(static_cast<std::size_t>(c_.data->rows(evaluator_.split())));
  std::iota(index.begin(), index.end(), i64{0});
  return c_.data->labels(evaluator_.split(), index);
}

void Artifacts::scatter(i64 step) {
  const std::string split = evaluator_.split();
  const Matrix m = evaluator_.matrix("embedding", split, 0, c_.data->rows(split));
  if (m.values.empty() || !std::all_of(m.values.begin(), m.values.end(), [](double v) { return std::isfinite(v); }))
    return;
  Scatter s;
  s.title = fmt::format("embedding of {} {} rows", m.rows, split);
  if (m.width > 2) {
    const Plane plane = principal_plane(m.values, static_cast<std::size_t>(m.width));
    s.x = plane.at[0], s.y = plane.at[1];
    s.x_name = fmt::format("principal component 1 of {}: {:.1f} % of variance", m.width, 100 * plane.share[0]);
    s.y_name = fmt::format("principal component 2: {:.1f} % of variance", 100 * plane.share[1]);
  } else {
    s.x_name = "column 1", s.y_name = m.width == 2 ? "column 2" : "row";
    for (i64 i = 0; i < m.rows; ++i) {
      const double* row = m.values.data() + i * m.width;
      s.x.push_back(row[0]);
      s.y.push_back(m.width == 2 ? row[1] : static_cast<double>(i));
    }
  }
  if (c_.data->has_labels()) s.labels = labels();
  draw(s).write(c_.spec.directory / "scatter.png");
  log_.artifact("image", "scatter.png", "image/png", step);
}

void Artifacts::curves(i64 step) {
  std::vector<std::pair<std::string, Curve>> all;
  for (auto& [name, curve] : log_.curves())
    if (curve.step.size() > 1) all.emplace_back(name, std::move(curve));
  if (all.empty()) return;
  // What is evaluated is read first, then the loss, then the objective's scalars.
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    const auto rank = [](const std::string& name) {
      return name == "train.loss" ? 1 : name.rfind("train.", 0) == 0 ? 2 : 0;
    };
    return rank(a.first) < rank(b.first);
  });
  draw(all).write(c_.spec.directory / "curves.png");
  log_.artifact("image", "curves.png", "image/png", step);
}

}  // namespace ubp
