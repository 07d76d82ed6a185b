// SPDX-License-Identifier: MIT
// A figure as text, to the letter.
#include <catch2/catch.hpp>

#include "draw/terminal.hpp"
#include "draw/text.hpp"

using namespace ubp;

namespace {

Figure two_curves() {
  Panel panel{"loss", {"step"}, {"valid.mse"}, {}, "config"};
  panel.layers = {Curve{"first", {0, 10, 20, 30}, {4, 2, 1, 1}, {}, {}},
                  Curve{"second", {0, 10, 20, 30}, {4, 3, 3, 2}, {}, {}}};
  return {{panel}, 1, 500, 0.4};
}

}  // namespace

TEST_CASE("a known figure is a known text", "[figures]") {
  CHECK(terminal_text(two_curves(), {40, false, false}) ==
        "  loss\n"
        "valid.mse\n"
        "4+ xxxx\n"
        " |   oxxxxx\n"
        " |     ooo xxxxxxxxxxxxxxxxx\n"
        " |       ooo               xxxxx\n"
        " |          oo                  xxxxx\n"
        "2+            ooooo                 xx\n"
        " |                ooooo\n"
        " |                     ooooooooooooooo\n"
        " +-+----------+-----------+----------+-\n"
        "   0         10          20         30\n"
        "                  step\n"
        "  config  o first  x second\n");
  CHECK(terminal_text(two_curves(), {40, true, false}) ==
        "  loss\n"
        "valid.mse\n"
        "4┤ ○○○○\n"
        " │   ●○○○○○\n"
        " │     ●●● ○○○○○○○○○○○○○○○○○\n"
        " │       ●●●               ○○○○○\n"
        " │          ●●                  ○○○○○\n"
        "2┤            ●●●●●                 ○○\n"
        " │                ●●●●●\n"
        " │                     ●●●●●●●●●●●●●●●\n"
        " └─┬──────────┬───────────┬──────────┬─\n"
        "   0         10          20         30\n"
        "                  step\n"
        "  config  ● first  ○ second\n");
}

TEST_CASE("a series that is alone is drawn in dots", "[figures]") {
  Figure figure = two_curves();
  figure.panels[0].layers.resize(1);
  CHECK(terminal_text(figure, {40, true, false}) ==
        "  loss\n"
        "valid.mse\n"
        "4┤ ⠢⢄\n"
        " │   ⠑⢄\n"
        " │     ⠉⠢⡀\n"
        " │       ⠈⠢⢄\n"
        " │          ⠑⢄\n"
        "2┤            ⠉⠒⠤⣀⡀\n"
        " │                ⠈⠑⠢⠤⣀\n"
        " │                     ⠉⠒⠢⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤\n"
        " └─┬──────────┬───────────┬──────────┬─\n"
        "   0         10          20         30\n"
        "                  step\n"
        "  config  ─ first\n");
}

TEST_CASE("no line is longer than the terminal, however narrow", "[figures]") {
  Panel panel = two_curves().panels[0];
  panel.title = panel.x.name = panel.y.name = panel.legend = std::string(200, 'x');
  panel.y.labels = {std::string(100, 'a'), "b", "c", "d", "e"};
  panel.x.labels = std::vector<std::string>(30, "something");
  panel.colour = Ruler{std::string(50, 'c')};
  for (const std::size_t width : {1, 20, 33, 80, 200})
    for (const bool unicode : {true, false}) {
      CAPTURE(width, unicode);
      const std::string text = terminal_text({{panel, panel, panel}}, {width, unicode, false});
      for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = text.find('\n', at);
        CHECK(characters_in(text.substr(at, end - at)) <= std::max<std::size_t>(20, width));
        at = end + 1;
      }
    }
}

TEST_CASE("colours are for those who want them", "[figures]") {
  CHECK(terminal_text(two_curves(), {40, true, true}).find("\033[38;5;") != std::string::npos);
  CHECK(terminal_text(two_curves(), {40, true, false}).find('\033') == std::string::npos);
}

TEST_CASE("nothing at all has a text, too", "[figures]") {
  for (const bool unicode : {true, false})
    CHECK_FALSE(
        terminal_text({{Panel{}, {"", {}, {}, {Curve{"", {NAN}, {1}, {}, {}}}, ""}}}, {40, unicode, false}).empty());
}
