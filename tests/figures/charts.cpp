// SPDX-License-Identifier: MIT
// The numbers behind each figure are those that SQL over the views gives, and the figure shows them.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

#include "draw/svg.hpp"
#include "drawn_records.hpp"
#include "figures/kinds.hpp"
#include "query/filter/selection.hpp"
#include "query/find.hpp"

using namespace ubp;

namespace {

/// A database of records, and the charts of its sweeps.
struct Drawn {
  Folder folder;
  Drawn() { make_drawn(folder / "ubp.db"); }

  Chart chart(const std::string& kind, const std::string& sweep, ChartRequest selection = {}) {
    Reader reader(folder / "ubp.db");
    const std::int64_t sweep_id = find_sweep(reader, sweep).sweep_id;
    if (!selection.where.empty()) keep_matching(reader, sweep_id, selection.where);
    selection.sweep = sweep_facts(reader, sweep_id);
    return chart_kind(kind).draw(reader, selection);
  }
  std::vector<Row> sql(const std::string& text) {
    Reader reader(folder / "ubp.db");
    return reader.rows({text});
  }
};

/// Equal but for the last bits of numbers.
void check_rows(const std::vector<Row>& found, const std::vector<Row>& expected) {
  REQUIRE(found.size() == expected.size());
  for (std::size_t r = 0; r < found.size(); ++r) {
    REQUIRE(found[r].size() == expected[r].size());
    for (std::size_t c = 0; c < found[r].size(); ++c) {
      CAPTURE(r, c, text_of(found[r][c]), text_of(expected[r][c]));
      const auto *a = std::get_if<double>(&found[r][c]), *b = std::get_if<double>(&expected[r][c]);
      if (a && b)
        CHECK(*a == Approx(*b).epsilon(1e-9));
      else
        CHECK(text_of(found[r][c]) == text_of(expected[r][c]));
    }
  }
}

std::size_t times(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

template <class Kind>
const Kind& layer(const Chart& chart, std::size_t panel = 0) {
  for (const Layer& each : chart.figure.panels.at(panel).layers)
    if (const auto* found = std::get_if<Kind>(&each)) return *found;
  FAIL("no such layer");
  throw 0;
}

}  // namespace

TEST_CASE("every row of a figure's table has its columns", "[figures]") {
  Drawn drawn;
  for (const char* kind : {"curves", "history", "slice", "contour", "parallel", "box", "ranks", "timeline"}) {
    CAPTURE(kind);
    const Chart chart = drawn.chart(kind, "grid");
    CHECK_FALSE(chart.rows.empty());
    for (const Row& row : chart.rows) CHECK(row.size() == chart.columns.size());
  }
}

TEST_CASE("learning curves are means over seeds, with their intervals", "[figures]") {
  Drawn drawn;
  ChartRequest three;
  three.top = 3;
  const Chart chart = drawn.chart("curves", "grid", three);
  check_rows(chart.rows,
             drawn.sql("WITH s AS (SELECT t.config, m.step, count(*) AS n, avg(m.value) AS mean, "
                       "sqrt((sum(m.value * m.value) - count(*) * avg(m.value) * avg(m.value)) / (count(*) - 1)) AS sd "
                       "FROM metrics m JOIN trials t USING (trial_id) WHERE t.sweep = 'grid' AND t.state = 'COMPLETE' "
                       "AND m.metric = 'test.mse' GROUP BY t.config, m.step) "
                       "SELECT s.config, s.step, s.n, s.mean, s.mean - q.quantile * s.sd / sqrt(s.n), "
                       "s.mean + q.quantile * s.sd / sqrt(s.n) FROM s JOIN leaderboard l ON l.sweep = 'grid' AND "
                       "l.config = s.config JOIN student_t q ON q.df = s.n - 1 WHERE l.rank <= 3 "
                       "ORDER BY l.rank, s.step"));
  const auto& first = layer<Curve>(chart);
  CHECK(first.name == "0: latent=2");
  CHECK(first.y.back() == Approx(std::get<double>(chart.rows[2][3])));
  CHECK(first.subject.config == "0");
}

TEST_CASE("history follows the ends of trials and keeps the best so far", "[figures]") {
  Drawn drawn;
  const Chart chart = drawn.chart("history", "grid");
  check_rows(chart.rows,
             drawn.sql("SELECT row_number() OVER w, name, config, replicate, value, min(value) OVER w FROM trials "
                       "WHERE sweep = 'grid' AND state = 'COMPLETE' WINDOW w AS (ORDER BY finished, trial_id)"));
  CHECK(layer<Points>(chart).x.size() == 35);
  CHECK(layer<Curve>(chart).y.back() == std::get<double>(chart.rows.back()[5]));
}

TEST_CASE("a slice has a dot for every seed and parameter", "[figures]") {
  Drawn drawn;
  const Chart chart = drawn.chart("slice", "grid");
  check_rows(chart.rows,
             drawn.sql("SELECT p.name, CAST(p.value AS TEXT), t.name, t.config, t.replicate, t.value FROM trials t "
                       "JOIN params p USING (trial_id) JOIN leaderboard l ON l.config_id = t.config_id "
                       "WHERE t.sweep = 'grid' AND t.state = 'COMPLETE' ORDER BY p.name, l.rank, t.replicate"));
  REQUIRE(chart.figure.panels.size() == 2);
  CHECK(layer<Points>(chart, 1).x.size() == 35);
  CHECK(layer<Points>(chart, 1).subjects[0].trial == "grid/0.0");
  ChartRequest one;
  one.params = {"lr"};
  CHECK(drawn.chart("slice", "grid", one).figure.panels.size() == 1);
}

TEST_CASE("a contour's cells are means of all trials in them", "[figures]") {
  Drawn drawn;
  const Chart chart = drawn.chart("contour", "grid");
  check_rows(chart.rows,
             drawn.sql("SELECT CAST(a.num AS REAL), CAST(b.num AS REAL), count(*), avg(t.value) FROM trials t "
                       "JOIN params a ON a.trial_id = t.trial_id AND a.name = 'model.latent' "
                       "JOIN params b ON b.trial_id = t.trial_id AND b.name = 'optimizer.lr' "
                       "WHERE t.sweep = 'grid' AND t.state = 'COMPLETE' GROUP BY 1, 2 ORDER BY 1, 2"));
  CHECK(layer<Cells>(chart).value.size() == 12);
}

TEST_CASE("parallel coordinates have a line for every config", "[figures]") {
  Drawn drawn;
  const Chart chart = drawn.chart("parallel", "grid");
  check_rows(chart.rows, drawn.sql("SELECT config, CAST(json_extract(params, '$.\"model.latent\"') AS REAL), "
                                   "json_extract(params, '$.\"optimizer.lr\"'), n, mean FROM leaderboard "
                                   "WHERE sweep = 'grid' ORDER BY rank"));
  const auto& lines = layer<Parallel>(chart);
  REQUIRE(lines.lines.size() == 12);
  CHECK(lines.lines.back() == std::vector<double>{2, 1e-3, std::get<double>(chart.rows[0][4])});  // the best on top
  CHECK(lines.subjects.back().config == "0");
}

TEST_CASE("boxes are quartiles of seeds, and the noise floor lies at the best", "[figures]") {
  Drawn drawn;
  const Chart chart = drawn.chart("box", "grid");
  check_rows(chart.rows,
             drawn.sql("WITH v AS (SELECT l.rank, t.config, t.value, l.mean, l.n, l.params, l.best, l.worst, "
                       "row_number() OVER (PARTITION BY t.config ORDER BY t.value) AS k FROM trials t JOIN leaderboard "
                       "l ON l.config_id = t.config_id WHERE t.sweep = 'grid' AND t.state = 'COMPLETE'), "
                       "q AS (SELECT config, max(iif(k = 1, value, NULL)) AS a, max(iif(k = 2, value, NULL)) AS b, "
                       "max(iif(k = 3, value, NULL)) AS c FROM v GROUP BY config) "
                       "SELECT DISTINCT v.config, v.n, v.best, iif(v.n = 3, (a + b) / 2, a + (b - a) / 4), "
                       "iif(v.n = 3, b, (a + b) / 2), iif(v.n = 3, (b + c) / 2, a + 3 * (b - a) / 4), v.worst, v.mean, "
                       "v.params FROM v JOIN q USING (config) ORDER BY v.rank"));
  const auto& noise = layer<Guide>(chart);
  const Row floor = drawn.sql(
      "SELECT l.mean, l.mean + f.sd FROM leaderboard l JOIN noise_floor f USING (sweep_id) "
      "WHERE l.sweep = 'grid' AND l.rank = 1")[0];
  CHECK(noise.low == Approx(std::get<double>(floor[0])));
  CHECK(noise.high == Approx(std::get<double>(floor[1])));
  CHECK(layer<Points>(chart).x.size() == 35);
}

TEST_CASE("mean ranks are over the seeds that all have", "[figures]") {
  Drawn drawn;
  const Chart chart = drawn.chart("ranks", "grid");
  const std::vector<Row> expected = drawn.sql(
      "WITH whole AS (SELECT t.* FROM trials t JOIN leaderboard l ON l.config_id = t.config_id AND l.n = 3 "
      "WHERE t.sweep = 'grid' AND t.state = 'COMPLETE'), "
      "r AS (SELECT config, rank() OVER w + (count(*) OVER (PARTITION BY seed, value) - 1) / 2.0 AS rank, "
      "value, params FROM whole WINDOW w AS (PARTITION BY seed ORDER BY value)) "
      "SELECT config, 3, avg(rank), avg(value) FROM r GROUP BY config ORDER BY 3, config");
  std::vector<Row> found = chart.rows;
  for (Row& row : found) row.resize(4);
  check_rows(found, expected);
  CHECK(chart.rows.size() == 11);  // one has not all seeds
  CHECK_THAT(chart.notes.back(), Catch::Equals("1 configs without all seeds of the best are not ranked"));
}

TEST_CASE("a front is that of the view", "[figures]") {
  Drawn drawn;
  const Chart chart = drawn.chart("pareto", "two");
  std::vector<Row> found = chart.rows;
  std::sort(found.begin(), found.end(), [](const Row& a, const Row& b) { return a[0] < b[0]; });
  check_rows(found, drawn.sql("SELECT p.config, p.rank, p.n, a.mean, b.mean, p.params FROM pareto p "
                              "JOIN objective_stats a ON a.config_id = p.config_id AND a.objective = 0 "
                              "JOIN objective_stats b ON b.config_id = p.config_id AND b.objective = 1 "
                              "WHERE p.sweep = 'two' ORDER BY p.config"));
  CHECK(layer<Points>(chart).groups == std::vector<std::string>{"on the front", "dominated"});
}

TEST_CASE("a timeline has what began, and no two at once in a line", "[figures]") {
  Drawn drawn;
  const Chart chart = drawn.chart("timeline", "grid");
  const std::vector<Row> expected = drawn.sql(
      "SELECT name, attempt, state FROM trials WHERE sweep = 'grid' AND started IS NOT NULL "
      "ORDER BY started, trial_id");
  REQUIRE(chart.rows.size() == expected.size());
  std::map<std::string, double> ends;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    for (std::size_t c = 0; c < 3; ++c) CHECK(text_of(chart.rows[i][c]) == text_of(expected[i][c]));
    double& end = ends[text_of(chart.rows[i][5])];
    CHECK(std::get<double>(chart.rows[i][3]) >= end);
    end = std::get<double>(chart.rows[i][4]);
  }
  CHECK(layer<Spans>(chart).groups.size() == 2);  // COMPLETE and FAILED
}

TEST_CASE("only the chosen trials are drawn", "[figures]") {
  Drawn drawn;
  ChartRequest some;
  some.where = "trial in [1, 2, 5]";
  CHECK(drawn.chart("history", "grid", some).rows.size() == 3);
  CHECK(drawn.chart("timeline", "grid", some).rows.size() == 3);
  some.where = "state = failed";
  CHECK(drawn.chart("timeline", "grid", some).rows.size() == 1);
  CHECK_THROWS_WITH(drawn.chart("history", "grid", some),
                    "sweep 1 'grid': no trial that matches is complete with a number of test.mse yet");
  some.where = "trial = 0";
  CHECK_THROWS_WITH(drawn.chart("history", "grid", some), "sweep 1 'grid': no trial matches: trial = 0");
}

TEST_CASE("a parameter that is searched by its logarithm is drawn so", "[figures]") {
  Drawn drawn;
  Reader reader(drawn.folder / "ubp.db");
  ChartRequest request{sweep_facts(reader, find_sweep(reader, "grid").sweep_id)};
  CHECK(request.sweep.log_params.empty());
  request.sweep.log_params = {"model.latent"};  // from 2 to 16: else evenly spaced
  const Chart slice = chart_kind("slice").draw(reader, request), lines = chart_kind("parallel").draw(reader, request);
  CHECK(slice.figure.panels[0].x.scale == AxisScale::logarithmic);
  CHECK(slice.figure.panels[1].x.scale == AxisScale::automatic);
  CHECK(layer<Parallel>(lines).axes[0].scale == AxisScale::logarithmic);
}

TEST_CASE("another metric is drawn by its last values", "[figures]") {
  Drawn drawn;
  ChartRequest accuracy;
  accuracy.metric = "test.accuracy";
  const Chart chart = drawn.chart("history", "grid", accuracy);
  std::vector<Row> found = chart.rows;
  for (Row& row : found) row.resize(5);
  check_rows(found, drawn.sql("SELECT row_number() OVER w, t.name, t.config, t.replicate, s.last FROM trials t "
                              "JOIN metric_stats s USING (trial_id) WHERE t.sweep = 'grid' AND t.state = 'COMPLETE' "
                              "AND s.metric = 'test.accuracy' WINDOW w AS (ORDER BY t.finished, t.trial_id)"));
  accuracy.metric = "test.acuracy";
  CHECK_THROWS_WITH(drawn.chart("history", "grid", accuracy),
                    "--metric: no trial of sweep 1 'grid' tells 'test.acuracy'; did you mean 'test.accuracy'?");
}

TEST_CASE("every dot of an SVG has a title, and equal figures give equal bytes", "[figures]") {
  Drawn drawn;
  for (const char* kind : {"curves", "history", "slice", "contour", "parallel", "box", "ranks", "timeline"}) {
    CAPTURE(kind);
    const std::string text = svg(drawn.chart(kind, "grid").figure);
    CHECK(text == svg(drawn.chart(kind, "grid").figure));
    CHECK(times(text, "<circle") == times(text, "</title></circle>"));
    CHECK(times(text, "<title>") >= 11);
  }
  CHECK(times(svg(drawn.chart("history", "grid").figure), "data-trial=\"grid/3.1\"") == 1);
  CHECK(times(svg(drawn.chart("parallel", "grid").figure), "data-config=\"3\"") == 1);
}
