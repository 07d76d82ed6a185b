// SPDX-License-Identifier: MIT
#include "draw/terminal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <sys/ioctl.h>
#include <unistd.h>

#include "draw/layers.hpp"
#include "draw/text.hpp"
#include "draw/text_canvas.hpp"

namespace ubp {
namespace {

constexpr int kLeastWidth = 20, kLeastFrame = 6, kPanelWidth = 40, kMostRows = 60, kPanelGap = 2;

int length_of(const std::string& text) { return static_cast<int>(characters_in(text)); }

/// Its beginning and end, `width` characters at the most.
std::string cut(const std::string& text, int width) {
  if (length_of(text) <= width) return text;
  if (width < 1) return "";
  std::vector<std::string> all;
  for (const char c : text) {
    if ((static_cast<std::uint8_t>(c) & 0xc0) == 0x80 && !all.empty())
      all.back() += c;
    else
      all.emplace_back(1, c);
  }
  const auto kept = static_cast<std::size_t>(width - 1), head = (kept + 1) / 2, tail = kept / 2;
  std::string out;
  for (std::size_t i = 0; i < head; ++i) out += all[i];
  out += "…";
  for (std::size_t i = all.size() - tail; i < all.size(); ++i) out += all[i];
  return out;
}

/// What stands along one side.
struct Side {
  std::vector<double> at;
  std::vector<std::string> texts;
  int widest = 0;

  Side(const Ruler& ruler, Extent extent, int most) {
    if (extent.low > extent.high) std::swap(extent.low, extent.high);
    if (ruler.labels.empty()) {
      at = extent.ticks(std::max(2, most));
      texts = texts_of(at, extent.logarithmic);
    }
    for (const std::string& label : ruler.labels) {
      at.push_back(static_cast<double>(at.size()));
      texts.push_back(printable(label));
    }
    for (const std::string& text : texts) widest = std::max(widest, length_of(text));
  }
};

/// Lines to a place of the side, so that what lies beside each other within one has a line of its own; cells, which
/// should be seen from afar, have more.
int rows_of_a_place(const Panel& panel) {
  double thinnest = 1;
  for (const Layer& layer : panel.layers) {
    if (const auto* bars = std::get_if<Bars>(&layer)) thinnest = std::min(thinnest, bars->thickness);
    if (std::holds_alternative<Cells>(layer)) return std::clamp(15 / static_cast<int>(panel.y.labels.size()), 1, 4);
  }
  return static_cast<int>(std::ceil(0.55 / thinnest));
}

/// One panel in its columns: first how high it is, then where.
class TextPanel {
 public:
  TextPanel(const Panel& panel, int width, double aspect, const TextStyle& style)
      : panel_(panel),
        style_(style),
        width_(width),
        x_(extent_of(panel, panel.x, append_x)),
        y_(extent_of(panel, panel.y, append_y, true)),
        colour_(panel.colour ? extent_of(panel, *panel.colour, append_colour) : Extent{}) {
    std::size_t colours = 0;
    for (const Layer& layer : panel.layers) {
      for (LegendEntry& entry : legend_of(layer, colours)) legend_.push_back(std::move(entry));
      for (std::size_t i = 0; i < colours_of(layer) && !std::holds_alternative<Boxes>(layer); ++i)
        symbols_.push_back(colour_of(colours + i));
      colours += colours_of(layer);
    }
    // Where colours tell series apart, or there is but one, dots are finer than characters.
    if (style.unicode && (style.colours || colours < 2)) symbols_.clear();
    rows_ = std::clamp(static_cast<int>(std::lround(width * aspect * 0.45)), 8, 22);
    if (!panel.y.labels.empty())
      rows_ = std::min(kMostRows, static_cast<int>(panel.y.labels.size()) * rows_of_a_place(panel));
    const Side side(panel.y, y_, rows_ / 3);
    left_ = panel.y.hidden ? 0 : std::min(side.widest, width * 2 / 5) + 1;
    columns_ = std::max(kLeastFrame, width - left_ - 1);
    for (const Layer& layer : panel.layers)
      if (std::holds_alternative<Image>(layer)) rows_ = std::clamp(image_rows(layer), 2, kMostRows);
    lay_out_legend();
    if (!panel.x.hidden && !panel.x.labels.empty()) {
      const Side names(panel.x, x_, 0);
      label_rows_ = std::clamp((names.widest + slot()) / slot(), 1, 3);
    }
  }

  int height() const {
    return head() + rows_ + (panel_.x.hidden ? 0 : 1 + label_rows_) + !panel_.x.name.empty() +
           static_cast<int>(notes_.size()) + panel_.colour.has_value();
  }

  void draw(TextCanvas& canvas, int left, int top) const {
    int y = top;
    if (!panel_.title.empty()) {
      const std::string title = cut(printable(panel_.title), width_);
      canvas.write(left + std::min(left_, width_ - length_of(title)), y++, title);
    }
    if (names_side()) canvas.write(left, y++, cut(printable(panel_.y.name), width_));
    draw_layers(canvas, left + left_, y);
    if (!panel_.y.hidden) draw_side(canvas, left, y);
    y += rows_;
    if (!panel_.x.hidden) {
      draw_bottom(canvas, left + left_, y);
      y += 1 + label_rows_;
    }
    if (!panel_.x.name.empty()) {
      const std::string name = cut(printable(panel_.x.name), columns_);
      canvas.write(left + left_ + (columns_ - length_of(name)) / 2, y++, name);
    }
    if (panel_.colour) draw_colours(canvas, left + left_, y++);
    for (const auto& line : notes_) {
      for (const Note& note : line) draw_note(canvas, left + left_ + note.at, y, note);
      ++y;
    }
  }

 private:
  struct Note {
    int at;
    std::string text;
    const LegendEntry* entry;  ///< null: a word without a sample
  };

  bool names_side() const { return !panel_.y.name.empty() && !panel_.title.starts_with(panel_.y.name); }
  int head() const { return !panel_.title.empty() + names_side(); }
  int slot() const {
    return std::max(1, columns_ / static_cast<int>(std::max<std::size_t>(1, panel_.x.labels.size())));
  }

  Frame frame(int left, int top) const {
    return {{double(left * kDotsAcross), double(top * kDotsDown), double(columns_ * kDotsAcross),
             double(rows_ * kDotsDown)},
            x_,
            y_,
            colour_};
  }

  int image_rows(const Layer& layer) const {
    std::vector<Mark> marks;
    draw_layer(layer, 0, {{0, 0, double(columns_ * kDotsAcross), 1e6}, x_, y_}, marks);
    return marks.empty() ? 0 : static_cast<int>(std::lround(std::get<ImageMark>(marks[0]).box.height / kDotsDown));
  }

  void draw_layers(TextCanvas& canvas, int left, int top) const {
    std::size_t colour = 0;
    for (const Layer& layer : panel_.layers) {
      std::vector<Mark> marks;
      draw_layer(layer, colour, frame(left, top), marks);
      canvas.draw(marks, left, top, columns_, rows_, symbols_);
      colour += colours_of(layer);
    }
  }

  void draw_side(TextCanvas& canvas, int left, int top) const {
    const Side side(panel_.y, y_, rows_ / 3);
    const int line = left + left_ - 1;
    for (int row = 0; row < rows_; ++row) canvas.write(line, top + row, style_.unicode ? "│" : "|");
    int written = -1;
    for (std::size_t i = 0; i < side.at.size(); ++i) {
      const double down = frame(left, top).down_of(side.at[i]) / kDotsDown;
      const int row = std::isnan(down) ? -1 : static_cast<int>(std::floor(down));
      if (row < top || row >= top + rows_ || row == written) continue;
      written = row;
      const std::string text = cut(side.texts[i], left_ - 1);
      canvas.write(line - length_of(text), row, text);
      canvas.write(line, row, style_.unicode ? "┤" : "+");
    }
  }

  void draw_bottom(TextCanvas& canvas, int left, int top) const {
    if (!panel_.y.hidden) canvas.write(left - 1, top, style_.unicode ? "└" : "+");
    for (int i = 0; i < columns_; ++i) canvas.write(left + i, top, style_.unicode ? "─" : "-");
    const bool named = !panel_.x.labels.empty();
    const Side side(panel_.x, x_, columns_ / 8);
    std::vector<int> free_from(static_cast<std::size_t>(label_rows_), left - left_);
    for (std::size_t i = 0; i < side.at.size(); ++i) {
      const double right = frame(left, 0).right_of(side.at[i]) / kDotsAcross;
      if (std::isnan(right)) continue;
      const int column = static_cast<int>(std::floor(right));
      if (column < left || column >= left + columns_) continue;
      const std::string text = named ? cut(side.texts[i], label_rows_ * slot() - 1) : side.texts[i];
      const std::size_t row = i % static_cast<std::size_t>(label_rows_);
      const int end = left + columns_ + 1;
      const int begin = std::max(free_from[row], std::min(column - length_of(text) / 2, end - length_of(text)));
      if (begin + length_of(text) > end || begin > column) continue;  // there is no room for it
      canvas.write(column, top, style_.unicode ? "┬" : "+");
      canvas.write(begin, top + 1 + static_cast<int>(row), text);
      free_from[row] = begin + length_of(text) + 1;
    }
  }

  void draw_colours(TextCanvas& canvas, int left, int top) const {
    constexpr int kSteps = 12;
    const std::string name = cut(printable(panel_.colour->name), std::max(4, columns_ - kSteps - 24));
    const std::string low = fmt::format("{:.4g}", std::min(colour_.low, colour_.high));
    const std::string high = fmt::format("{:.4g}", std::max(colour_.low, colour_.high));
    int x = left;
    canvas.write(x, top, name + ": " + low + " ");
    x += length_of(name) + length_of(low) + 3;
    for (int i = 0; i < kSteps; ++i) {
      const double share = (i + 0.5) / kSteps;
      const double at = x * kDotsAcross, down = top * kDotsDown;
      const Mark step = AreaMark{{{at, down}, {at + 2, down}, {at + 2, down + 4}, {at, down + 4}},
                                 shade_of(colour_.low > colour_.high ? 1 - share : share),
                                 1};
      canvas.draw({step}, x++, top, 1, 1, {});
    }
    canvas.write(x + 1, top, high);
  }

  void draw_note(TextCanvas& canvas, int x, int y, const Note& note) const {
    using Sample = LegendEntry::Sample;
    if (!note.entry) return canvas.write(x, y, note.text);
    const Sample sample = note.entry->sample;
    const bool of_guide = sample == Sample::guide || sample == Sample::band;
    const Rgb colour = of_guide ? kGuideColour : colour_of(note.entry->colour);
    const auto found = std::find(symbols_.begin(), symbols_.end(), colour);
    std::string glyph = style_.unicode ? "●" : "o";
    if (sample == Sample::band)
      glyph = style_.unicode ? "░" : ":";
    else if (sample == Sample::guide)
      glyph = style_.unicode ? "│" : "|";
    else if (found != symbols_.end())
      glyph = canvas.symbol(static_cast<std::size_t>(found - symbols_.begin()));
    else if (sample == Sample::line)
      glyph = style_.unicode ? "─" : "-";
    canvas.write(x, y, glyph, style_.colours ? std::optional(colour) : std::nullopt);
    canvas.write(x + 2, y, note.text);
  }

  /// Entries one after the other, in as many lines as they take.
  void lay_out_legend() {
    if (legend_.empty()) return;
    int x = 0;
    notes_.emplace_back();
    const auto add = [&](const std::string& text, const LegendEntry* entry) {
      const std::string words = cut(printable(text), columns_ - 2);
      const int length = length_of(words) + (entry ? 2 : 0);
      if (x > 0 && x + length > columns_) x = 0, notes_.emplace_back();
      notes_.back().push_back({x, words, entry});
      x += length + 2;
    };
    if (!panel_.legend.empty()) add(panel_.legend, nullptr);
    for (const LegendEntry& entry : legend_) add(entry.name, &entry);
  }

  const Panel& panel_;
  const TextStyle& style_;
  int width_;
  Extent x_, y_, colour_;
  std::vector<LegendEntry> legend_;
  std::vector<Rgb> symbols_;
  int rows_ = 0, columns_ = 0, left_ = 0, label_rows_ = 1;
  std::vector<std::vector<Note>> notes_;
};

bool locale_is_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(name);
    if (!value || !*value) continue;
    std::string text = value;
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
    return text.find("utf-8") != std::string::npos || text.find("utf8") != std::string::npos;
  }
  return false;
}

}  // namespace

TextStyle text_style_of(int descriptor) {
  const char *no_color = std::getenv("NO_COLOR"), *terminal = std::getenv("TERM");
  TextStyle style;
  style.unicode = locale_is_utf8();
  if (!isatty(descriptor)) return style;
  style.colours = !(no_color && *no_color) && !(terminal && std::string(terminal) == "dumb");
  winsize size{};
  if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) style.width = size.ws_col;
  return style;
}

std::string terminal_text(const Figure& figure, const TextStyle& style) {
  const int whole = std::max(kLeastWidth, static_cast<int>(style.width));
  const auto n = static_cast<int>(figure.panels.size());
  const int across = std::max(1, std::min({n, static_cast<int>(figure.across), whole / kPanelWidth}));
  const int width = (whole - kPanelGap * (across - 1)) / across;
  std::vector<TextPanel> panels;
  for (const Panel& panel : figure.panels) panels.emplace_back(panel, width, figure.aspect, style);
  std::string out;
  for (int first = 0; first < n; first += across) {
    const int end = std::min(n, first + across);
    int height = 0;
    for (int i = first; i < end; ++i) height = std::max(height, panels[static_cast<std::size_t>(i)].height());
    TextCanvas canvas(static_cast<std::size_t>(whole), static_cast<std::size_t>(height), style);
    for (int i = first; i < end; ++i)
      panels[static_cast<std::size_t>(i)].draw(canvas, (i - first) * (width + kPanelGap), 0);
    out += (first > 0 ? "\n" : "") + canvas.text();
  }
  return out;
}

}  // namespace ubp
