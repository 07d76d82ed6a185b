// SPDX-License-Identifier: MIT
#include "train/evaluate/artifacts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>

#include "base/error.hpp"
#include "base/hash.hpp"
#include "draw/png.hpp"
#include "draw/principal.hpp"

namespace ubp {
namespace {

constexpr double kScatterWidth = 360, kCurveWidth = 250;  // points: five inches; a column of a paper

// Doubles in C order as an NPY file (NumPy format 1.0).
std::string npy(const std::vector<double>& values, const std::vector<i64>& shape) {
  std::string dims;
  for (const i64 d : shape) dims += fmt::format("{}, ", d);
  std::string header = fmt::format("{{'descr': '<f8', 'fortran_order': False, 'shape': ({}), }}", dims);
  header += std::string(64 - (10 + header.size() + 1) % 64, ' ') + "\n";
  const auto length = static_cast<std::uint16_t>(header.size());
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes.append(reinterpret_cast<const char*>(&length), sizeof length);
  bytes += header;
  return bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(double));
}

std::vector<std::vector<double>> rows_of(const Matrix& m) {
  std::vector<std::vector<double>> rows;
  for (auto at = m.values.begin(); at != m.values.end(); at += m.width) rows.emplace_back(at, at + m.width);
  return rows;
}

// Lines of inputs, each above the line of their reconstructions.
std::vector<std::vector<double>> in_turn(const Matrix& inputs, const Matrix& outputs, std::size_t across) {
  const auto above = rows_of(inputs), below = rows_of(outputs);
  std::vector<std::vector<double>> lines;
  for (std::size_t first = 0; first < above.size(); first += across)
    for (const auto* rows : {&above, &below})
      for (std::size_t i = first; i < first + across; ++i)
        lines.push_back(i < rows->size() ? (*rows)[i] : std::vector<double>());
  return lines;
}

/// A reader sees the whole file or the one before.
void write_whole(const std::filesystem::path& file, const std::string& bytes) {
  const std::filesystem::path fresh = file.string() + ".new";
  std::ofstream out(fresh, std::ios::binary | std::ios::trunc);
  out << bytes;
  out.close();
  std::error_code error;
  if (out) std::filesystem::rename(fresh, file, error);
  if (!out || error) fail(Exit::internal, "{}: cannot be written", file.string());
}

/// The latest version under its plain name, for people; what is recorded is the version that is kept.
void show_as_latest(const std::filesystem::path& kept, const std::filesystem::path& shown) {
  const std::filesystem::path fresh = shown.string() + ".new";
  std::error_code error;
  std::filesystem::remove(fresh, error);
  std::filesystem::create_hard_link(kept, fresh, error);
  if (error) std::filesystem::copy_file(kept, fresh, std::filesystem::copy_options::overwrite_existing, error);
  if (!error) std::filesystem::rename(fresh, shown, error);
}

void group_by(const Data& data, const std::vector<i64>& labels, Points& points) {
  std::vector<i64> all = labels;
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  for (const i64 label : labels)
    points.group.push_back(static_cast<std::size_t>(std::lower_bound(all.begin(), all.end(), label) - all.begin()));
  for (const i64 label : all) points.groups.push_back(data.class_name(label));
}

}  // namespace

Artifacts::Artifacts(Composition& parts, Evaluator& evaluator, TrialLog& log)
    : parts_(parts), evaluator_(evaluator), log_(log) {
  const ArtifactOptions& asked = parts_.spec.artifacts;
  if (asked.images > 0 || asked.scatter || asked.curves) require_drawing();
}

void Artifacts::write(i64 step) {
  std::filesystem::create_directories(parts_.spec.directory);
  if (const i64 count = parts_.spec.artifacts.images; count > 0 && parts_.data && parts_.data->is_image())
    images(step, count);
  const bool embeds = parts_.data && evaluator_.gives("embedding");
  if (embeds && parts_.spec.artifacts.embedding) embedding(step);
  if (embeds && parts_.spec.artifacts.scatter) scatter(step);
  if (parts_.spec.artifacts.curves) curves(step);
  if (parts_.spec.artifacts.profile) profile(step);
  if (parts_.spec.artifacts.checkpoint) learnt(step);
}

// What is neither an op nor the optimizer's: rows of a batch, the plugins' own work, logging.
void Artifacts::profile(i64 step) {
  std::string text = "part,calls,seconds,derivatives,derivative_seconds,share\n";
  double rest = steps_seconds_ - update_seconds_;
  const auto row = [&](const std::string& part, i64 calls, double seconds, i64 derivatives, double back) {
    text += fmt::format("{},{},{:.6f},{},{:.6f},{:.4f}\n", part, calls, seconds, derivatives, back,
                        steps_seconds_ > 0 ? (seconds + back) / steps_seconds_ : 0);
  };
  for (const OpTime& t : parts_.engine.op_times()) {
    row(t.op, t.calls, t.seconds, t.derivatives, t.derivative_seconds);
    rest -= t.seconds + t.derivative_seconds;
  }
  row("(optimizer)", 0, update_seconds_, 0, 0);
  row("(rest)", 0, std::max(0.0, rest), 0, 0);
  keep("profile", "profile.csv", "text/csv", text, step);
}

void Artifacts::learnt(i64 step) {
  Checkpoint c;
  c.put("format", kCheckpointFormat);
  parts_.save(c);
  keep("checkpoint", "learnt.ubp", "application/octet-stream", c.bytes(), step);
}

void Artifacts::keep(const std::string& kind, const std::string& file, const std::string& mime,
                     const std::string& bytes, i64 step) {
  const std::string kept = "kept/" + sha256(bytes).substr(0, 16) + "/" + file;
  const std::filesystem::path path = parts_.spec.directory / kept;
  std::filesystem::create_directories(path.parent_path());
  write_whole(path, bytes);
  show_as_latest(path, parts_.spec.directory / file);
  log_.artifact(kind, kept, mime, step);
}

void Artifacts::images(i64 step, i64 count) {
  const std::string split = evaluator_.shown_split();
  const i64 n = std::min(count, parts_.data->rows(split));
  const Shape row = parts_.data->row_shape(nullptr);
  const auto side = [&row](int axis) { return static_cast<std::size_t>(row[axis]); };
  ImageGrid grid{side(0), side(1), side(2), static_cast<std::size_t>(std::min<i64>(n, 16)), {}};
  if (evaluator_.gives("reconstruction")) {
    std::vector<i64> index(static_cast<std::size_t>(n));
    std::iota(index.begin(), index.end(), i64{0});
    Matrix inputs;
    {
      const Scope scope(parts_.engine);
      inputs = {n, row.count(), row, doubles(parts_.engine, parts_.data->gather(parts_.engine, split, nullptr, index))};
    }
    // A dense decoder gives flat rows of the same numbers.
    grid.images = in_turn(inputs, evaluator_.matrix("reconstruction", split, 0, n), grid.across);
    keep("image", "reconstructions.png", "image/png", png(grid), step);
  }
  if (evaluator_.gives("samples")) {
    grid.images = rows_of(evaluator_.matrix("samples", split, 0, n));
    keep("image", "samples.png", "image/png", png(grid), step);
  }
}

void Artifacts::embedding(i64 step) {
  const std::string split = evaluator_.shown_split();
  const i64 n = parts_.data->rows(split);
  const Matrix m = evaluator_.matrix("embedding", split, 0, n);
  keep("embedding", "embedding.npy", "application/x-npy", npy(m.values, {m.rows, m.width}), step);
  if (!parts_.data->has_labels()) return;
  const std::vector<i64> all = labels();
  keep("labels", "labels.npy", "application/x-npy", npy({all.begin(), all.end()}, {n}), step);
}

std::vector<i64> Artifacts::labels() const {
  std::vector<i64> index(static_cast<std::size_t>(parts_.data->rows(evaluator_.shown_split())));
  std::iota(index.begin(), index.end(), i64{0});
  return parts_.data->labels(evaluator_.shown_split(), index);
}

void Artifacts::scatter(i64 step) {
  const std::string split = evaluator_.shown_split();
  const Matrix m = evaluator_.matrix("embedding", split, 0, parts_.data->rows(split));
  if (m.values.empty() || !std::all_of(m.values.begin(), m.values.end(), [](double v) { return std::isfinite(v); }))
    return;
  Points points;
  Panel panel{fmt::format("embedding of {} {} rows", m.rows, split), {}, {}, {}, "label"};
  if (m.width > 2) {
    Plane plane = principal_plane(m.values, static_cast<std::size_t>(m.width));
    points.x = std::move(plane.at[0]), points.y = std::move(plane.at[1]);
    panel.x.name = fmt::format("principal component 1 of {}: {:.1f} % of variance", m.width, 100 * plane.share[0]);
    panel.y.name = fmt::format("principal component 2: {:.1f} % of variance", 100 * plane.share[1]);
  } else {
    panel.x.name = "column 1", panel.y.name = m.width == 2 ? "column 2" : "row";
    for (i64 i = 0; i < m.rows; ++i) {
      const double* row = m.values.data() + i * m.width;
      points.x.push_back(row[0]);
      points.y.push_back(m.width == 2 ? row[1] : static_cast<double>(i));
    }
  }
  if (parts_.data->has_labels()) group_by(*parts_.data, labels(), points);
  panel.layers = {std::move(points)};
  keep("image", "scatter.png", "image/png", png(Figure{{std::move(panel)}, 1, kScatterWidth}), step);
}

void Artifacts::curves(i64 step) {
  std::vector<std::pair<std::string, LoggedSeries>> all;
  for (auto& [name, series] : log_.series())
    if (series.step.size() > 1) all.emplace_back(name, std::move(series));
  if (all.empty()) return;
  // What is evaluated is read first, then the loss, then the objective's scalars.
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    const auto rank = [](const std::string& name) {
      return name == "train.loss" ? 1 : name.rfind("train.", 0) == 0 ? 2 : 0;
    };
    return rank(a.first) < rank(b.first);
  });
  Figure figure;
  for (auto& [name, series] : all) {
    const std::string title = fmt::format("{}, last {:.4g}", name, series.value.back());
    Curve curve{"", std::move(series.step), std::move(series.value), {}, {}};
    figure.panels.push_back({title, {"step"}, {"", AxisScale::automatic}, {std::move(curve)}, ""});
  }
  if (all.size() == 1) figure.width = kCurveWidth;
  keep("image", "curves.png", "image/png", png(figure), step);
}

}  // namespace ubp
