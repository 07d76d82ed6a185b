// SPDX-License-Identifier: MIT
#include "report/report.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "base/error.hpp"
#include "query/board.hpp"
#include "query/compare.hpp"
#include "query/front.hpp"
#include "query/noise.hpp"
#include "query/pages.hpp"
#include "query/seeds.hpp"
#include "report/html.hpp"

namespace ubp {
namespace {

constexpr std::int64_t kShown = 20;                  // configs of the leaderboard
constexpr std::size_t kMostPictureBytes = 1u << 20;  // a report is a page that one sends

/// Rows as they come.
struct Kept : RowSink {
  std::vector<std::string> names;
  std::vector<Row> rows;
  void columns(const std::vector<std::string>& all) override { names = all; }
  void row(const Row& row) override { rows.push_back(row); }
  std::string text(std::size_t row, const std::string& name) const {
    const auto at = std::find(names.begin(), names.end(), name);
    return at == names.end() ? "" : text_of(rows.at(row).at(static_cast<std::size_t>(at - names.begin())));
  }
};

std::string scope_of(const Kept& sweep) {
  const auto cell = [&](const char* name) { return sweep.text(0, name); };
  std::string text = fmt::format(
      "Sweep {} of experiment {}, created {} UTC: {} configs, {} replicates, {} trials complete", cell("sweep_id"),
      cell("experiment"), cell("created"), cell("configs"), cell("replicates"), cell("complete"));
  for (const char* state : {"pruned", "failed"})
    if (cell(state) != "0") text += fmt::format(", {} {}", cell(state), state);
  return text + fmt::format(". It was to {} {} ({} of each trial); seed {}.", cell("goal"), cell("metric"),
                            cell("reduce"), cell("seed"));
}

std::vector<PagePicture> pictures_of(const Kept& found, const std::string& trial) {
  std::vector<PagePicture> all;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < found.rows.size(); ++i) {
    std::ifstream file(found.text(i, "path"), std::ios::binary);
    PagePicture picture{fmt::format("{} of {}, step {}", found.text(i, "artifact"), trial, found.text(i, "step")),
                        found.text(i, "mime"), std::string(std::istreambuf_iterator<char>(file), {})};
    bytes += picture.bytes.size();
    if (!picture.bytes.empty() && bytes <= kMostPictureBytes) all.push_back(std::move(picture));
  }
  return all;
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

Page report_of(Reader& reader, const SweepFacts& facts, const std::vector<NamedShare>& shares,
               std::vector<PageFigure> figures) {
  const std::vector<std::int64_t> best =
      facts.metric.empty() ? std::vector<std::int64_t>() : best_configs(reader, facts, 1);
  if (best.empty())
    fail(Exit::nothing, "sweep {} '{}': {}", facts.sweep_id, facts.name,
         facts.metric.empty() ? "optimises nothing, so there is nothing to report" : "no trial of it is complete yet");
  Page page;
  page.title = facts.name;
  page.figures = std::move(figures);
  page.leaderboard_command = fmt::format("ubp best {} -k {}", facts.sweep_id, kShown);
  facts.objectives.empty() ? add_board(page, reader, facts, shares) : add_front(page, reader, facts);

  const std::int64_t pictured = a_trial_of(reader, facts.sweep_id, best.front());
  for (const PagePart& part : sweep_page(reader, facts.sweep_id, pictured)) {
    Kept found;
    reader.query(part.query, found);
    html::HtmlTable table(part.name == "failures" ? "Executions that failed or were lost"
                                                  : "Of complete trials: what, its sum or version, and of how many");
    table.columns(found.names);
    for (const Row& row : found.rows) table.row(row);
    if (part.name == "sweep") page.scope = scope_of(found);
    if (part.name == "failures") page.failures = table.text();
    if (part.name == "ground") page.ground = table.text();
    if (part.name == "pictures") page.pictures = pictures_of(found, fmt::format("trial {}", pictured));
    if (part.name == "sweep") page.question = found.text(0, "question");
  }
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
