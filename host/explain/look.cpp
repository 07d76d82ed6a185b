// SPDX-License-Identifier: MIT
#include "explain/look.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/statistics.hpp"
#include "base/text.hpp"
#include "draw/png.hpp"
#include "draw/svg.hpp"
#include "draw/text.hpp"
#include "figures/matrix.hpp"

namespace ubp::explain {
namespace {

constexpr std::size_t kMostMarkBytes = 200'000;  // of a figure as marks
constexpr std::size_t kMostColumns = 60;         // of a heat map
constexpr double kLeastSide = 40;                // of an image on the page, in pixels

std::string picture(const std::string& bytes, const std::string& what, double scale) {
  const auto [width, height] = png_size(bytes);
  return fmt::format(
      "<img alt=\"{}\" width=\"{:.0f}\" height=\"{:.0f}\" style=\"image-rendering: pixelated\" "
      "src=\"data:image/png;base64,{}\">",
      escaped(what), scale * width, scale * height, base64(bytes));
}

/// Grey images in red and blue around white: [3, pixels].
std::vector<double> diverging(const std::vector<double>& image, double unit) {
  const std::size_t n = image.size();
  std::vector<double> colours(3 * n, 1);
  for (std::size_t i = 0; i < n; ++i) {
    const double v = unit > 0 ? std::clamp(image[i] / unit, -1.0, 1.0) : 0;
    colours[n + i] = 1 - std::abs(v);
    colours[v > 0 ? 2 * n + i : i] = 1 - std::abs(v);
  }
  return colours;
}

std::vector<double> summed_channels(const std::vector<double>& image, std::size_t channels) {
  std::vector<double> sum(image.size() / channels);
  for (std::size_t i = 0; i < image.size(); ++i) sum[i % sum.size()] += image[i];
  return sum;
}

double largest(const std::vector<std::vector<double>>& rows) {
  double most = 0;
  for (const auto& row : rows)
    for (const double v : row) most = std::max(most, std::abs(v));
  return most;
}

}  // namespace

Look::Look(Reader& reader, Registry& registry, std::int64_t trial_id, const Request& request)
    : reader_(reader),
      registry_(registry),
      trial_id_(trial_id),
      request_(request),
      restored_(restore(reader, trial_id, registry)) {
  if (!parts().data) {
    no_codes_ = "the trial has no data set: its rows come from an environment";
    return;
  }
  split_ = trial().split();
  sample_ = trial().sample(request_.rows);
  inputs_ = inputs_of(parts(), split_, sample_);
  if (parts().data->has_labels()) labels_ = parts().data->labels(split_, sample_);
  if (!evaluator().gives("embedding")) {
    no_codes_ = fmt::format("{} gives no codes, and no model has 'encode'", parts().objective->who());
    return;
  }
  codes_ = evaluator().matrix("embedding", split_, sample_);
  if (!std::ranges::all_of(codes_.values, [](double v) { return std::isfinite(v); }))
    no_codes_ = "the codes have numbers that are not finite";
}

void Look::require_codes() const {
  if (!no_codes_.empty()) throw Missing{no_codes_};
}

void Look::require_decoder() const {
  require_codes();
  if (!parts().role_with("encode") || !parts().role_with("decode"))
    throw Missing{"no model has both 'encode' and 'decode': there is no way from codes back to rows"};
  if (parts().objective_gives("embedding"))
    throw Missing{fmt::format("{} makes its codes itself, which 'decode' does not take", parts().objective->who())};
}

std::string Look::label_name(i64 row) const {
  return labels_.empty() ? "" : parts().data->class_name(labels_[static_cast<std::size_t>(row)]);
}

std::vector<std::vector<double>> Look::decoded(const std::vector<std::vector<double>>& codes) const {
  const ubp_decoder& decoder = *evaluator().decoder().abi();
  std::vector<double> flat, out(codes.size() * static_cast<std::size_t>(decoder.row));
  for (const auto& code : codes) flat.insert(flat.end(), code.begin(), code.end());
  evaluator().decoder().decode(flat.data(), static_cast<i64>(codes.size()), out.data());
  const Matrix rows{static_cast<i64>(codes.size()), decoder.row, {}, std::move(out)};
  std::vector<std::vector<double>> all;
  for (i64 i = 0; i < rows.rows; ++i) all.push_back(row_of(rows, i));
  return all;
}

bool Look::is_image() const { return parts().data->is_image(); }

std::string Look::column_name(i64 column) const {
  const std::string name = parts().data->column_name(column);
  return name.empty() ? fmt::format("{}", column) : name;
}

std::string Look::drawn(const std::vector<std::vector<double>>& rows, std::size_t across,
                        const std::vector<std::string>& names, const std::string& title, bool is_signed) const {
  const double unit = largest(rows);
  const Shape row = parts().data->row_shape(nullptr);
  if (is_image() && static_cast<i64>(rows.front().size()) == row.count()) {
    const auto channels = static_cast<std::size_t>(row[0]), height = static_cast<std::size_t>(row[1]),
               width = static_cast<std::size_t>(row[2]);
    ImageGrid grid{is_signed ? 3 : channels, height, width, std::min(across, rows.size()), {}};
    for (const auto& image : rows)
      grid.images.push_back(image.empty() ? image
                            : is_signed   ? diverging(summed_channels(image, channels), unit)
                                          : image);
    return picture(png(grid), title, std::max(1.0, std::ceil(kLeastSide / static_cast<double>(height))));
  }
  NamedMatrix matrix{title, "", "column", {}, {}, {}};
  const std::size_t columns = std::min(rows.front().size(), kMostColumns);
  for (std::size_t c = 0; c < columns; ++c) matrix.columns.push_back(column_name(static_cast<i64>(c)));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    matrix.rows.push_back(i < names.size() ? names[i] : fmt::format("{}", i));
    for (std::size_t c = 0; c < columns; ++c) matrix.values.push_back(rows[i].empty() ? std::nan("") : rows[i][c]);
  }
  double low = 0, high = 0;
  for (const double v : matrix.values)
    if (std::isfinite(v)) low = std::min(low, v), high = std::max(high, v);
  if (is_signed) low = -unit, high = unit;
  if (!(high > low)) high = low + 1;
  return explain::drawn(figure_of({panel_of(matrix, "value", {low, high})}), title);
}

std::string drawn(const Figure& figure, const std::string& what) {
  const std::string marks = svg(figure);
  return marks.size() <= kMostMarkBytes ? marks : picture(png(figure), what, 0.5);
}

std::vector<double> row_of(const Matrix& m, i64 row) {
  const auto first = m.values.begin() + static_cast<std::ptrdiff_t>(row * m.width);
  return {first, first + static_cast<std::ptrdiff_t>(m.width)};
}

double quantile_of(const Matrix& m, i64 column, double share) {
  std::vector<double> values;
  for (i64 i = 0; i < m.rows; ++i) values.push_back(m.values[static_cast<std::size_t>(i * m.width + column)]);
  return statistics::quantile(values, share);
}

double squared_distance(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

}  // namespace ubp::explain
