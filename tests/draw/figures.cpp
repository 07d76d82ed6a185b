// SPDX-License-Identifier: MIT
// A figure's points, curves, bands and words lie where they belong, in the PNG as in the SVG.
#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <cmath>

#include "decoded.hpp"
#include "draw/cairo.hpp"
#include "draw/layers.hpp"
#include "draw/layout.hpp"
#include "draw/png.hpp"
#include "draw/svg.hpp"
#include "draw/text.hpp"

namespace {

using namespace ubp;
using testing::Decoded;
using testing::kWhite;

/// Of a figure: its pixels, and where its numbers lie among them.
struct Drawn {
  explicit Drawn(const Figure& figure) : layout(lay_out(figure)), pixels(png(figure)) {}
  Rgb at(double x, double y, std::size_t panel = 0) const {
    const auto pixel = [](double points) { return static_cast<int>(points * kDotsPerInch / 72); };
    return pixels.at(pixel(layout.frames[panel].right_of(x)), pixel(layout.frames[panel].down_of(y)));
  }
  Layout layout;
  Decoded pixels;
};

Panel panel_of(Layer layer) { return {"title", {"across"}, {"up"}, {std::move(layer)}, ""}; }

const Curve kFalling{"", {10, 20, 30}, {3, 2, 1}, {}, {}};

std::size_t times(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

std::vector<TextMark> words_of(const Layout& layout) {
  std::vector<TextMark> words;
  for (const MarkGroup& group : layout.drawing.groups)
    for (const Mark& mark : group.marks)
      if (const auto* text = std::get_if<TextMark>(&mark)) words.push_back(*text);
  return words;
}

/// What a text covers; its height is that of a capital.
Box covered(const TextMark& text) {
  const double width = text_width(text.text, text.size), height = 0.73 * text.size;
  const double back = text.anchor == TextMark::Anchor::start ? 0
                      : text.anchor == TextMark::Anchor::end ? width
                                                             : width / 2;
  if (text.upwards) return {text.at.x - height, text.at.y - width + back, height, width};
  return {text.at.x - back, text.at.y - height, width, height};
}

bool overlap(Box a, Box b) {
  return a.left < b.left + b.width && b.left < a.left + a.width && a.top < b.top + b.height && b.top < a.top + a.height;
}

/// Everything readable: nothing beyond the paper's edge, no words on others.
void check_words(const Layout& layout) {
  const std::vector<TextMark> words = words_of(layout);
  for (std::size_t i = 0; i < words.size(); ++i) {
    CAPTURE(words[i].text);
    const Box box = covered(words[i]);
    CHECK((box.left >= 0 && box.top >= 0));
    CHECK((box.left + box.width <= layout.drawing.width && box.top + box.height <= layout.drawing.height));
    for (std::size_t k = 0; k < i; ++k) {
      CAPTURE(words[k].text);
      CHECK_FALSE(overlap(box, covered(words[k])));
    }
  }
}

/// Whether ink may be at a place outside the frames: words and ticks alone are there.
bool may_have_ink(const Layout& layout, double x, double y) {
  const auto within = [x, y](Box box, double more) {
    return x > box.left - more && x < box.left + box.width + more && y > box.top - more &&
           y < box.top + box.height + more;
  };
  for (const Frame& frame : layout.frames)
    if (within(frame.box, 4)) return true;
  const std::vector<TextMark> words = words_of(layout);
  return std::any_of(words.begin(), words.end(), [&](const TextMark& text) { return within(covered(text), 3); });
}

}  // namespace

TEST_CASE("points lie where their numbers say, in their group's colour", "[draw]") {
  const Drawn drawn({{panel_of(Points{{0, 10, 5}, {0, 1, 0.25}, {1, 0, 1}, {"3", "7"}})}, 1});
  CHECK(drawn.at(0, 0) == colour_of(1));
  CHECK(drawn.at(10, 1) == colour_of(0));
  CHECK(drawn.at(5, 0.25) == colour_of(1));
  CHECK(drawn.at(2.7, 0.87) == kWhite);
  const Frame& frame = drawn.layout.frames[0];
  CHECK(frame.right_of(frame.x.low) == Approx(frame.box.left));
  CHECK(frame.right_of(frame.x.high) == Approx(frame.box.left + frame.box.width));
  CHECK(frame.down_of(frame.y.low) == Approx(frame.box.top + frame.box.height));
  CHECK(frame.down_of(frame.y.high) == Approx(frame.box.top));
  CHECK(frame.right_of(10) - frame.right_of(5) == Approx(frame.right_of(5) - frame.right_of(0)));
}

TEST_CASE("a curve passes through its points, one panel for each", "[draw]") {
  const Drawn one({{panel_of(kFalling)}, 1}), four({std::vector<Panel>(4, panel_of(kFalling))});
  CHECK(four.layout.drawing.height == Approx(2 * 0.75 * four.layout.drawing.width / 3));  // three across, two lines
  CHECK(four.layout.frames[3].box.left == four.layout.frames[0].box.left);
  CHECK(four.layout.frames[3].box.top > four.layout.frames[0].box.top + four.layout.frames[0].box.height);
  for (const double step : {10.0, 13.0, 15.0, 20.0, 30.0}) {
    CHECK(one.at(step, 4 - step / 10) == colour_of(0));
    for (std::size_t panel = 0; panel < 4; ++panel) CHECK(four.at(step, 4 - step / 10, panel) == colour_of(0));
  }
  CHECK(one.at(12, 1.2) == kWhite);
}

TEST_CASE("a band is transparent and lies between its edges", "[draw]") {
  Curve curve = kFalling;
  curve.low = {2, 1.2, 0.2}, curve.high = {3.7, 2.7, 1.7};
  const Drawn drawn({{panel_of(curve)}, 1});
  const auto shade = [](std::uint8_t c) { return static_cast<std::uint8_t>(std::lround(255 - 0.2 * (255 - c))); };
  const Rgb blue = colour_of(0), pale{shade(blue.red), shade(blue.green), shade(blue.blue)};
  const auto near = [](Rgb a, Rgb b) {
    return std::abs(a.red - b.red) <= 1 && std::abs(a.green - b.green) <= 1 && std::abs(a.blue - b.blue) <= 1;
  };
  CHECK(near(drawn.at(17, 2.7), pale));
  CHECK(near(drawn.at(17, 1.6), pale));
  CHECK(drawn.at(17, 3.3) == kWhite);
  CHECK(drawn.at(13, 1.3) == kWhite);
  CHECK(drawn.at(20, 2) == blue);  // the line above it
}

TEST_CASE("a point without a place interrupts a curve and its band", "[draw]") {
  const Curve broken{"", {0, 1, 2, 3, 4}, {1, 1, NAN, 1, 1}, {0, 0, NAN, 0, 0}, {2, 2, NAN, 2, 2}};
  const Drawn drawn({{panel_of(broken)}, 1});
  CHECK(drawn.at(0.5, 1) == colour_of(0));
  CHECK(drawn.at(3.5, 1) == colour_of(0));
  CHECK(drawn.at(1.6, 1.27) == kWhite);
  CHECK(drawn.at(0.6, 1.27) != kWhite);
  Panel logarithmic = panel_of(Curve{"", {0, 1, 2, 3, 4}, {1, 1, -1, 1, 1000}, {}, {}});
  logarithmic.y.scale = AxisScale::logarithmic;
  const Drawn powers({{logarithmic}, 1});
  CHECK(powers.at(3.5, std::sqrt(1000)) == colour_of(0));  // a straight line between its ends
}

TEST_CASE("what lies beyond an extent is cut off at the frame", "[draw]") {
  Panel panel = panel_of(Curve{"", {0, 1, 2, 3}, {0, 1e300, -1e300, 0}, {}, {}});
  panel.y.extent = Extent{-1, 1};
  const Drawn drawn({{panel}, 1});
  const Box frame = drawn.layout.frames[0].box;
  for (double y = 0; y < drawn.layout.drawing.height - 1; ++y)
    for (const double x : {frame.left + frame.width * 0.3, frame.left + frame.width * 0.7})
      if (y > frame.top + frame.height + 1 && y < frame.top + frame.height + 3)
        CHECK(drawn.pixels.at(static_cast<int>(x * kDotsPerInch / 72), static_cast<int>(y * kDotsPerInch / 72)) !=
              colour_of(0));
  CHECK(svg({{panel}, 1}).find("inf") == std::string::npos);
}

TEST_CASE("a long curve is thinned to what can be seen", "[draw]") {
  Curve noise;
  for (int i = 0; i < 200000; ++i) noise.x.push_back(i), noise.y.push_back(std::sin(1e5 * std::sin(i)));
  noise.y[77777] = 5;
  const Drawn drawn({{panel_of(noise)}, 1});
  std::size_t kept = 0;
  for (const Mark& mark : drawn.layout.drawing.groups[1].marks) kept += std::get<LineMark>(mark).points.size();
  CHECK(kept < 6000);
  CHECK(drawn.at(77777, 4.9) != kWhite);  // the one peak is among them
}

TEST_CASE("names, numbers and legends are words of the SVG", "[draw]") {
  Panel panel = panel_of(Points{{0, 1}, {0, 1}, {0, 1}, {"shirts & <coats>", "größer"}});
  panel.legend = "label";
  const std::string text = svg({{panel}, 1});
  for (const char* word :
       {">title<", ">across<", ">up<", ">label<", ">shirts &amp; &lt;coats&gt;<", ">größer<", ">0.2<", ">1.0<"}) {
    CAPTURE(word);
    CHECK(times(text, word) >= 1);
  }
  CHECK(times(text, "role=\"img\" aria-label=\"title\"") == 1);
  CHECK(times(text, "<circle") == 2 + 2);  // two points, two in the legend
  const Frame frame = lay_out({{panel}, 1}).frames[0];
  CHECK(times(text, fmt::format("<circle cx=\"{:.2f}\" cy=\"{:.2f}\"", frame.right_of(1), frame.down_of(1))) == 1);
}

TEST_CASE("equal figures give equal bytes", "[draw]") {
  const Figure figure{{panel_of(kFalling), panel_of(Points{{0, 1}, {0, 1}, {}, {}})}};
  CHECK(png(figure) == png(figure));
  CHECK(svg(figure) == svg(figure));
  CHECK(png(figure).substr(37, 4) == "pHYs");  // the size on paper; Decoded has checked its sum
}

TEST_CASE("no word leaves the paper or covers another", "[draw]") {
  const std::string longer(300, 'x');
  Panel panel = panel_of(Curve{longer, {1e6, 2e6, 3e6}, {-1e-9, 3e-9, 2e-9}, {}, {}});
  panel.title = longer, panel.x.name = longer, panel.y.name = longer, panel.legend = longer;
  panel.layers.push_back(Points{{1e6}, {1e-9}, {0}, std::vector<std::string>(45, "g" + longer)});
  for (const std::size_t n : {1, 2, 5}) check_words(lay_out({std::vector<Panel>(n, panel)}));
  check_words(lay_out({{panel_of(kFalling), panel_of(Curve{"a", {0, 123456}, {0, 1000.5}, {}, {}})}}));
  Panel far = panel_of(Curve{"", {1e15, 1e15 + 1}, {1e300, -1e300}, {}, {}});
  check_words(lay_out({std::vector<Panel>(3, far)}));
}

TEST_CASE("the paper is white where nothing is said", "[draw]") {
  Panel named = panel_of(kFalling);
  named.y.scale = AxisScale::logarithmic;
  const Drawn drawn({{panel_of(kFalling), named, panel_of(Points{{0, 1}, {0, 1}, {}, {}})}, 2});
  std::size_t stains = 0;
  for (int y = 0; y < drawn.pixels.height(); ++y)
    for (int x = 0; x < drawn.pixels.width(); ++x)
      if (!(drawn.pixels.at(x, y) == kWhite))
        stains += !may_have_ink(drawn.layout, x * 72 / kDotsPerInch, y * 72 / kDotsPerInch);
  CHECK(stains == 0);
}

TEST_CASE("bars, spans, cells and guides lie where their numbers say", "[draw]") {
  const auto drawn_on = [](Layer layer) {
    Panel panel = panel_of(std::move(layer));
    panel.y.labels = {"first", "second"};
    return Drawn({{panel}, 1});
  };
  const Drawn bars = drawn_on(Bars{"", {0, 1}, {4, 1}, {3, 0.5}, {5, 2}});
  CHECK(bars.at(2.3, 0.2) != kWhite);
  CHECK(bars.at(2.3, 0.8) == kWhite);
  CHECK(bars.at(4.5, 0) == kInk);                                              // a whisker
  CHECK(bars.layout.frames[0].down_of(0) < bars.layout.frames[0].down_of(1));  // the first is on top

  const Drawn spans = drawn_on(Spans{{0, 1}, {0, 3}, {2, 4}, {0, 1}, {"a", "b"}});
  CHECK(spans.at(1, 0.2) != kWhite);
  CHECK(spans.at(3.5, 1.2) != spans.at(1, 0.2));
  CHECK(spans.at(2.5, 0.2) == kWhite);

  const Drawn guide = drawn_on(Guide{Guide::Of::x, 1, 2, "noise"});
  CHECK(guide.at(1.5, 0.3) != kWhite);
  CHECK(guide.at(2.05, 0.3) == kWhite);

  Panel map = panel_of(Cells{{0, 1}, {1, 2}, {0, 0}, {1, 1}, {10, 20}});
  map.colour = Ruler{"value", AxisScale::linear, Extent{10, 20}};
  const Drawn cells({{map}, 1});
  CHECK(cells.at(0.3, 0.3) == shade_of(0));
  CHECK(cells.at(1.7, 0.3) == shade_of(1));
  map.colour->extent = Extent{20, 10};  // the best is the darkest, whatever is best
  CHECK(Drawn({{map}, 1}).at(0.3, 0.3) == shade_of(1));
}

TEST_CASE("parallel axes are crossed where their values are", "[draw]") {
  Parallel lines{{{"a"}, {"b", AxisScale::linear, {}, {"x", "y"}}}, {{0, 1}, {4, 0}, {2, NAN}}, {0, 1, 0.5}};
  Panel panel = panel_of(lines);
  panel.x.labels = {"a", "b"};
  panel.y.hidden = true;
  panel.colour = Ruler{"value", AxisScale::linear, Extent{0, 1}};
  const Layout layout = lay_out({{panel}, 1});
  std::vector<LineMark> crossing;
  for (const Mark& mark : layout.drawing.groups[1].marks)
    if (const auto* line = std::get_if<LineMark>(&mark); line && !(line->colour == kInk)) crossing.push_back(*line);
  REQUIRE(crossing.size() == 2);  // the third has but one place
  const Frame& frame = layout.frames[0];
  CHECK(crossing[0].points[0].x == Approx(frame.right_of(0)));
  CHECK(crossing[0].points[1].x == Approx(frame.right_of(1)));
  CHECK(crossing[0].points[0].y ==
        Approx(frame.box.top + (1 - Extent::of(std::vector<double>{0, 4, 2}).share(0)) * frame.box.height));
  CHECK(crossing[0].points[1].y == Approx(frame.box.top + 0.25 * frame.box.height));  // "y", above "x"
  CHECK(crossing[1].points[1].y == Approx(frame.box.top + 0.75 * frame.box.height));
}

TEST_CASE("a mark says of whom it is", "[draw]") {
  const Points points{{0, 1}, {0, 1}, {}, {}, {{"rings/0.1: \"0.5\" & more", "0", "rings/0.1"}, {}}};
  const std::string text = svg({{panel_of(points)}, 1});
  CHECK(times(text,
              "data-config=\"0\" data-trial=\"rings/0.1\"><title>rings/0.1: &quot;0.5&quot; &amp; more</title>"
              "</circle>") == 1);
  CHECK(times(text, "<title>") == 1);
}

TEST_CASE("names of places have room, or are shortened", "[draw]") {
  const std::string longer(200, 'w');
  Panel panel = panel_of(Points{{0, 1}, {0, 1}, {}, {}});
  panel.y.labels = std::vector<std::string>(30, longer);
  panel.x.labels = {"one " + longer, "two", "three " + longer, "four"};
  panel.colour = Ruler{longer};
  for (const std::size_t n : {1, 2}) check_words(lay_out({std::vector<Panel>(n, panel)}));
}

TEST_CASE("an image keeps its shape and its pixels", "[draw]") {
  const std::string two = png(ImageGrid{1, 1, 1, 2, {{0}, {1}}});  // black, a white line between, white
  Panel panel = panel_of(Image{two, {"a grid"}});
  panel.x.hidden = panel.y.hidden = true;
  const Drawn drawn({{panel}, 1});
  const auto& image = std::get<ImageMark>(drawn.layout.drawing.groups[1].marks.at(0));
  CHECK(image.box.width == Approx(3 * image.box.height));
  const auto pixel = [](double points) { return static_cast<int>(points * kDotsPerInch / 72); };
  CHECK(drawn.pixels.at(pixel(image.box.left + 2), pixel(image.box.top + 2)) == Rgb{0, 0, 0});
  CHECK(drawn.pixels.at(pixel(image.box.left + image.box.width - 2), pixel(image.box.top + 2)) == kWhite);
  CHECK(times(svg({{panel}, 1}), "xlink:href=\"data:image/png;base64,iVBORw0KGgo") == 1);
  CHECK(pixels_of(two).colours == std::vector<Rgb>{{0, 0, 0}, {255, 255, 255}, {255, 255, 255}});
  CHECK(pixels_of("no picture").colours.empty());
}

TEST_CASE("a legend that is too long says how much it leaves out", "[draw]") {
  Panel panel = panel_of(Points{{0}, {0}, {0}, std::vector<std::string>(200, "group")});
  const std::string text = svg({{panel}, 1});
  const std::size_t shown = times(text, ">group<");
  CHECK(shown > 20);
  CHECK(times(text, ">and " + std::to_string(200 - shown) + " more<") == 1);
}

TEST_CASE("nothing at all can be drawn, too", "[draw]") {
  for (const Figure& figure :
       {Figure{{Panel{}}, 1}, Figure{{panel_of(Curve{})}}, Figure{{panel_of(Points{})}},
        Figure{{panel_of(Curve{"", {NAN}, {1}, {}, {}})}}, Figure{{panel_of(Curve{"", {1}, {1}, {}, {}})}}}) {
    CHECK(Decoded(png(figure)).width() > 0);
    CHECK(times(svg(figure), "nan") == 0);
  }
}

TEST_CASE("a machine that cannot draw is told what it needs, in one sentence", "[draw]") {
  CHECK_THROWS_WITH(
      Typeface("/nowhere/DejaVuSans.ttf"),
      "/nowhere/DejaVuSans.ttf: pictures need this font, which is missing or damaged; install fonts-dejavu-core");
  CHECK_THROWS_WITH(Cairo("libnowhere.so.2"), Catch::StartsWith("libnowhere.so.2: pictures need Cairo: ") &&
                                                  Catch::EndsWith("install libcairo2"));
  CHECK_THROWS_WITH(Cairo("libc.so.6"), Catch::StartsWith("cairo_arc: pictures need a Cairo that has it: "));
}
