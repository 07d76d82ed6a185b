// SPDX-License-Identifier: MIT
#include "draw/cairo.hpp"

#include <dlfcn.h>

#include <new>

#include "base/error.hpp"

namespace ubp {
namespace {

constexpr double kMeasured = 1000;  // points: the size at which widths are taken

void* open_library(const std::string& library) {
  void* handle = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle) fail(Exit::usage, "{}: pictures need Cairo: {}; install libcairo2", library, dlerror());
  return handle;
}

}  // namespace

Cairo::Cairo(const std::string& library) : handle_(open_library(library)) {}

const Cairo& Cairo::standard() {
  static const Cairo cairo("libcairo.so.2");
  return cairo;
}

Cairo::Symbol Cairo::find(const char* name) const {
  void* address = dlsym(handle_, name);  // looks in what the library itself has loaded, too: FreeType
  if (!address) fail(Exit::usage, "{}: pictures need a Cairo that has it: {}", name, dlerror());
  return {address};
}

Typeface::Typeface(const std::string& file) {
  const Cairo& cairo = Cairo::standard();
  FT_Library library;
  FT_Face face;
  if (cairo.FT_Init_FreeType(&library)) throw std::bad_alloc();  // its only failure
  if (cairo.FT_New_Face(library, file.c_str(), 0, &face)) {
    cairo.FT_Done_FreeType(library);
    fail(Exit::usage, "{}: pictures need this font, which is missing or damaged; install fonts-dejavu-core", file);
  }
  face_ = cairo.cairo_ft_font_face_create_for_ft_face(face, 0);
  options_ = cairo.cairo_font_options_create();  // letters of the same widths at every size, grey at their edges
  cairo.cairo_font_options_set_hint_style(options_, CAIRO_HINT_STYLE_NONE);
  cairo.cairo_font_options_set_hint_metrics(options_, CAIRO_HINT_METRICS_OFF);
  cairo.cairo_font_options_set_antialias(options_, CAIRO_ANTIALIAS_GRAY);
  const cairo_matrix_t size{kMeasured, 0, 0, kMeasured, 0, 0}, one{1, 0, 0, 1, 0, 0};
  measure_ = cairo.cairo_scaled_font_create(face_, &size, &one, options_);
}

const Typeface& Typeface::standard() {
  static const Typeface typeface(UBP_FONT);
  return typeface;
}

double Typeface::width(const std::string& text, double size) const {
  cairo_text_extents_t extents;
  Cairo::standard().cairo_scaled_font_text_extents(measure_, text.c_str(), &extents);
  return extents.x_advance * size / kMeasured;
}

}  // namespace ubp
