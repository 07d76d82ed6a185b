// SPDX-License-Identifier: MIT
#include "report/report.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/text.hpp"
#include "draw/png.hpp"
#include "draw/svg.hpp"
#include "draw/text.hpp"
#include "figures/importance.hpp"
#include "query/board.hpp"
#include "query/compare.hpp"
#include "query/front.hpp"
#include "query/noise.hpp"
#include "query/pages.hpp"
#include "query/seeds.hpp"
#include "report/answer.hpp"
#include "report/html.hpp"

namespace ubp {
namespace {

constexpr std::int64_t kShown = 20;              // configs of the leaderboard
constexpr std::size_t kMostMarkBytes = 400'000;  // of a figure: a thousand dots
constexpr std::size_t kMostNumbers = 60;         // behind a figure: a report is a page that one sends

/// A command as it is typed, of the sweep of a request and by its filter.
std::string command_of(const std::string& verb, const ChartRequest& request, const std::string& more = "") {
  const std::string where = request.where.empty() ? "" : " --where " + shell_quoted(request.where);
  return fmt::format("ubp {} {}{}{}", verb, request.sweep.sweep_id, more, where);
}

std::string scope_of(const std::map<std::string, std::string>& sweep, const std::string& where) {
  const auto cell = [&](const char* name) { return sweep.at(name); };
  std::string text = fmt::format(
      "Sweep {} of experiment {}, created {} UTC: {} configs, {} replicates, {} trials complete", cell("sweep_id"),
      cell("experiment"), cell("created"), cell("configs"), cell("replicates"), cell("complete"));
  for (const char* state : {"pruned", "failed"})
    if (cell(state) != "0") text += fmt::format(", {} {}", cell(state), state);
  text += fmt::format(". It was to {} {} ({} of each trial); seed {}.", cell("goal"), cell("metric"), cell("reduce"),
                      cell("seed"));
  return where.empty() ? text : text + fmt::format(" Only trials that match count here: {}", where);
}

std::string table_of(Reader& reader, const Query& query, const char* caption) {
  html::HtmlTable table(caption);
  reader.query(query, table);
  return table.text();
}

/// As SVG, whose marks tell who they are; of very many marks as a picture, since a report is a page that one sends.
std::string drawn(const Chart& chart, const char* what) {
  const std::string marks = svg(chart.figure);
  if (marks.size() <= kMostMarkBytes) return marks;
  return fmt::format("<img alt=\"{}\" src=\"data:image/png;base64,{}\">", escaped(what), base64(png(chart.figure)));
}

/// What can be drawn of it, each with its numbers unless they are many.
std::vector<PageFigure> figures_of(Reader& reader, const ChartRequest& request) {
  std::vector<PageFigure> all;
  for (const ChartKind& kind : chart_kinds()) {
    try {
      const Chart chart = kind.draw(reader, request);
      html::HtmlTable numbers(kind.summary);
      if (chart.rows.size() <= kMostNumbers) print_chart(chart, numbers);
      all.push_back({kind.name, kind.summary, command_of(fmt::format("plot {}", kind.name), request),
                     drawn(chart, kind.summary), numbers.text(), chart.notes});
    } catch (const Error& e) {
      if (e.code() != Exit::nothing && e.code() != Exit::usage) throw;
    }
  }
  return all;
}

std::vector<NamedShare> shares_of(Reader& reader, const ChartRequest& request) {
  try {
    const SweepImportances found = figures::importances_of(reader, request);
    std::vector<NamedShare> all;
    for (const std::size_t i : found.order) {
      const search::Importance& share = found.variance.importances[i];
      all.push_back({found.names[i], share.share, share.low, share.high});
    }
    return all;
  } catch (const Error&) {
    return {};  // too few configs, or a plugin that is not there
  }
}

/// The front, where there are several objectives.
void add_front(Page& page, Reader& reader, const SweepFacts& facts) {
  const SweepFront front = sweep_front(reader, facts);
  html::HtmlTable table("The Pareto front: rank 1");
  print_front(front, kShown, table);
  page.leaderboard = table.text();
  page.answer = {sentence_of(front.standings, front.objectives) + "."};
}

void add_board(Page& page, Reader& reader, const SweepFacts& facts, const std::vector<NamedShare>& shares) {
  const NoiseFloor noise = noise_floor(reader, facts);
  html::HtmlTable table(fmt::format("The best {} configs; {}", kShown, sentence_of(noise)));
  print_board(reader, facts.sweep_id, facts.goal == "minimize", noise.sd, kShown, table);
  page.leaderboard = table.text();
  page.answer = answer(reader, facts, shares);
  std::optional<std::vector<MostShare>> most;
  if (!shares.empty()) {
    most.emplace();
    for (const NamedShare& each : shares) most->emplace_back(each.parameter, each.high);
  }
  page.health = health_checks(reader, facts, most);
}

}  // namespace

Page report_of(Reader& reader, const ChartRequest& request) {
  const SweepFacts& facts = request.sweep;
  if (facts.metric.empty())
    fail(Exit::nothing, "sweep {} '{}': optimises nothing, so there is nothing to report", facts.sweep_id, facts.name);
  if (facts.complete == 0)
    fail(Exit::nothing, "sweep {} '{}': no trial of it is complete yet", facts.sweep_id, facts.name);
  Page page;
  page.title = facts.name;
  page.leaderboard_command = command_of("best", request, fmt::format(" -k {}", kShown));
  facts.objectives.empty() ? add_board(page, reader, facts, shares_of(reader, request))
                           : add_front(page, reader, facts);
  const SweepPage beside = sweep_page(facts.sweep_id);
  const std::map<std::string, std::string> sweep = reader.named_first(beside.sweep);
  page.scope = scope_of(sweep, request.where), page.question = sweep.at("question");
  page.failures = table_of(reader, beside.failures, "Executions that failed or were lost");
  page.ground = table_of(reader, beside.ground, "Of complete trials: what, its sum or version, and of how many");
  return page;
}

Page drawn_report_of(Reader& reader, const ChartRequest& request) {
  Page page = report_of(reader, request);
  page.figures = figures_of(reader, request);
  return page;
}

std::string text_of(const Page& page) {
  std::string out = page.title + "\n";
  if (!page.question.empty()) out += page.question + "\n";
  out += page.scope + "\n\n";
  for (const std::string& sentence : page.answer) out += "- " + sentence + "\n";
  if (!page.health.empty()) out += "\n";
  for (const HealthCheck& check : page.health) {
    out += fmt::format("{:8} {} {}\n", name_of(check.verdict), check.question, check.found);
    if (!check.advice.empty()) out += fmt::format("{:8} {}\n", "", check.advice);
  }
  return out;
}

}  // namespace ubp
