// SPDX-License-Identifier: MIT
// The strokes of each kind of layer.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string>

#include "draw/layers.hpp"
#include "draw/png.hpp"
#include "draw/text.hpp"

namespace ubp {
namespace {

constexpr double kCurveWidth = 1.1, kBandOpacity = 0.2, kWhisker = 0.8;
constexpr std::size_t kMarked = 40;  // a curve of so many points or fewer shows each of them
constexpr double kTickText = 6;      // of axes that stand within a frame
constexpr Rgb kPaper{0xff, 0xff, 0xff};

Subject subject_of(const std::vector<Subject>& subjects, std::size_t i) {
  return subjects.empty() ? Subject{} : subjects[i];
}

bool has_place(Place p) { return !std::isnan(p.x) && !std::isnan(p.y); }

// A dot, of another shape after each ten colours: disc, square, diamond, triangle.
Mark symbol(Place at, double radius, std::size_t colour, double opacity, Subject subject) {
  const std::size_t shape = colour / kColourCount % 4;
  if (shape == 0) return DotMark{at, radius, colour_of(colour), opacity, std::move(subject)};
  const std::size_t corners = shape == 3 ? 3 : 4;
  const double r = radius * (shape == 3 ? 1.5 : 1.25), first = shape == 1 ? 0.25 : 0.5;  // in half turns
  AreaMark area{{}, colour_of(colour), opacity, std::move(subject)};
  for (std::size_t i = 0; i < corners; ++i) {
    const double angle = std::numbers::pi * (first + 2.0 * static_cast<double>(i) / static_cast<double>(corners));
    area.outline.push_back({at.x + r * std::cos(angle), at.y - r * std::sin(angle)});
  }
  return area;
}

// Of a run that has many points in each column of pixels, the first, lowest, highest and last of each column: the same
// line. Source: U. Jugel et al., "M4: A Visualization-Oriented Time Series Data Aggregation", VLDB
// 2014.
std::vector<Place> thinned(const std::vector<Place>& run) {
  constexpr double kColumn = 0.36;  // a pixel at 200 dpi
  std::vector<Place> out;
  for (std::size_t first = 0, i = 1; i <= run.size(); ++i) {
    if (i < run.size() && std::floor(run[i].x / kColumn) == std::floor(run[first].x / kColumn)) continue;
    const auto begin = run.begin() + static_cast<std::ptrdiff_t>(first),
               end = run.begin() + static_cast<std::ptrdiff_t>(i);
    const auto [low, high] = std::minmax_element(begin, end, [](Place a, Place b) { return a.y < b.y; });
    std::array<std::ptrdiff_t, 4> kept{0, low - begin, high - begin, end - begin - 1};
    std::sort(kept.begin(), kept.end());
    for (std::size_t k = 0; k < kept.size(); ++k)
      if (k == 0 || kept[k] != kept[k - 1]) out.push_back(begin[kept[k]]);
    first = i;
  }
  return out;
}

void draw_band(const Curve& curve, Rgb colour, const Frame& frame, std::vector<Mark>& marks) {
  std::vector<Place> low, high;  // a run of points whose edges both have a place is one area
  for (std::size_t i = 0; i <= curve.low.size(); ++i) {
    const bool more = i < curve.low.size();
    const Place below = more ? frame.place_of(curve.x[i], curve.low[i]) : Place{NAN, NAN};
    const Place above = more ? frame.place_of(curve.x[i], curve.high[i]) : Place{NAN, NAN};
    if (has_place(below) && has_place(above)) {
      low.push_back(below), high.push_back(above);
      continue;
    }
    if (low.size() > 1) {
      AreaMark band{thinned(low), colour, kBandOpacity, curve.subject};
      const std::vector<Place> edge = thinned(high);
      band.outline.insert(band.outline.end(), edge.rbegin(), edge.rend());
      marks.push_back(std::move(band));
    }
    low.clear(), high.clear();
  }
}

/// Of one point of a curve.
Subject subject_at(const Curve& curve, std::size_t i) {
  Subject subject = curve.subject;
  if (!subject.title.empty()) subject.title += fmt::format(": {:.6g}, {:.6g}", curve.x[i], curve.y[i]);
  return subject;
}

void draw(const Curve& curve, std::size_t first_colour, const Frame& frame, std::vector<Mark>& marks) {
  const Rgb colour = curve.grey ? kGuideColour : colour_of(first_colour);
  const std::size_t n = curve.x.size();
  draw_band(curve, colour, frame, marks);
  std::vector<Place> run;
  for (std::size_t i = 0; i <= n; ++i) {
    const Place p = i < n ? frame.place_of(curve.x[i], curve.y[i]) : Place{NAN, NAN};
    if (has_place(p)) {
      run.push_back(p);
      if (n <= kMarked && curve.dots) marks.push_back(DotMark{p, 1.4 * kCurveWidth, colour, 1, subject_at(curve, i)});
      continue;
    }
    if (run.size() > 1) marks.push_back(LineMark{thinned(run), colour, kCurveWidth, 1, curve.subject});
    if (run.size() == 1 && n > kMarked) marks.push_back(DotMark{run[0], kCurveWidth / 2, colour, 1, curve.subject});
    run.clear();
  }
}

void draw(const Points& points, std::size_t first_colour, const Frame& frame, std::vector<Mark>& marks) {
  const std::size_t n = points.x.size();
  const double radius = n > 3000 ? 0.9 : n > 500 ? 1.3 : 1.8, opacity = n > 500 ? 0.7 : 1;
  for (std::size_t i = 0; i < n; ++i) {
    const Place p = frame.place_of(points.x[i], points.y[i]);
    if (has_place(p))
      marks.push_back(symbol(p, radius, first_colour + (points.group.empty() ? 0 : points.group[i]), opacity,
                             subject_of(points.subjects, i)));
  }
}

/// Between two places of a frame, by its corners.
AreaMark rectangle(Place one, Place other, Rgb colour, double opacity, Subject subject) {
  return {{one, {other.x, one.y}, other, {one.x, other.y}}, colour, opacity, std::move(subject)};
}

void draw(const Bars& bars, std::size_t colour, const Frame& frame, std::vector<Mark>& marks) {
  for (std::size_t i = 0; i < bars.at.size(); ++i) {
    const Place low = frame.place_of(0, bars.at[i] - bars.thickness / 2);
    const Place high = frame.place_of(bars.value[i], bars.at[i] + bars.thickness / 2);
    if (!has_place(low) || !has_place(high)) continue;
    marks.push_back(rectangle(low, high, colour_of(colour), 0.85, subject_of(bars.subjects, i)));
    if (bars.low.empty()) continue;
    const Place from = frame.place_of(bars.low[i], bars.at[i]), to = frame.place_of(bars.high[i], bars.at[i]);
    if (has_place(from) && has_place(to)) marks.push_back(LineMark{{from, to}, kInk, kWhisker});
  }
}

void draw(const Boxes& boxes, std::size_t colour, const Frame& frame, std::vector<Mark>& marks) {
  for (std::size_t i = 0; i < boxes.at.size(); ++i) {
    const auto place = [&](std::size_t number, double up) {
      return frame.place_of(boxes.five[i][number], boxes.at[i] + up * boxes.thickness / 2);
    };
    if (!has_place(place(0, 0)) || !has_place(place(4, 0))) continue;
    const Rgb ink = colour_of(colour);
    for (const std::size_t end : {0, 3}) marks.push_back(LineMark{{place(end, 0), place(end + 1, 0)}, ink, kWhisker});
    marks.push_back(rectangle(place(1, -1), place(3, 1), ink, 0.3, subject_of(boxes.subjects, i)));
    marks.push_back(LineMark{{place(2, -1), place(2, 1)}, ink, 2 * kWhisker});
  }
}

void draw(const Cells& cells, std::size_t, const Frame& frame, std::vector<Mark>& marks) {
  constexpr double kGap = 0.25;  // of white around each
  for (std::size_t i = 0; i < cells.value.size(); ++i) {
    Place low = frame.place_of(cells.left[i], cells.low[i]), high = frame.place_of(cells.right[i], cells.high[i]);
    if (!has_place(low) || !has_place(high)) continue;
    low.x += kGap, low.y -= kGap, high.x -= kGap, high.y += kGap;
    marks.push_back(
        rectangle(low, high, shade_of(frame.colour.share(cells.value[i])), 1, subject_of(cells.subjects, i)));
  }
}

void draw(const Spans& spans, std::size_t first_colour, const Frame& frame, std::vector<Mark>& marks) {
  constexpr double kThinnest = 0.5;  // what is shorter can still be seen and pointed at
  for (std::size_t i = 0; i < spans.at.size(); ++i) {
    const Place from = frame.place_of(spans.from[i], spans.at[i] - spans.thickness / 2);
    Place to = frame.place_of(spans.to[i], spans.at[i] + spans.thickness / 2);
    if (!has_place(from) || !has_place(to)) continue;
    to.x = std::max(to.x, from.x + kThinnest);
    marks.push_back(rectangle(from, to, colour_of(first_colour + spans.group[i]), 0.85, subject_of(spans.subjects, i)));
  }
}

void draw(const Guide& guide, std::size_t, const Frame& frame, std::vector<Mark>& marks) {
  const Box& box = frame.box;
  const auto end = [&](double number, bool last) {
    return guide.of == Guide::Of::x ? Place{frame.right_of(number), last ? box.top + box.height : box.top}
                                    : Place{last ? box.left + box.width : box.left, frame.down_of(number)};
  };
  const Place from = end(guide.low, false), to = end(guide.high, true);
  if (!has_place(from) || !has_place(to)) return;
  if (guide.low == guide.high)
    marks.push_back(LineMark{{from, to}, kGuideColour, kWhisker, 1, {guide.name}});
  else
    marks.push_back(rectangle(from, to, kGuideColour, 0.25, {guide.name}));
}

/// An axis that stands in the frame at `x`, with its numbers, on a little paper of their own, to the right of it.
void draw_post(double x, const Ruler& ruler, const Extent& extent, const Frame& frame, std::vector<Mark>& marks) {
  const Box& box = frame.box;
  marks.push_back(LineMark{{{x, box.top}, {x, box.top + box.height}}, kInk, 0.6});
  std::vector<double> ticks = extent.ticks(5);
  std::vector<std::string> texts = texts_of(ticks, extent.logarithmic);
  if (!ruler.labels.empty()) {
    texts = ruler.labels;
    ticks.clear();
    for (std::size_t i = 0; i < texts.size(); ++i) ticks.push_back(static_cast<double>(i));
  }
  for (std::size_t i = 0; i < ticks.size(); ++i) {
    const double y = box.top + (1 - extent.share(ticks[i])) * box.height;
    marks.push_back(LineMark{{{x - 2, y}, {x, y}}, kInk, 0.6});
    const std::string text = printable(texts[i]);
    const double width = 0.62 * kTickText * static_cast<double>(characters_in(text));
    marks.push_back(rectangle({x + 1, y - 0.6 * kTickText}, {x + 2 + width, y + 0.6 * kTickText}, kPaper, 0.75, {}));
    marks.push_back(TextMark{{x + 2, y + 0.36 * kTickText}, text, kTickText});
  }
}

void draw(const Parallel& parallel, std::size_t, const Frame& frame, std::vector<Mark>& marks) {
  std::vector<Extent> extents;
  for (std::size_t a = 0; a < parallel.axes.size(); ++a) {
    std::vector<double> all;
    for (const auto& line : parallel.lines) all.push_back(line[a]);
    const Ruler& ruler = parallel.axes[a];
    const auto n = static_cast<double>(ruler.labels.size());
    extents.push_back(ruler.extent ? *ruler.extent : n > 0 ? Extent{-0.5, n - 0.5} : Extent::of(all, ruler.scale));
  }
  const auto at = [&](std::size_t a, double value) {
    return Place{frame.right_of(static_cast<double>(a)),
                 frame.box.top + (1 - extents[a].share(value)) * frame.box.height};
  };
  for (std::size_t i = 0; i < parallel.lines.size(); ++i) {
    const Rgb colour = shade_of(frame.colour.share(parallel.shade[i]));
    const Subject subject = subject_of(parallel.subjects, i);
    std::vector<Place> run;
    for (std::size_t a = 0; a <= extents.size(); ++a) {
      const Place p = a < extents.size() ? at(a, parallel.lines[i][a]) : Place{NAN, NAN};
      if (has_place(p)) {
        run.push_back(p);
        continue;
      }
      if (run.size() > 1) marks.push_back(LineMark{run, colour, kCurveWidth, 0.8, subject});
      if (run.size() == 1) marks.push_back(DotMark{run[0], kCurveWidth, colour, 1, subject});
      run.clear();
    }
  }
  for (std::size_t a = 0; a < extents.size(); ++a)
    draw_post(frame.right_of(static_cast<double>(a)), parallel.axes[a], extents[a], frame, marks);
}

void draw(const Image& image, std::size_t, const Frame& frame, std::vector<Mark>& marks) {
  const auto [width, height] = png_size(image.png);
  if (width == 0 || height == 0) return;
  const double scale = std::min(frame.box.width / width, frame.box.height / height);
  const Box box{frame.box.left, frame.box.top, scale * width, scale * height};
  marks.push_back(ImageMark{box, image.png, image.subject});
}

}  // namespace

void draw_layer(const Layer& layer, std::size_t first_colour, const Frame& frame, std::vector<Mark>& marks) {
  std::visit([&](const auto& l) { draw(l, first_colour, frame, marks); }, layer);
}

Mark sample_of(const LegendEntry& entry, Place middle, double width) {
  using Sample = LegendEntry::Sample;
  const bool of_guide = entry.sample == Sample::guide || entry.sample == Sample::band;
  const Rgb colour = of_guide ? kGuideColour : colour_of(entry.colour);
  const Place left{middle.x - width / 2, middle.y}, right{middle.x + width / 2, middle.y};
  if (entry.sample == Sample::symbol) return symbol(middle, 2.4, entry.colour, 1, {});
  if (entry.sample == Sample::line || entry.sample == Sample::guide)
    return LineMark{{left, right}, colour, of_guide ? kWhisker : 1.5 * kCurveWidth};
  const double up = width / 3;
  return rectangle({left.x, middle.y - up}, {right.x, middle.y + up}, colour, of_guide ? 0.25 : 0.85, {});
}

}  // namespace ubp
