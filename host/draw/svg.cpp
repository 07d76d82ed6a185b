// SPDX-License-Identifier: MIT
#include "draw/svg.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <iterator>
#include <utility>

#include "base/text.hpp"
#include "draw/layout.hpp"
#include "draw/text.hpp"

namespace ubp {
namespace {

std::string hex(Rgb colour) { return fmt::format("#{:02x}{:02x}{:02x}", colour.red, colour.green, colour.blue); }

/// Appends marks as elements.
struct Writer {
  std::string out;

  template <class... Args>
  void add(fmt::format_string<Args...> text, Args&&... args) {
    fmt::format_to(std::back_inserter(out), text, std::forward<Args>(args)...);
  }
  void places(const std::vector<Place>& points) {
    for (const Place& p : points) add("{}{:.2f},{:.2f}", &p == points.data() ? "" : " ", p.x, p.y);
  }
  /// The attributes that tell of whom an element is.
  void data(const Subject& subject) {
    for (const auto& [name, value] : {std::pair("config", &subject.config), std::pair("trial", &subject.trial)})
      if (!value->empty()) add(" data-{}=\"{}\"", name, escaped(*value));
  }
  void end(const Subject& subject, const char* element) {
    if (subject.title.empty())
      out += "/>\n";
    else
      add("><title>{}</title></{}>\n", escaped(subject.title), element);
  }
  void operator()(const LineMark& line) {
    add("<polyline fill=\"none\" stroke=\"{}\" stroke-width=\"{:.2f}\" stroke-linejoin=\"round\" points=\"",
        hex(line.colour), line.width);
    places(line.points);
    out += '"';
    if (line.opacity < 1) add(" stroke-opacity=\"{:.2f}\"", line.opacity);
    data(line.subject);
    end(line.subject, "polyline");
  }
  void operator()(const AreaMark& area) {
    add("<polygon fill=\"{}\" fill-opacity=\"{:.2f}\" points=\"", hex(area.colour), area.opacity);
    places(area.outline);
    out += '"';
    data(area.subject);
    end(area.subject, "polygon");
  }
  void operator()(const DotMark& dot) {
    add("<circle cx=\"{:.2f}\" cy=\"{:.2f}\" r=\"{:.2f}\" fill=\"{}\" fill-opacity=\"{:.2f}\"", dot.centre.x,
        dot.centre.y, dot.radius, hex(dot.colour), dot.opacity);
    data(dot.subject);
    end(dot.subject, "circle");
  }
  void operator()(const TextMark& text) {
    static const char* const kAnchors[] = {"start", "middle", "end"};
    add("<text x=\"{0:.2f}\" y=\"{1:.2f}\" font-size=\"{2:.2f}\" text-anchor=\"{3}\"", text.at.x, text.at.y, text.size,
        kAnchors[static_cast<int>(text.anchor)]);
    if (text.upwards) add(" transform=\"rotate(-90 {:.2f} {:.2f})\"", text.at.x, text.at.y);
    add(">{}</text>\n", escaped(text.text));
  }
  void operator()(const ImageMark& image) {
    add("<image x=\"{:.2f}\" y=\"{:.2f}\" width=\"{:.2f}\" height=\"{:.2f}\" "
        "style=\"image-rendering:pixelated\" xlink:href=\"data:image/png;base64,{}\"",
        image.box.left, image.box.top, image.box.width, image.box.height, base64(image.png));
    data(image.subject);
    end(image.subject, "image");
  }
  // An inner <svg> cuts off what leaves it and, unlike a <clipPath>, needs no id, which two figures of a page might
  // share.
  void operator()(const MarkGroup& group) {
    if (group.clip)
      add("<svg x=\"{0:.2f}\" y=\"{1:.2f}\" width=\"{2:.2f}\" height=\"{3:.2f}\" viewBox=\"{0:.2f} {1:.2f} {2:.2f} "
          "{3:.2f}\">\n",
          group.clip->left, group.clip->top, group.clip->width, group.clip->height);
    for (const Mark& mark : group.marks) std::visit(*this, mark);
    if (group.clip) out += "</svg>\n";
  }
};

}  // namespace

std::string svg(const Figure& figure) {
  std::string words;  // for those who do not see it
  for (const Panel& panel : figure.panels)
    if (!panel.title.empty()) words += (words.empty() ? "" : "; ") + escaped(printable(panel.title));
  const Drawing drawing = lay_out(figure).drawing;
  Writer writer;
  // Verdana has the widths of DejaVu Sans and is where that is not.
  writer.add(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" "
      "xmlns:xlink=\"http://www.w3.org/1999/xlink\" width=\"{0:.2f}pt\" "
      "height=\"{1:.2f}pt\" viewBox=\"0 0 {0:.2f} {1:.2f}\" role=\"img\" "
      "aria-label=\"{3}\" font-family=\"'DejaVu Sans', Verdana, sans-serif\" "
      "fill=\"{2}\">\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n",
      drawing.width, drawing.height, hex(kInk), words);
  for (const MarkGroup& group : drawing.groups) writer(group);
  return writer.out + "</svg>\n";
}

}  // namespace ubp
