// SPDX-License-Identifier: MIT
#include "draw/layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "draw/layers.hpp"
#include "draw/text.hpp"

namespace ubp {
namespace {

using Anchor = TextMark::Anchor;

constexpr double kTitle = 8, kName = 7.5, kNumber = 7;  // font sizes
constexpr double kAscent = 0.73;                        // of the font: height of a capital or a digit
constexpr double kEdge = 5, kGap = 3, kTick = 2.5;
constexpr double kLineHeight = 10, kSample = 9, kLegendGap = 9;  // of a legend
constexpr double kLegendShare = 0.3;                             // of a panel's width, at the most
constexpr double kAxisWidth = 0.6, kGridWidth = 0.35;
constexpr double kLeastFrame = 20;
constexpr int kMostTicks = 6;
constexpr Rgb kGrid{0xdd, 0xdd, 0xdd};

constexpr double kLabelShare = 0.35;  // of a panel's width, for names of places at its side
constexpr double kBar = 7;            // width of the bar of colours
constexpr int kBarTicks = 5;

/// The numbers written along one side of a frame.
struct Marking {
  std::vector<double> ticks;
  std::vector<std::string> texts;
  double widest = 0;
  bool in_turn = false;  ///< names of places have no room beside each other: every other one is a line lower

  Marking(const Extent& extent, int most)
      : ticks(ascending(extent).ticks(most)), texts(texts_of(ticks, extent.logarithmic)) {
    measure();
  }
  /// `width`: that a name may have.
  static Marking of_labels(const std::vector<std::string>& labels, double width) {
    Marking marking;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      marking.ticks.push_back(static_cast<double>(i));
      marking.texts.push_back(shortened(printable(labels[i]), kNumber, width));
    }
    marking.measure();
    return marking;
  }
  /// As many as fit beside each other.
  static Marking along(const Extent& extent, double width) {
    int most = kMostTicks;
    while (most > 2) {
      const Marking marking(extent, most);
      if (static_cast<double>(marking.ticks.size()) * (marking.widest + 2 * kGap) <= width) return marking;
      --most;
    }
    return {extent, most};
  }
  /// Names of places below a frame.
  static Marking below(const std::vector<std::string>& labels, double width) {
    const double own = width / static_cast<double>(labels.size());
    Marking marking = of_labels(labels, std::numeric_limits<double>::infinity());
    if (marking.widest + kGap <= own) return marking;
    marking = of_labels(labels, std::max(2 * kNumber, 2 * own - kGap));
    marking.in_turn = true;
    return marking;
  }

 private:
  Marking() = default;
  void measure() {
    for (const std::string& text : texts) widest = std::max(widest, text_width(text, kNumber));
  }
  static Extent ascending(Extent extent) {
    if (extent.low > extent.high) std::swap(extent.low, extent.high);
    return extent;
  }
};

/// What the colours of a panel mean, as a bar beside it.
class ColourBar {
 public:
  explicit ColourBar(const Panel& panel) {
    if (!panel.colour) return;
    extent_ = extent_of(panel, *panel.colour, append_colour);
    marking_.emplace(extent_, kBarTicks);
    name_ = panel.colour->name;
  }
  Extent extent() const { return extent_; }
  double width() const {
    if (!marking_) return 0;
    return kLegendGap + kBar + kTick + kGap + marking_->widest + (name_.empty() ? 0 : kGap + kName);
  }
  /// `left`, and the frame beside which it stands.
  void draw(double left, Box frame, std::vector<Mark>& marks) const {
    if (!marking_) return;
    constexpr int kSteps = 64;
    const double from = left + kLegendGap, to = from + kBar, bottom = frame.top + frame.height;
    const auto down = [&](double share) { return bottom - share * frame.height; };
    const double low = std::min(extent_.low, extent_.high), high = std::max(extent_.low, extent_.high);
    const bool falls = extent_.low > extent_.high;
    for (int i = 0; i < kSteps; ++i) {  // each up to the top, so that no seam is between two
      const double share = (i + 0.5) / kSteps, y = down(static_cast<double>(i) / kSteps);
      const Rgb colour = shade_of(falls ? 1 - share : share);
      marks.push_back(AreaMark{{{from, y}, {to, y}, {to, frame.top}, {from, frame.top}}, colour, 1});
    }
    const Extent upwards{low, high, extent_.logarithmic};
    for (std::size_t i = 0; i < marking_->ticks.size(); ++i) {
      const double y = down(upwards.share(marking_->ticks[i]));
      marks.push_back(LineMark{{{to, y}, {to + kTick, y}}, kInk, kAxisWidth});
      marks.push_back(TextMark{{to + kTick + kGap, y + kAscent * kNumber / 2}, marking_->texts[i], kNumber});
    }
    const double right = to + kTick + kGap + marking_->widest + kGap + kAscent * kName;
    if (!name_.empty())
      marks.push_back(TextMark{{right, frame.top + frame.height / 2},
                               shortened(printable(name_), kName, frame.height),
                               kName,
                               Anchor::middle,
                               true});
  }

 private:
  Extent extent_;
  std::optional<Marking> marking_;
  std::string name_;
};

/// Names of layers with a sample of each, one below the other.
class Legend {
 public:
  /// `width` is its own at the most, `height` the whole panel's.
  Legend(const Panel& panel, double width, double height) : title_(fit(panel.legend, width)) {
    std::size_t colour = 0;
    for (const Layer& layer : panel.layers) {
      for (LegendEntry& entry : legend_of(layer, colour)) {
        entry.name = fit(entry.name, width - kSample - kGap);
        entries_.push_back(std::move(entry));
      }
      colour += colours_of(layer);
    }
    if (entries_.empty()) return;
    width_ = text_width(title_, kNumber);
    if (static_cast<double>(entries_.size()) * kLineHeight > height / 2)  // it may be too long
      width_ = std::max(width_, text_width(more(entries_.size()), kNumber));
    for (const LegendEntry& e : entries_) width_ = std::max(width_, kSample + kGap + text_width(e.name, kNumber));
  }

  double width() const { return width_; }  ///< 0: there is none

  void draw(Box box, std::vector<Mark>& marks) const {
    if (entries_.empty()) return;
    double y = box.top;
    const auto line = [&](double indent, const std::string& words) {
      marks.push_back(TextMark{{box.left + indent, y + kAscent * kNumber}, words, kNumber});
      y += kLineHeight;
    };
    if (!title_.empty()) line(0, title_);
    auto room = static_cast<std::size_t>((box.top + box.height - y) / kLineHeight);
    if (entries_.size() > room && room > 0) --room;  // the last line says how many are missing
    for (std::size_t i = 0; i < std::min(entries_.size(), room); ++i) {
      marks.push_back(sample_of(entries_[i], {box.left + kSample / 2, y + kAscent * kNumber / 2}, kSample));
      line(kSample + kGap, entries_[i].name);
    }
    if (entries_.size() > room) line(0, more(entries_.size() - room));
  }

 private:
  static std::string fit(const std::string& text, double width) { return shortened(printable(text), kNumber, width); }
  static std::string more(std::size_t n) { return fmt::format("and {} more", n); }

  std::string title_;
  std::vector<LegendEntry> entries_;
  double width_ = 0;
};

/// Draws one panel in its place; what it needs around its frame is asked first, for all panels.
class PanelLayout {
 public:
  PanelLayout(const Panel& panel, double width, double height)
      : panel_(panel),
        x_(extent_of(panel, panel.x, append_x)),
        y_(extent_of(panel, panel.y, append_y, true)),
        y_marking_(panel.y.labels.empty() ? Marking(y_, kMostTicks)
                                          : Marking::of_labels(panel.y.labels, kLabelShare * width)),
        bar_(panel),
        legend_(panel, kLegendShare * width, height),
        names_in_turn_(!panel.x.labels.empty() && Marking::below(panel.x.labels, width - left() - right()).in_turn) {}

  double left() const {
    return kEdge + (panel_.y.name.empty() ? 0 : kName + kGap) +
           (panel_.y.hidden ? 0 : y_marking_.widest + kGap + kTick);
  }
  double top() const { return kEdge + (panel_.title.empty() ? kNumber / 2 : kTitle + 2 * kGap); }
  double bottom() const {
    const double numbers = panel_.x.hidden ? 0 : kTick + kGap + kNumber + (names_in_turn_ ? kGap + kNumber : 0);
    return numbers + (panel_.x.name.empty() ? 0 : kGap + kName) + kEdge;
  }
  double right() const {
    // Of the last number, over the frame's end.
    const double overhang = panel_.x.hidden || !panel_.x.labels.empty() ? 0 : Marking(x_, kMostTicks).widest / 2;
    return kEdge + std::max(overhang, bar_.width() + (legend_.width() > 0 ? kLegendGap + legend_.width() : 0));
  }

  Frame frame(Box box) const { return {box, x_, y_, bar_.extent()}; }

  void draw(const Frame& frame, Box outer, Drawing& drawing) const {
    MarkGroup behind, layers{frame.box, {}}, around;
    if (!panel_.x.hidden) draw_x_axis(frame, behind.marks, around.marks);
    if (!panel_.y.hidden) draw_y_axis(frame, behind.marks, around.marks);
    std::size_t colour = 0;
    for (const Layer& layer : panel_.layers) {
      draw_layer(layer, colour, frame, layers.marks);
      colour += colours_of(layer);
    }
    draw_names(frame.box, outer, around.marks);
    const Box& box = frame.box;
    const double right = box.left + box.width;
    bar_.draw(right, box, around.marks);
    legend_.draw({right + bar_.width() + kLegendGap, box.top, legend_.width(), box.height}, around.marks);
    for (MarkGroup* group : {&behind, &layers, &around}) drawing.groups.push_back(std::move(*group));
  }

 private:
  // Grid lines lie behind the layers; axes and text before them.
  void draw_x_axis(const Frame& frame, std::vector<Mark>& behind, std::vector<Mark>& around) const {
    const double top = frame.box.top, bottom = top + frame.box.height;
    const bool named = !panel_.x.labels.empty();
    const Marking marking =
        named ? Marking::below(panel_.x.labels, frame.box.width) : Marking::along(x_, frame.box.width);
    for (std::size_t i = 0; i < marking.ticks.size(); ++i) {
      const double x = frame.right_of(marking.ticks[i]);
      if (std::isnan(x)) continue;
      if (!named) behind.push_back(LineMark{{{x, top}, {x, bottom}}, kGrid, kGridWidth});
      const double lower = marking.in_turn && i % 2 == 1 ? kGap + kNumber : 0;
      around.push_back(LineMark{{{x, bottom}, {x, bottom + kTick + lower}}, kInk, kAxisWidth});
      const Place below{x, bottom + kTick + lower + kGap + kAscent * kNumber};
      around.push_back(TextMark{below, marking.texts[i], kNumber, Anchor::middle});
    }
    around.push_back(
        LineMark{{{frame.box.left, bottom}, {frame.box.left + frame.box.width, bottom}}, kInk, kAxisWidth});
  }

  void draw_y_axis(const Frame& frame, std::vector<Mark>& behind, std::vector<Mark>& around) const {
    const double left = frame.box.left, right = left + frame.box.width;
    // Of names of places that have no room above each other, every second, third, ...
    const double own = frame.box.height / std::max<double>(1, static_cast<double>(y_marking_.ticks.size()));
    const std::size_t stride =
        panel_.y.labels.empty() ? 1 : std::max<std::size_t>(1, static_cast<std::size_t>(std::ceil(kNumber / own)));
    for (std::size_t i = 0; i < y_marking_.ticks.size(); i += stride) {
      const double y = frame.down_of(y_marking_.ticks[i]);
      if (std::isnan(y)) continue;
      behind.push_back(LineMark{{{left, y}, {right, y}}, kGrid, kGridWidth});
      around.push_back(LineMark{{{left - kTick, y}, {left, y}}, kInk, kAxisWidth});
      const Place beside{left - kTick - kGap, y + kAscent * kNumber / 2};
      around.push_back(TextMark{beside, y_marking_.texts[i], kNumber, Anchor::end});
    }
    around.push_back(LineMark{{{left, frame.box.top}, {left, frame.box.top + frame.box.height}}, kInk, kAxisWidth});
  }

  void draw_names(Box frame, Box outer, std::vector<Mark>& around) const {
    const auto text = [&](const std::string& words, Place at, double size, Anchor anchor, bool upwards) {
      if (!words.empty()) around.push_back(TextMark{at, words, size, anchor, upwards});
    };
    const double right = outer.left + outer.width - kEdge, bottom = outer.top + outer.height - kEdge;
    // A title begins above the frame; a long one has the panel's whole width.
    const std::string title = shortened(printable(panel_.title), kTitle, outer.width - 2 * kEdge);
    const double begin = std::max(outer.left + kEdge, std::min(frame.left, right - text_width(title, kTitle)));
    text(title, {begin, frame.top - 2 * kGap}, kTitle, Anchor::start, false);
    text(shortened(printable(panel_.x.name), kName, frame.width),
         {frame.left + frame.width / 2, bottom - (1 - kAscent) * kName}, kName, Anchor::middle, false);
    text(shortened(printable(panel_.y.name), kName, frame.height),
         {outer.left + kEdge + kAscent * kName, frame.top + frame.height / 2}, kName, Anchor::middle, true);
  }

  const Panel& panel_;
  Extent x_, y_;
  Marking y_marking_;
  ColourBar bar_;
  Legend legend_;
  bool names_in_turn_ = false;
};

}  // namespace

Layout lay_out(const Figure& figure) {
  const std::size_t n = figure.panels.size(), across = std::max<std::size_t>(1, std::min(n, figure.across));
  const double width = figure.width / static_cast<double>(across), height = width * figure.aspect;
  std::vector<PanelLayout> panels;
  for (const Panel& panel : figure.panels) panels.emplace_back(panel, width, height);
  double left = 0, right = 0, top = 0, bottom = 0;
  for (const PanelLayout& panel : panels) {
    left = std::max(left, panel.left()), right = std::max(right, panel.right());
    top = std::max(top, panel.top()), bottom = std::max(bottom, panel.bottom());
  }
  Layout out{{figure.width, height * static_cast<double>((n + across - 1) / across), {}}, {}};
  for (std::size_t i = 0; i < n; ++i) {
    const Box outer{width * static_cast<double>(i % across), height * static_cast<double>(i / across), width, height};
    out.frames.push_back(
        panels[i].frame({outer.left + left, outer.top + top, std::max(kLeastFrame, width - left - right),
                         std::max(kLeastFrame, height - top - bottom)}));
    panels[i].draw(out.frames.back(), outer, out.drawing);
  }
  return out;
}

}  // namespace ubp
