// SPDX-License-Identifier: MIT
#include "cli/representation.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "cli/output_file.hpp"
#include "cli/session_report.hpp"
#include "draw/png.hpp"
#include "draw/svg.hpp"
#include "figures/matrix.hpp"
#include "query/find.hpp"
#include "report/html.hpp"
#include "report/page.hpp"
#include "run/resemblance.hpp"

namespace ubp {
namespace {

constexpr std::int64_t kMostRows = 2000;

struct Measure {
  const char* name;
  const char* says;
  double (*of)(const search::Representation&, const search::Representation&, search::Cka);
};

using Codes = search::Representation;
const std::vector<Measure>& measures() {
  static const std::vector<Measure> all = {
      {"cka", "linear CKA (arXiv:1905.00414)", search::linear_cka},
      {"procrustes", "orthogonal Procrustes similarity: 1 where a rotation makes the one of the other",
       [](const Codes& a, const Codes& b, search::Cka) { return procrustes(a, b); }},
      {"neighbours", "mean Jaccard index of the 10 nearest rows by cosine",
       [](const Codes& a, const Codes& b, search::Cka) { return neighbour_overlap(a, b); }}};
  return all;
}

std::vector<std::string> names_of_measures() {
  std::vector<std::string> names;
  for (const Measure& measure : measures()) names.emplace_back(measure.name);
  return names;
}

const Measure& measure_of(const Options& o) {
  const std::string name = o.get("measure", "cka");
  for (const Measure& measure : measures())
    if (measure.name == name) return measure;
  fail(Exit::usage, "--measure: found '{}', expected one of: {}", name, fmt::join(names_of_measures(), ", "));
}

/// What is beside what: layers of two trials, or one layer of each trial.
struct Side {
  std::string says;
  std::vector<std::string> trials, layers, names;
  std::vector<const Codes*> codes;

  void add(const LearntTrial& trial, const LearntLayer& layer, const std::string& name) {
    trials.push_back(trial.name), layers.push_back(layer.name), names.push_back(name), codes.push_back(&layer.codes);
  }
};

struct Compared {
  Resemblance found;
  Side rows, columns;
  bool by_layer = false;  ///< two trials, all their layers

  NamedMatrix matrix(const Measure& measure) const {
    NamedMatrix m{measure.says, rows.says, columns.says, rows.names, columns.names, {}};
    for (const Codes* a : rows.codes)
      for (const Codes* b : columns.codes) m.values.push_back(measure.of(*a, *b, found.estimate));
    return m;
  }
};

Side layers_of(const LearntTrial& trial) {
  Side side;
  side.says = "layers of " + trial.name;
  for (const LearntLayer& layer : trial.layers) side.add(trial, layer, layer.name);
  return side;
}

/// Of "SWEEP/CONFIG.REPLICATE@STEP".
std::int64_t step_of(const std::string& word, std::size_t at) {
  std::int64_t step = 0;
  const char* end = word.data() + word.size();
  const auto [rest, error] = std::from_chars(word.data() + at + 1, end, step);
  if (error != std::errc() || rest != end || step < 0)
    fail(Exit::usage, "{}: found '{}' after @, expected the step of a checkpoint", word, word.substr(at + 1));
  return step;
}

Compared compared(const Options& o) {
  Reader reader(o.database());
  Registry registry = registry_of(o);
  ResemblanceRequest request;
  for (const std::string& word : o.words()) {
    const std::size_t at = word.rfind('@');
    request.trials.push_back(find_trial(reader, word.substr(0, at)));
    request.moments.push_back(at == word.npos ? std::nullopt : std::optional(step_of(word, at)));
  }
  Compared all;
  all.by_layer = request.trials.size() == 2 && !o.has("layer");
  if (!all.by_layer) request.layer = o.get("layer", kCodes);
  if (o.has("at")) request.at = o.integer("at", 0);
  request.rows = std::min(kMostRows, o.integer("rows", request.rows, Codes::kNeighbours + 1));
  all.found = resemblance_of(reader, registry, request);
  if (all.by_layer) {
    all.rows = layers_of(all.found.trials[0]), all.columns = layers_of(all.found.trials[1]);
    return all;
  }
  all.rows.says = all.columns.says = fmt::format("layer '{}' of", *request.layer);
  for (const LearntTrial& trial : all.found.trials) all.rows.add(trial, trial.layers.front(), trial.name);
  all.columns.names = all.rows.names, all.columns.codes = all.rows.codes;
  all.columns.trials = all.rows.trials, all.columns.layers = all.rows.layers;
  return all;
}

Value number(double x) { return std::isnan(x) ? Value() : Value(x); }

/// People see one measure as a matrix.
void print_matrix(const NamedMatrix& matrix, RowSink& sink) {
  std::vector<std::string> columns = {matrix.row};
  columns.insert(columns.end(), matrix.columns.begin(), matrix.columns.end());
  sink.columns(columns);
  for (std::size_t i = 0; i < matrix.rows.size(); ++i) {
    Row row = {matrix.rows[i]};
    for (std::size_t j = 0; j < matrix.columns.size(); ++j)
      row.push_back(number(matrix.values[i * matrix.columns.size() + j]));
    sink.row(row);
  }
  sink.end();
}

/// Programs read every pair with every measure.
void print_pairs(const Compared& all, RowSink& sink) {
  sink.columns({"trial_a", "trial_b", "layer_a", "layer_b", "width_a", "width_b", "rows", "estimate", "cka",
                "procrustes", "neighbours"});
  for (std::size_t i = 0; i < all.rows.codes.size(); ++i)
    for (std::size_t j = all.by_layer ? 0 : i + 1; j < all.columns.codes.size(); ++j) {
      const Codes &a = *all.rows.codes[i], &b = *all.columns.codes[j];
      Row row = {all.rows.trials[i], all.columns.trials[j],
                 all.rows.layers[i], all.columns.layers[j],
                 a.width(),          b.width(),
                 a.rows(),           all.found.estimate == search::Cka::biased ? "biased" : "unbiased"};
      for (const Measure& measure : measures()) row.push_back(number(measure.of(a, b, all.found.estimate)));
      sink.row(row);
    }
  sink.end();
}

std::string at_step(const LearntTrial& trial) {
  return trial.step < 0 ? fmt::format("{} where it stopped", trial.name)
                        : fmt::format("{} at step {}", trial.name, trial.step);
}

std::vector<std::string> sentences(const Compared& all) {
  const Resemblance& found = all.found;
  std::vector<std::string> trials;
  for (const LearntTrial& trial : found.trials) trials.push_back(at_step(trial));
  std::vector<std::string> out = {
      fmt::format("on {} of {} {} rows: {}", found.rows, found.of, found.split, fmt::join(trials, ", ")),
      found.estimate == search::Cka::biased
          ? fmt::format(
                "linear CKA by the biased estimate: the widest layer has {} columns, a tenth of the rows at most",
                found.widest)
          : fmt::format(
                "linear CKA by the unbiased estimate: the widest layer has {} columns, more than a tenth of the "
                "rows",
                found.widest)};
  if (!all.by_layer) return out;
  const std::vector<LayerMatch> each = matches(found.trials[0], found.trials[1], found.estimate);
  const auto same = std::count_if(each.begin(), each.end(), [](const LayerMatch& m) { return m.layer == m.found; });
  std::string others;
  for (const LayerMatch& m : each)
    if (m.layer != m.found)
      others += fmt::format("; {} is most like {} ({:.4f}, to its own {:.4f})", m.layer, m.found, m.best, m.own);
  out.push_back(fmt::format("{} of {} layers of {} are most like the layer of the same name of {}, by CKA{}", same,
                            each.size(), found.trials[0].name, found.trials[1].name, others));
  return out;
}

Figure drawn(const Compared& all, const Measure& measure) {
  const NamedMatrix matrix = all.matrix(measure);
  return figure_of({panel_of(matrix, measure.name, shares_of(matrix))});
}

std::string page(const Compared& all, const Options& o) {
  Page page;
  page.title = "What was learnt, beside each other";
  for (const LearntTrial& trial : all.found.trials) page.scope += (page.scope.empty() ? "" : ", ") + at_step(trial);
  page.answer = sentences(all);
  const std::string command = fmt::format("ubp compare --representation {}", fmt::join(o.words(), " "));
  for (const Measure& measure : measures()) {
    html::HtmlTable table(measure.says);
    print_matrix(all.matrix(measure), table);
    page.figures.push_back({measure.name,
                            measure.says,
                            fmt::format("{} --measure {}", command, measure.name),
                            svg(drawn(all, measure)),
                            table.text(),
                            {}});
  }
  return html_of(page);
}

enum class Target { none, png, svg, page };

Target target_of(const Options& o) {
  const std::string file = o.get("output");
  if (!o.has("output")) return Target::none;
  if (file.ends_with(".png")) return Target::png;
  if (file.ends_with(".svg")) return Target::svg;
  if (file.ends_with(".html")) return Target::page;
  fail(Exit::usage, "-o: found '{}', expected a file that ends in .png, .svg or .html", file);
}

void refuse_others(const Options& o) {
  for (const char* option : {"rope", "where", "test", "metric"})
    if (o.has(option)) fail(Exit::usage, "--{}: goes with results of configs, not with --representation", option);
  if (o.words().size() < 2)
    fail(Exit::usage, "compare: found {} trial{}, expected two or more: ubp compare --representation TRIAL TRIAL",
         o.words().size(), o.words().size() == 1 ? "" : "s");
}

}  // namespace

void declare_representation(Options& o) {
  o.flag("representation",
         "of trials, SWEEP/CONFIG.REPLICATE, or with @STEP at one moment: what their layers make of the same held-out "
         "rows")
      .value("layer", "NAME", "this layer of every trial, 'embedding': the codes (default: all layers of two trials)")
      .value("measure", "MEASURE", "cka, procrustes or neighbours: what people are shown (default: cka)")
      .choices(names_of_measures())
      .value("rows", "N", fmt::format("so many rows at the most, {} or fewer (default: 1000)", kMostRows))
      .value("at", "STEP", "what they had learnt at that step (default: at the end)")
      .value("output,o", "FILE", "draws the matrix of representations: a .png, .svg or .html file")
      .values("plugin-path", "DIR", "look for plugins here first; repeatable");
}

int compare_representations(const Options& o) {
  refuse_others(o);
  const Format format = o.format();
  const Target target = target_of(o);
  const Measure& measure = measure_of(o);
  const Compared all = compared(o);
  const auto sink = printer(format);
  if (is_for_people(format))
    print_matrix(all.matrix(measure), *sink);
  else
    print_pairs(all, *sink);
  for (const std::string& note : all.found.notes) message("ubp: {}", note);
  for (const std::string& sentence : sentences(all)) message("{}", sentence);
  switch (target) {
    case Target::png:
      write_file(o.get("output"), png(drawn(all, measure)));
      break;
    case Target::svg:
      write_file(o.get("output"), svg(drawn(all, measure)));
      break;
    case Target::page:
      write_file(o.get("output"), page(all, o));
      break;
    case Target::none:
      break;
  }
  return 0;
}

}  // namespace ubp
