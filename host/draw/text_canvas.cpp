// SPDX-License-Identifier: MIT
#include "draw/text_canvas.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "draw/png.hpp"
#include "draw/text.hpp"

namespace ubp {
namespace {

constexpr Rgb kPaper{0xff, 0xff, 0xff};  // what is covered by it, is gone
constexpr double kFaint = 0.35;          // less opaque areas leave what lies in them

/// From dark to light: how much ink a colour is on paper.
double lightness(Rgb c) { return (0.299 * c.red + 0.587 * c.green + 0.114 * c.blue) / 255; }

std::string braille(unsigned dots) {
  const unsigned code = 0x2800 + dots;
  return {static_cast<char>(0xe0 | code >> 12), static_cast<char>(0x80 | (code >> 6 & 63)),
          static_cast<char>(0x80 | (code & 63))};
}

/// Of the 256 colours of terminals, the nearest of the cube of six steps.
int colour_256(Rgb c) {
  const auto step = [](std::uint8_t part) { return part < 48 ? 0 : part < 115 ? 1 : (part - 35) / 40; };
  return 16 + 36 * step(c.red) + 6 * step(c.green) + step(c.blue);
}

std::vector<std::string> characters_of(const std::string& text) {
  std::vector<std::string> all;
  for (const char c : text) {
    if ((static_cast<std::uint8_t>(c) & 0xc0) == 0x80 && !all.empty())
      all.back() += c;
    else
      all.emplace_back(1, c);
  }
  return all;
}

/// "1.5×10⁶" as "1.5e6", "10⁻³" as "1e-3".
std::string ascii(const std::string& text) {
  static const std::vector<std::string> kRaised = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹", "⁻"};
  const std::vector<std::string> all = characters_of(text);
  const auto raised = [&](std::size_t i) {
    return i < all.size() ? std::find(kRaised.begin(), kRaised.end(), all[i]) - kRaised.begin() : 11;
  };
  std::string out;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::size_t times = all[i] == "×" ? 1 : 0;
    const bool ten =
        i + times + 2 < all.size() && all[i + times] == "1" && all[i + times + 1] == "0" && raised(i + times + 2) < 11;
    if (ten) {
      out += times > 0 ? "e" : "1e";
      for (i += times + 2; raised(i) < 11; ++i) out += raised(i) == 10 ? '-' : static_cast<char>('0' + raised(i));
      --i;
    } else if (all[i].size() == 1) {
      out += all[i];
    } else {
      out += all[i] == "−" ? "-" : all[i] == "…" ? "~" : all[i] == "×" ? "x" : "?";
    }
  }
  return out;
}

}  // namespace

TextCanvas::TextCanvas(std::size_t width, std::size_t height, const TextStyle& style)
    : width_(width), height_(height), style_(style), cells_(width * height) {}

void TextCanvas::write(int x, int y, const std::string& text, std::optional<Rgb> colour) {
  for (const std::string& character : characters_of(style_.unicode ? text : ascii(text))) {
    if (x >= 0 && y >= 0 && x < static_cast<int>(width_) && y < static_cast<int>(height_))
      cells_[static_cast<std::size_t>(y) * width_ + static_cast<std::size_t>(x)] = {character, 0, colour};
    ++x;
  }
}

std::string TextCanvas::symbol(std::size_t n) const {
  static const std::vector<std::string> kPlain = {"o", "x", "+", "*", "#", "@", "%", "&", "=", "$"},
                                        kUnicode = {"●", "○", "▲", "△", "■", "□", "◆", "◇", "★", "☆"};
  const auto& all = style_.unicode ? kUnicode : kPlain;
  return all[n % all.size()];
}

TextCanvas::Cell* TextCanvas::cell_at(const Window& window, double x, double y) {
  if (std::isnan(x) || std::isnan(y)) return nullptr;
  const double column = std::floor(x / kDotsAcross), row = std::floor(y / kDotsDown);
  if (column < window.left || column >= window.left + window.width || row < window.top ||
      row >= window.top + window.height)
    return nullptr;
  return &cells_[static_cast<std::size_t>(row) * width_ + static_cast<std::size_t>(column)];
}

void TextCanvas::put(Cell& cell, const std::string& glyph, Rgb colour) { cell = {glyph, 0, colour}; }

std::string TextCanvas::shade_glyph(Rgb colour) const {
  static const std::vector<std::string> kPlain = {"@", "#", "*", "+", "-", "."}, kUnicode = {"█", "▓", "▒", "░"};
  if (style_.colours) return style_.unicode ? "█" : "#";
  const auto& all = style_.unicode ? kUnicode : kPlain;
  const auto n = static_cast<double>(all.size());
  return all[static_cast<std::size_t>(std::min(n - 1, lightness(colour) * n))];
}

void TextCanvas::dot(const Window& window, double x, double y, Rgb colour) {
  Cell* cell = cell_at(window, x, y);
  if (!cell) return;
  const auto found = std::find(window.symbols.begin(), window.symbols.end(), colour);
  if (found != window.symbols.end())
    return put(*cell, symbol(static_cast<std::size_t>(found - window.symbols.begin())), colour);
  if (colour == kInk && cell->glyph != " ") return;  // a whisker before its bar, whose end would be lost
  if (!style_.unicode) return put(*cell, ".", colour);
  static constexpr unsigned kBits[kDotsDown][kDotsAcross] = {{1, 8}, {2, 16}, {4, 32}, {64, 128}};
  const unsigned bit = kBits[static_cast<int>(y) % kDotsDown][static_cast<int>(x) % kDotsAcross];
  *cell = {" ", cell->dots | bit, colour};
}

void TextCanvas::line(const Window& window, Place from, Place to, Rgb colour) {
  const double steps = std::ceil(std::max(std::abs(to.x - from.x), std::abs(to.y - from.y)));
  if (!(steps < 1e6)) return;
  for (double i = 0; i <= steps; ++i) {
    const double part = steps > 0 ? i / steps : 0;
    dot(window, from.x + part * (to.x - from.x), from.y + part * (to.y - from.y), colour);
  }
}

/// Cells whose middle is within; of a polygon that is thinner than a cell, those on its middle line.
void TextCanvas::fill(const Window& window, const std::vector<Place>& outline, Rgb colour, double opacity) {
  double low = INFINITY, high = -INFINITY, left = INFINITY, right = -INFINITY;
  for (const Place& p : outline) {
    low = std::min(low, p.y), high = std::max(high, p.y);
    left = std::min(left, p.x), right = std::max(right, p.x);
  }
  const bool faint = opacity < kFaint;
  const auto cover = [&](double x, double y) {
    Cell* cell = cell_at(window, x, y);
    if (!cell || (faint && (cell->dots || cell->glyph != " "))) return;
    const auto found = std::find(window.symbols.begin(), window.symbols.end(), colour);
    if (faint && found != window.symbols.end()) return;  // bands of several series could not be told apart
    if (colour == kPaper)
      put(*cell, " ", colour);
    else if (faint)
      put(*cell, style_.unicode ? "░" : ":", colour);
    else if (found != window.symbols.end())
      put(*cell, symbol(static_cast<std::size_t>(found - window.symbols.begin())), colour);
    else
      put(*cell, shade_glyph(colour), colour);
  };
  const auto first = [](double from, int dots) { return (std::floor(from / dots) + 0.5) * dots; };
  const double bottom = (window.top + window.height) * kDotsDown, edge = (window.left + window.width) * kDotsAcross;
  if (high - low < kDotsDown && right - left > kDotsAcross) {  // a thin one that lies
    for (double x = first(std::max(0.0, left), kDotsAcross); x < std::min(right, edge); x += kDotsAcross)
      cover(x, (low + high) / 2);
    return;
  }
  if (right - left < kDotsAcross && outline.size() == 4) {  // a thin one that stands
    for (double y = first(std::max(0.0, low), kDotsDown); y < std::min(high, bottom); y += kDotsDown)
      cover((left + right) / 2, y);
    return;
  }
  for (double y = first(std::max(0.0, low), kDotsDown); y < std::min(high, bottom); y += kDotsDown) {
    std::vector<double> crossings;
    for (std::size_t i = 0; i < outline.size(); ++i) {
      const Place &a = outline[i], &b = outline[(i + 1) % outline.size()];
      if ((a.y <= y) != (b.y <= y)) crossings.push_back(a.x + (y - a.y) / (b.y - a.y) * (b.x - a.x));
    }
    std::sort(crossings.begin(), crossings.end());
    for (std::size_t i = 0; i + 1 < crossings.size(); i += 2)
      for (double x = first(std::max(0.0, crossings[i]), kDotsAcross); x < std::min(crossings[i + 1], edge);
           x += kDotsAcross)
        if (x >= crossings[i]) cover(x, y);
  }
}

void TextCanvas::image(const Window& window, const ImageMark& mark) {
  const Pixels pixels = pixels_of(mark.png);
  if (pixels.colours.empty()) return;
  for (int row = window.top; row < window.top + window.height; ++row)
    for (int column = window.left; column < window.left + window.width; ++column) {
      const double x = (column + 0.5) * kDotsAcross, y = (row + 0.5) * kDotsDown;
      const double across = (x - mark.box.left) / mark.box.width, down = (y - mark.box.top) / mark.box.height;
      if (across < 0 || across >= 1 || down < 0 || down >= 1) continue;
      const auto at = [](double share, std::size_t n) { return static_cast<std::size_t>(share * double(n)); };
      const Rgb colour = pixels.colours[at(down, pixels.height) * pixels.width + at(across, pixels.width)];
      if (Cell* cell = cell_at(window, x, y)) put(*cell, shade_glyph(colour), colour);
    }
}

void TextCanvas::draw(const std::vector<Mark>& marks, int left, int top, int width, int height,
                      const std::vector<Rgb>& symbols) {
  const Window window{left, top, width, height, symbols};
  for (const Mark& mark : marks) {
    if (const auto* stroke = std::get_if<LineMark>(&mark)) {
      for (std::size_t i = 1; i < stroke->points.size(); ++i)
        line(window, stroke->points[i - 1], stroke->points[i], stroke->colour);
    } else if (const auto* area = std::get_if<AreaMark>(&mark)) {
      fill(window, area->outline, area->colour, area->opacity);
    } else if (const auto* point = std::get_if<DotMark>(&mark)) {
      dot(window, point->centre.x, point->centre.y, point->colour);
    } else if (const auto* text = std::get_if<TextMark>(&mark)) {
      const double middle = text->at.y - 0.36 * text->size;  // of the letters above their line
      if (cell_at(window, text->at.x, middle))
        write(static_cast<int>(text->at.x) / kDotsAcross, static_cast<int>(middle) / kDotsDown, text->text);
    } else {
      image(window, std::get<ImageMark>(mark));
    }
  }
}

std::string TextCanvas::text() const {
  std::string out;
  for (std::size_t y = 0; y < height_; ++y) {
    std::string line;
    std::size_t end = 0;  // of what is no blank
    std::optional<Rgb> pen;
    for (std::size_t x = 0; x < width_; ++x) {
      const Cell& cell = cells_[y * width_ + x];
      const bool blank = cell.dots == 0 && cell.glyph == " ";
      if (style_.colours && !blank && cell.colour != pen) {
        line += cell.colour ? fmt::format("\033[38;5;{}m", colour_256(*cell.colour)) : "\033[0m";
        pen = cell.colour;
      }
      line += cell.dots ? braille(cell.dots) : cell.glyph;
      if (!blank) end = line.size();
    }
    line.resize(end);
    out += line + (pen ? "\033[0m\n" : "\n");
  }
  return out;
}

}  // namespace ubp
