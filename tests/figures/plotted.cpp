// SPDX-License-Identifier: MIT
// What a person sees of `ubp plot`: pictures, numbers, and sentences where there is no picture.
#include <catch2/catch.hpp>

#include "command.hpp"
#include "drawn_records.hpp"

using namespace ubp;

namespace {

void check_refused(const Folder& folder, const std::string& command, int code, const std::string& sentence) {
  CAPTURE(command);
  const Seen seen = run(folder / "", command);
  CHECK(seen.out.empty());
  CHECK(seen.err == "ubp: " + sentence + "\n");
  CHECK(seen.code == code);
}

}  // namespace

TEST_CASE("what cannot be drawn is refused in one sentence", "[figures]") {
  const Folder folder;
  make_drawn(folder / "ubp.db");
  const std::string kinds =
      "expected one of: curves, history, slice, contour, parallel, importance, box, ranks, pareto, timeline, "
      "embedding, images";
  check_refused(folder, "ubp plot curve grid", 2, "there is no figure 'curve'; did you mean 'curves'?; " + kinds);
  check_refused(folder, "ubp plot zzzzzz grid", 2, "there is no figure 'zzzzzz'; " + kinds);
  check_refused(folder, "ubp plot history waiting", 4,
                "sweep 4 'waiting': no trial is complete with a number of test.mse yet");
  check_refused(folder, "ubp plot timeline waiting", 4, "sweep 4 'waiting': no trial of it ran yet");
  check_refused(folder, "ubp plot contour grid --params lr", 2,
                "sweep 1 'grid': contour needs two parameters, --params A,B: found optimizer.lr");
  check_refused(folder, "ubp plot slice grid --params optimizer.lrr", 2,
                "--params: sweep 1 'grid' does not sweep 'optimizer.lrr'; did you mean 'optimizer.lr'?");
  check_refused(folder, "ubp plot pareto grid", 2,
                "sweep 1 'grid': a front takes several objectives, [[sweep.objective]]: found one, test.mse");
  check_refused(folder, "ubp plot history one-seed", 2,
                "sweep 3 'one-seed' optimises nothing: --metric NAME says what is drawn");
  check_refused(folder, "ubp plot slice one-seed --metric test.mse", 4, "sweep 3 'one-seed': sweeps no parameter");
  check_refused(folder, "ubp plot ranks grid --metric test.accuracy", 2,
                "sweep 1 'grid': ranks need to know which way is better, and nothing says it of test.accuracy");
  check_refused(folder, "ubp plot embedding grid", 4,
                "sweep 1 'grid': no trial left an embedding: [artifacts] of its spec would ask for it with embedding = "
                "true");
  check_refused(folder, "ubp plot images grid/0.0", 4,
                "grid/0.0: left no image: [artifacts] of its spec would ask for it with images = N");
  check_refused(folder, "ubp plot curves grid -o curves.gif", 2,
                "-o: found 'curves.gif', expected a file that ends in .png or .svg");
  check_refused(folder, "ubp plot curves grid -o a.svg --format csv", 2,
                "--format writes to standard output: found -o, too");
  check_refused(folder, "ubp plot curves grid -o nowhere/a.svg", 2,
                "-o: nowhere/a.svg: cannot be written: No such file or directory");
  check_refused(folder, "ubp plot curves grid --width 5", 2,
                "plot: --width: found '5', expected a whole number of at least 20");
}

TEST_CASE("a pipe gets plain text, ASCII where the locale is not UTF-8", "[figures]") {
  const Folder folder;
  make_drawn(folder / "ubp.db");
  for (const std::string kind : {"curves", "history", "slice", "contour", "parallel", "box", "ranks", "timeline"}) {
    CAPTURE(kind);
    const Seen ascii = run(folder / "", "LC_ALL=C ubp plot " + kind + " grid --width 50");
    CHECK(ascii.code == 0);
    for (const char c : ascii.out) CHECK((c == '\n' || (c >= ' ' && c <= '~')));
    std::istringstream lines(ascii.out);
    for (std::string line; std::getline(lines, line);) CHECK(line.size() <= 50);
    const Seen utf8 = run(folder / "", "LC_ALL=C.UTF-8 ubp plot " + kind + " grid --width 50");
    CHECK(utf8.out.find('\033') == std::string::npos);
    CHECK(utf8.out != ascii.out);
  }
}

TEST_CASE("a terminal gets colours, unless NO_COLOR says otherwise", "[figures]") {
  const Folder folder;
  make_drawn(folder / "ubp.db");
  const auto seen = [&](const std::string& environment) {
    return run(folder / "", "script -qec '" + environment + " LC_ALL=C.UTF-8 ubp plot history grid' /dev/null").out;
  };
  CHECK(seen("env -u NO_COLOR TERM=xterm").find("\033[38;5;") != std::string::npos);
  CHECK(seen("NO_COLOR=1 TERM=xterm").find('\033') == std::string::npos);
  CHECK(seen("env -u NO_COLOR TERM=dumb").find('\033') == std::string::npos);
}

TEST_CASE("files are what their names say", "[figures]") {
  const Folder folder;
  make_drawn(folder / "ubp.db");
  CHECK(run(folder / "", "ubp plot curves grid -o a.png && ubp plot curves grid -o a.svg").code == 0);
  CHECK(content_of(folder / "a.png").compare(1, 3, "PNG") == 0);
  CHECK_THAT(content_of(folder / "a.svg"), Catch::StartsWith("<?xml"));
  const Seen csv = run(folder / "", "ubp plot contour grid --format csv");
  CHECK_THAT(csv.out, Catch::StartsWith("model.latent,optimizer.lr,n,mean\n2,0.001,3,0.1328125\n"));
  CHECK_THAT(run(folder / "", "ubp plot contour grid --format json").out,
             Catch::StartsWith("[\n{\"model.latent\":2,\"optimizer.lr\":0.001,\"n\":3,\"mean\":0.1328125}"));
}

TEST_CASE("all figures of a sweep go to a folder, as XML that others read", "[figures]") {
  const Folder folder;
  make_drawn(folder / "ubp.db");
  const Seen seen = run(folder / "", "ubp plot all grid -o pictures");
  CHECK(seen.code == 0);
  CHECK(seen.out ==
        "pictures/curves.svg\npictures/history.svg\npictures/slice.svg\npictures/contour.svg\npictures/parallel.svg\n"
        "pictures/box.svg\npictures/ranks.svg\npictures/timeline.svg\n");
  CHECK_THAT(seen.err, Catch::Contains("no pareto: sweep 1 'grid': a front takes several objectives"));
  const Seen read = run(folder / "", std::string(UBP_PYTHON) +
                                         " -c 'import sys, xml.etree.ElementTree as e\n"
                                         "for f in sys.argv[1:]: print(e.parse(f).getroot().tag)' pictures/*.svg");
  CHECK(read.err.empty());
  std::string expected;
  for (int i = 0; i < 8; ++i) expected += "{http://www.w3.org/2000/svg}svg\n";
  CHECK(read.out == expected);
  CHECK(run(folder / "", "ubp plot all waiting -o pictures").code == 4);
}

TEST_CASE("a trial's curves are all of its metrics", "[figures]") {
  const Folder folder;
  make_drawn(folder / "ubp.db");
  CHECK(run(folder / "", "ubp plot curves grid/1.2 --format csv").out ==
        "metric,step,value\ntest.accuracy,0,0.65625\ntest.accuracy,10,0.65625\ntest.accuracy,20,0.65625\n"
        "test.mse,0,0.515625\ntest.mse,10,0.34375\ntest.mse,20,0.171875\n");
  check_refused(folder, "ubp plot curves grid/1.2 --metric test.mss", 2,
                "--metric: grid/1.2 tells no 'test.mss'; did you mean 'test.mse'?");
}
