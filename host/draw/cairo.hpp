// SPDX-License-Identifier: MIT
// Cairo and the font, loaded when the first picture is drawn: linked to the program, they would cost a millisecond or
// more at each start of it, and one starts for every trial.
#pragma once

#include <cairo-ft.h>
#include <cairo.h>

#include <string>

namespace ubp {

/// The functions of libcairo and its FreeType that pictures need, under their own names.
class Cairo {
  void* handle_;  // first: the functions are found in it

  struct Symbol {  // a function of whatever type it is assigned to
    void* address;
    template <class Function>
    operator Function*() const {
      return reinterpret_cast<Function*>(address);
    }
  };
  Symbol find(const char* name) const;

 public:
  /// Never unloaded. Throws Error (usage) if the machine has no library of that name.
  explicit Cairo(const std::string& library);
  static const Cairo& standard();

#define UBP_FOUND(function) decltype(&::function) function = find(#function)
  UBP_FOUND(cairo_arc);
  UBP_FOUND(cairo_clip);
  UBP_FOUND(cairo_close_path);
  UBP_FOUND(cairo_create);
  UBP_FOUND(cairo_destroy);
  UBP_FOUND(cairo_fill);
  UBP_FOUND(cairo_font_options_create);
  UBP_FOUND(cairo_font_options_set_antialias);
  UBP_FOUND(cairo_font_options_set_hint_metrics);
  UBP_FOUND(cairo_font_options_set_hint_style);
  UBP_FOUND(cairo_ft_font_face_create_for_ft_face);
  UBP_FOUND(cairo_get_source);
  UBP_FOUND(cairo_image_surface_create);
  UBP_FOUND(cairo_image_surface_create_from_png_stream);
  UBP_FOUND(cairo_image_surface_get_data);
  UBP_FOUND(cairo_image_surface_get_height);
  UBP_FOUND(cairo_image_surface_get_stride);
  UBP_FOUND(cairo_image_surface_get_width);
  UBP_FOUND(cairo_line_to);
  UBP_FOUND(cairo_move_to);
  UBP_FOUND(cairo_new_path);
  UBP_FOUND(cairo_paint);
  UBP_FOUND(cairo_pattern_set_filter);
  UBP_FOUND(cairo_rectangle);
  UBP_FOUND(cairo_rel_move_to);
  UBP_FOUND(cairo_restore);
  UBP_FOUND(cairo_rotate);
  UBP_FOUND(cairo_save);
  UBP_FOUND(cairo_scale);
  UBP_FOUND(cairo_scaled_font_create);
  UBP_FOUND(cairo_scaled_font_text_extents);
  UBP_FOUND(cairo_set_font_face);
  UBP_FOUND(cairo_set_font_options);
  UBP_FOUND(cairo_set_font_size);
  UBP_FOUND(cairo_set_line_cap);
  UBP_FOUND(cairo_set_line_join);
  UBP_FOUND(cairo_set_line_width);
  UBP_FOUND(cairo_set_source_rgba);
  UBP_FOUND(cairo_set_source_surface);
  UBP_FOUND(cairo_show_text);
  UBP_FOUND(cairo_status);
  UBP_FOUND(cairo_status_to_string);
  UBP_FOUND(cairo_stroke);
  UBP_FOUND(cairo_surface_destroy);
  UBP_FOUND(cairo_surface_flush);
  UBP_FOUND(cairo_surface_mark_dirty);
  UBP_FOUND(cairo_surface_status);
  UBP_FOUND(cairo_surface_write_to_png_stream);
  UBP_FOUND(cairo_translate);
  UBP_FOUND(FT_Done_FreeType);
  UBP_FOUND(FT_Init_FreeType);
  UBP_FOUND(FT_New_Face);
#undef UBP_FOUND
};

/// A font from its file, so that no one's settings change a picture. Never freed: Cairo keeps what it has drawn with.
class Typeface {
 public:
  /// Throws Error (usage) if the file is missing or no font.
  explicit Typeface(const std::string& file);
  static const Typeface& standard();  ///< DejaVu Sans

  double width(const std::string& text, double size) const;  ///< REQUIRES: UTF-8
  cairo_font_face_t* face() const { return face_; }
  const cairo_font_options_t* options() const { return options_; }

 private:
  cairo_font_face_t* face_;
  cairo_font_options_t* options_;
  cairo_scaled_font_t* measure_;
};

}  // namespace ubp
