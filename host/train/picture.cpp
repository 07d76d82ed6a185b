// SPDX-License-Identifier: MIT
#include "train/picture.hpp"

#include <png.h>

#include <algorithm>
#include <cmath>
#include <fstream>

#include "base/error.hpp"

namespace ubp {

Picture::Picture(std::int64_t width, std::int64_t height)
    : width_(width), height_(height), bytes_(static_cast<std::size_t>(width * height * 3), 255) {}

void Picture::set(std::int64_t x, std::int64_t y, std::array<double, 3> rgb) {
  if (x < 0 || y < 0 || x >= width_ || y >= height_) return;
  for (std::size_t c = 0; c < 3; ++c) {
    const double v = std::isnan(rgb[c]) ? 0 : std::clamp(rgb[c], 0.0, 1.0);
    bytes_[static_cast<std::size_t>((y * width_ + x) * 3) + c] = static_cast<std::uint8_t>(std::lround(v * 255));
  }
}

void Picture::write(const std::filesystem::path& file) const {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(width_);
  image.height = static_cast<png_uint_32>(height_);
  image.format = PNG_FORMAT_RGB;
  if (!png_image_write_to_file(&image, file.c_str(), 0, bytes_.data(), 0, nullptr))
    fail(Exit::internal, "{}: cannot be written: {}", file.string(), image.message);
}

void write_npy(const std::filesystem::path& file, const std::vector<double>& values,
               const std::vector<std::int64_t>& shape) {
  std::string dims;
  for (std::int64_t d : shape) dims += fmt::format("{}, ", d);
  std::string header = fmt::format("{{'descr': '<f8', 'fortran_order': False, 'shape': ({}), }}", dims);
  header += std::string(64 - (10 + header.size() + 1) % 64, ' ') + "\n";
  std::ofstream out(file, std::ios::binary);
  const auto length = static_cast<std::uint16_t>(header.size());
  out.write("\x93NUMPY\x01\x00", 8);
  out.write(reinterpret_cast<const char*>(&length), sizeof length);
  out << header;
  out.write(reinterpret_cast<const char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(double)));
  out.close();
  if (!out) fail(Exit::internal, "{}: cannot be written", file.string());
}

}  // namespace ubp
