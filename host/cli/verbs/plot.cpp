// SPDX-License-Identifier: MIT
// ubp plot: pictures of a sweep or a trial.
#include <algorithm>

#include <unistd.h>

#include "cli/named.hpp"
#include "cli/output_file.hpp"
#include "cli/session_report.hpp"
#include "draw/png.hpp"
#include "draw/svg.hpp"
#include "draw/terminal.hpp"
#include "figures/chart.hpp"
#include "plugin/value.hpp"
#include "query/drawn.hpp"

namespace ubp {
namespace {

void declare(Options& o) {
  o.value("output,o", "FILE", "a .png or .svg file; of `all` a folder (default: to the terminal)")
      .value("metric", "M", "what is drawn (default: what the sweep optimises)")
      .value("params", "A,B", "these parameters, in this order (default: all that are swept)")
      .value("top", "N", "so many configs at the most")
      .value("width", "N", "characters to a line (default: the terminal's, or 80)")
      .value("format", "FORMAT",
             fmt::format("{}: the numbers behind the picture instead", fmt::join(kListingFormats, "|")))
      .choices(kListingFormats);
  add_where(o);
  o.values("plugin-path", "DIR", "look for plugins here first; repeatable")
      .with_database()
      .words({"FIGURE", "SWEEP"}, 1);
}

/// SWEEP/CONFIG.REPLICATE names a trial; what names a sweep is one.
bool names_trial(const std::string& text) {
  const std::size_t slash = text.rfind('/');
  return slash != std::string::npos && text.find('.', slash) != std::string::npos;
}

ChartRequest request_of(Reader& reader, const Options& o, Registry& registry) {
  const std::string text = o.word(1);
  ChartRequest request;
  if (names_trial(text)) {
    if (o.has("where")) fail(Exit::usage, "--where selects among the trials of a sweep: found the trial {}", text);
    const TrialPlace place = place_of_trial(reader, find_trial(reader, text));
    request.trial = place.trial_id;
    request.sweep = sweep_facts(reader, place.sweep_id);
  } else {
    request.sweep = chosen_sweep(reader, o, text);
    request.where = o.get("where");
  }
  request.metric = o.get("metric");
  for (const std::string& name : split_outside(o.get("params"), ','))
    if (!name.empty()) request.params.push_back(name);
  request.top = static_cast<std::size_t>(o.integer("top", 0));
  request.registry = &registry;
  return request;
}

enum class Target { terminal, numbers, png, svg };

/// Of -o by the end of the file's name. Throws Error (usage).
Target target_of(const Options& o) {
  const std::string file = o.get("output");
  if (!o.has("output")) return o.has("format") ? Target::numbers : Target::terminal;
  if (o.has("format")) fail(Exit::usage, "--format writes to standard output: found -o, too");
  if (file.ends_with(".png")) return Target::png;
  if (file.ends_with(".svg")) return Target::svg;
  fail(Exit::usage, "-o: found '{}', expected a file that ends in .png or .svg", file);
}

void tell(const Chart& chart) {
  for (const std::string& note : chart.notes) message("{}", note);
}

/// A file each; of those that cannot be drawn, why.
int plot_all(Reader& reader, const Options& o, const ChartRequest& request) {
  if (!o.has("output") || o.has("format"))
    fail(Exit::usage, "plot all: takes -o FOLDER, where its pictures go, and no --format");
  const std::filesystem::path folder = o.get("output");
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) fail(Exit::usage, "-o: {}: cannot be made: {}", folder.string(), error.message());
  int drawn = 0;
  for (const ChartKind& kind : chart_kinds()) {
    try {
      const std::filesystem::path file = folder / fmt::format("{}.svg", kind.name);
      write_file(file, svg(kind.draw(reader, request).figure));
      fmt::print("{}\n", plain_line(file.string()));
      ++drawn;
    } catch (const Error& e) {
      if (e.code() != Exit::nothing && e.code() != Exit::usage) throw;
      message("no {}: {}", kind.name, e.what());
    }
  }
  return drawn > 0 ? 0 : static_cast<int>(Exit::nothing);
}

TextStyle style_of(const Options& o) {
  constexpr std::int64_t kLeast = 20, kMost = 1000;
  TextStyle style = text_style_of(STDOUT_FILENO);
  const std::int64_t width = o.integer("width", static_cast<std::int64_t>(style.width), kLeast);
  style.width = static_cast<std::size_t>(std::min(width, kMost));
  return style;
}

int run(const Options& o) {
  const ChartKind* kind = o.word(0) == "all" ? nullptr : &chart_kind(o.word(0));
  const Target target = kind ? target_of(o) : Target::svg;
  const Format format = format_of(o.get("format", "table"));
  const TextStyle style = style_of(o);

  Reader reader(o.database());
  Registry registry = registry_of(o);
  const ChartRequest request = request_of(reader, o, registry);
  if (!kind) return plot_all(reader, o, request);
  const Chart chart = kind->draw(reader, request);
  switch (target) {
    case Target::terminal:
      fmt::print("{}", terminal_text(chart.figure, style));
      break;
    case Target::numbers:
      print_chart(chart, *printer(format));
      break;
    case Target::png:
      write_file(o.get("output"), png(chart.figure));
      break;
    case Target::svg:
      write_file(o.get("output"), svg(chart.figure));
  }
  tell(chart);
  return 0;
}

}  // namespace

extern const Verb plot_verb = {
    .name = "plot",
    .synopsis = "FIGURE [SWEEP|TRIAL]",
    .summary = "pictures of a sweep or a trial: to the terminal, as PNG or SVG",
    .about =
        "Of a sweep (default: the latest that has results) or of a trial, SWEEP/CONFIG.REPLICATE:\n"
        "  curves      learning curves of the best configs, with a band over seeds; of a trial, all of its metrics\n"
        "  history     value by trial in order of their ends, and the best so far\n"
        "  slice       value by each parameter, every seed a dot\n"
        "  contour     mean by two parameters\n"
        "  parallel    configs as lines through their parameters, the most important first\n"
        "  importance  which parameters the results depend on\n"
        "  box         seeds of the best configs, with the noise floor\n"
        "  ranks       mean ranks over blocks or seeds, with the critical difference (Demsar 2006)\n"
        "  pareto      configs by their objectives, with the front\n"
        "  timeline    when which trial ran\n"
        "  embedding   the embedding that a trial left, by label\n"
        "  images      the images that a trial left, by step\n"
        "  all         all that are possible, as SVG in the folder -o\n"
        "--format prints the numbers behind a picture. Colours: on a terminal, unless NO_COLOR is set.",
    .example = "ubp plot curves rings --where 'latent = 4' --top 3 -o curves.svg",
    .declare = declare,
    .run = run};

}  // namespace ubp
