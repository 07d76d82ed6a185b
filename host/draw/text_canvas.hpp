// SPDX-License-Identifier: MIT
// A grid of characters on which strokes are drawn.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "draw/drawing.hpp"
#include "draw/terminal.hpp"

namespace ubp {

/// Where a place lies: each character is kDotsAcross x kDotsDown dots, counted from the left and top edge.
constexpr int kDotsAcross = 2, kDotsDown = 4;

class TextCanvas {
 public:
  TextCanvas(std::size_t width, std::size_t height, const TextStyle&);

  /// One character a cell; what is outside is cut off. Without Unicode, letters of other alphabets become "?", and
  /// powers of ten "1e6".
  void write(int x, int y, const std::string& text, std::optional<Rgb> colour = {});
  /// Strokes in dots, within the cells from (left, top) on. `symbols`: of strokes of these colours a character each, in
  /// this order, in place of dots.
  void draw(const std::vector<Mark>&, int left, int top, int width, int height, const std::vector<Rgb>& symbols);
  /// The character of the n-th of them.
  std::string symbol(std::size_t n) const;

  /// Lines without blanks at their ends.
  std::string text() const;

 private:
  struct Cell {
    std::string glyph = " ";
    unsigned dots = 0;  // of braille
    std::optional<Rgb> colour = {};
  };
  struct Window {
    int left, top, width, height;
    const std::vector<Rgb>& symbols;
  };
  Cell* cell_at(const Window&, double x, double y);
  void dot(const Window&, double x, double y, Rgb);
  void line(const Window&, Place from, Place to, Rgb);
  void fill(const Window&, const std::vector<Place>& outline, Rgb, double opacity);
  void image(const Window&, const ImageMark&);
  void put(Cell&, const std::string& glyph, Rgb);
  std::string shade_glyph(Rgb) const;

  std::size_t width_, height_;
  TextStyle style_;
  std::vector<Cell> cells_;
};

}  // namespace ubp
