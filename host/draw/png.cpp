// SPDX-License-Identifier: MIT
#include "draw/png.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <numbers>
#include <string_view>

#include "base/error.hpp"
#include "draw/cairo.hpp"
#include "draw/layout.hpp"

namespace ubp {
namespace {

constexpr double kScale = kDotsPerInch / 72;

void require_ok(cairo_status_t status) {
  if (status != CAIRO_STATUS_SUCCESS)
    fail(Exit::internal, "a picture cannot be drawn: {}", Cairo::standard().cairo_status_to_string(status));
}

/// Pixels, white at first.
class Surface {
 public:
  Surface(std::size_t width, std::size_t height)
      : surface_(
            cairo_.cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(width), static_cast<int>(height)),
            cairo_.cairo_surface_destroy) {
    require_ok(cairo_.cairo_surface_status(get()));
    std::fill_n(data(), height * stride(), std::uint8_t{255});
    cairo_.cairo_surface_mark_dirty(get());
  }
  /// What the bytes of a PNG file show.
  explicit Surface(std::string_view png) : surface_(read(png), cairo_.cairo_surface_destroy) {}

  cairo_surface_t* get() const { return surface_.get(); }
  bool is_whole() const { return cairo_.cairo_surface_status(get()) == CAIRO_STATUS_SUCCESS && width() > 0; }
  std::size_t width() const { return static_cast<std::size_t>(cairo_.cairo_image_surface_get_width(get())); }
  std::size_t height() const { return static_cast<std::size_t>(cairo_.cairo_image_surface_get_height(get())); }
  /// REQUIRES: within.
  Rgb at(std::size_t x, std::size_t y) const {
    std::uint32_t pixel;
    std::memcpy(&pixel, data() + y * stride() + x * sizeof pixel, sizeof pixel);
    const auto part = [pixel](int shift) { return static_cast<std::uint8_t>(pixel >> shift & 255); };
    return {part(16), part(8), part(0)};
  }

  /// REQUIRES: within.
  void set(std::size_t x, std::size_t y, Rgb colour) {
    const std::uint32_t pixel = colour.red << 16 | colour.green << 8 | colour.blue;
    std::memcpy(data() + y * stride() + x * sizeof pixel, &pixel, sizeof pixel);
  }

  std::string file() const {
    cairo_.cairo_surface_mark_dirty(get());
    std::string bytes;
    const auto append = [](void* to, const unsigned char* data, unsigned int length) {
      static_cast<std::string*>(to)->append(reinterpret_cast<const char*>(data), length);
      return CAIRO_STATUS_SUCCESS;
    };
    require_ok(cairo_.cairo_surface_write_to_png_stream(get(), append, &bytes));
    return bytes;
  }

 private:
  std::uint8_t* data() const { return cairo_.cairo_image_surface_get_data(get()); }
  std::size_t stride() const { return static_cast<std::size_t>(cairo_.cairo_image_surface_get_stride(get())); }

  static cairo_surface_t* read(std::string_view png) {
    const auto next = [](void* from, unsigned char* to, unsigned int length) {
      auto& left = *static_cast<std::string_view*>(from);
      if (length > left.size()) return CAIRO_STATUS_READ_ERROR;
      std::memcpy(to, left.data(), length);
      left.remove_prefix(length);
      return CAIRO_STATUS_SUCCESS;
    };
    return Cairo::standard().cairo_image_surface_create_from_png_stream(next, &png);
  }

  const Cairo& cairo_ = Cairo::standard();
  std::unique_ptr<cairo_surface_t, decltype(&cairo_surface_destroy)> surface_;
};

/// Draws marks on a surface, points to pixels.
class Painter {
 public:
  explicit Painter(const Surface& surface) : context_(cairo_.cairo_create(surface.get()), cairo_.cairo_destroy) {
    cairo_.cairo_scale(pen_, kScale, kScale);
    cairo_.cairo_set_line_join(pen_, CAIRO_LINE_JOIN_ROUND);
    cairo_.cairo_set_line_cap(pen_, CAIRO_LINE_CAP_BUTT);
    cairo_.cairo_set_font_face(pen_, Typeface::standard().face());
    cairo_.cairo_set_font_options(pen_, Typeface::standard().options());
  }

  void draw(const MarkGroup& group) {
    cairo_.cairo_save(pen_);
    if (const auto& clip = group.clip) {
      cairo_.cairo_rectangle(pen_, clip->left, clip->top, clip->width, clip->height);
      cairo_.cairo_clip(pen_);
    }
    for (const Mark& mark : group.marks) std::visit([this](const auto& m) { draw(m); }, mark);
    cairo_.cairo_restore(pen_);
    require_ok(cairo_.cairo_status(pen_));
  }

 private:
  void draw(const LineMark& line) {
    path(line.points);
    colour(line.colour, line.opacity);
    cairo_.cairo_set_line_width(pen_, line.width);
    cairo_.cairo_stroke(pen_);
  }
  void draw(const AreaMark& area) {
    path(area.outline);
    cairo_.cairo_close_path(pen_);
    colour(area.colour, area.opacity);
    cairo_.cairo_fill(pen_);
  }
  void draw(const DotMark& dot) {
    cairo_.cairo_arc(pen_, dot.centre.x, dot.centre.y, dot.radius, 0, 2 * std::numbers::pi);
    colour(dot.colour, dot.opacity);
    cairo_.cairo_fill(pen_);
  }
  void draw(const TextMark& text) {
    const double width = Typeface::standard().width(text.text, text.size);
    const double back = text.anchor == TextMark::Anchor::start ? 0
                        : text.anchor == TextMark::Anchor::end ? width
                                                               : width / 2;
    cairo_.cairo_save(pen_);
    colour(kInk, 1);
    cairo_.cairo_set_font_size(pen_, text.size);
    cairo_.cairo_move_to(pen_, text.at.x, text.at.y);
    if (text.upwards) cairo_.cairo_rotate(pen_, -std::numbers::pi / 2);
    cairo_.cairo_rel_move_to(pen_, -back, 0);
    cairo_.cairo_show_text(pen_, text.text.c_str());
    cairo_.cairo_restore(pen_);
    cairo_.cairo_new_path(pen_);  // the text's end would begin the next one
  }
  void draw(const ImageMark& image) {
    const Surface pixels(image.png);
    if (!pixels.is_whole()) return;
    cairo_.cairo_save(pen_);
    cairo_.cairo_translate(pen_, image.box.left, image.box.top);
    const double scale = image.box.width / static_cast<double>(pixels.width());
    cairo_.cairo_scale(pen_, scale, scale);
    cairo_.cairo_set_source_surface(pen_, pixels.get(), 0, 0);
    cairo_.cairo_pattern_set_filter(cairo_.cairo_get_source(pen_), CAIRO_FILTER_NEAREST);
    cairo_.cairo_paint(pen_);
    cairo_.cairo_restore(pen_);
  }
  void path(const std::vector<Place>& points) {
    for (const Place& p : points) cairo_.cairo_line_to(pen_, p.x, p.y);  // the first one begins the path
  }
  void colour(Rgb rgb, double opacity) {
    cairo_.cairo_set_source_rgba(pen_, rgb.red / 255.0, rgb.green / 255.0, rgb.blue / 255.0, opacity);
  }

  const Cairo& cairo_ = Cairo::standard();
  std::unique_ptr<cairo_t, decltype(&cairo_destroy)> context_;
  cairo_t* const pen_ = context_.get();
};

// Says the picture's size on paper: a pHYs chunk of 7874 pixels a metre behind the header; Cairo writes none.
std::string with_resolution(std::string file) {
  static_assert(kDotsPerInch == 200, "the chunk's numbers and its check sum");
  constexpr char kChunk[] = "\0\0\0\x09pHYs\0\0\x1e\xc2\0\0\x1e\xc2\x01\x6e\xd0\x75\x3e";
  return file.insert(8 + 25, kChunk, sizeof kChunk - 1);
}

}  // namespace

std::string png(const Figure& figure) {
  const Drawing drawing = lay_out(figure).drawing;
  const Surface surface(static_cast<std::size_t>(std::ceil(drawing.width * kScale)),
                        static_cast<std::size_t>(std::ceil(drawing.height * kScale)));
  Painter painter(surface);
  for (const MarkGroup& group : drawing.groups) painter.draw(group);
  return with_resolution(surface.file());
}

std::string png(const ImageGrid& grid) {
  const std::size_t n = grid.images.size(), across = std::min(n, grid.across), lines = (n + across - 1) / across;
  Surface surface(across * (grid.width + 1) - 1, lines * (grid.height + 1) - 1);
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t left = i % across * (grid.width + 1), top = i / across * (grid.height + 1);
    for (std::size_t at = 0; !grid.images[i].empty() && at < grid.width * grid.height; ++at) {
      const auto channel = [&](std::size_t c) {
        const double v = grid.images[i][std::min(c, grid.channels - 1) * grid.width * grid.height + at];
        return static_cast<std::uint8_t>(std::lround(255 * (std::isnan(v) ? 0 : std::clamp(v, 0.0, 1.0))));
      };
      surface.set(left + at % grid.width, top + at / grid.width, {channel(0), channel(1), channel(2)});
    }
  }
  return surface.file();
}

std::pair<double, double> png_size(const std::string& png) {
  if (png.size() < 24 || png.compare(1, 3, "PNG") != 0) return {0, 0};
  const auto number = [&](std::size_t at) {
    std::uint32_t all = 0;
    for (std::size_t i = 0; i < 4; ++i) all = all << 8 | static_cast<std::uint8_t>(png[at + i]);
    return static_cast<double>(all);
  };
  return {number(16), number(20)};
}

Pixels pixels_of(const std::string& png) {
  const Surface surface(png);
  Pixels all;
  if (!surface.is_whole()) return all;
  all.width = surface.width(), all.height = surface.height();
  for (std::size_t y = 0; y < all.height; ++y)
    for (std::size_t x = 0; x < all.width; ++x) all.colours.push_back(surface.at(x, y));
  return all;
}

void require_drawing() { Typeface::standard(); }

}  // namespace ubp
