// SPDX-License-Identifier: MIT
// Pixels to PNG (libpng), numbers to NPY (NumPy format 1.0).
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <vector>

namespace ubp {

/// An RGB canvas, white at first. Values are 0..1 and clamped; positions outside are ignored.
class Picture {
 public:
  Picture(std::int64_t width, std::int64_t height);
  std::int64_t width() const { return width_; }
  std::int64_t height() const { return height_; }
  void set(std::int64_t x, std::int64_t y, std::array<double, 3> rgb);
  /// Throws Error (internal) naming the file.
  void write(const std::filesystem::path&) const;

 private:
  std::int64_t width_, height_;
  std::vector<std::uint8_t> bytes_;
};

/// Doubles in C order. Throws Error (internal) naming the file.
void write_npy(const std::filesystem::path&, const std::vector<double>& values, const std::vector<std::int64_t>& shape);

}  // namespace ubp
