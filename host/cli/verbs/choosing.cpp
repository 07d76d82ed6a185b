// SPDX-License-Identifier: MIT
// ubp choosing: which score without labels chooses the configs that scores with labels would choose.
#include "query/choosing.hpp"

#include <set>

#include "cli/named.hpp"
#include "cli/session_report.hpp"
#include "query/print.hpp"

namespace ubp {
namespace {

void declare(Options& o) {
  o.flag("each", "each data set for itself, with intervals, instead of all together")
      .values("score", "NAME", "only this number without labels, as mse or loss; repeatable (default: all)")
      .values("judge", "NAME", "only this number with labels, as probe_accuracy; repeatable (default: all)");
  add_where(o);
  o.values("plugin-path", "DIR", "look for plugins here first; repeatable")
      .with_database()
      .with_format()
      .words({"SWEEP", "SWEEP"}, 0, true);
}

std::vector<ScoredConfigs> all_scored(const Options& o, std::vector<std::string>& notes) {
  Registry registry = registry_of(o);
  Words sweeps = o.words();
  if (sweeps.empty()) sweeps.emplace_back();
  std::vector<ScoredConfigs> all;
  std::set<std::int64_t> seen;
  for (const std::string& sweep : sweeps) {
    Reader reader(o.database());  // one each: --where narrows a reader's sweep once
    const SweepFacts facts = chosen_sweep(reader, o, sweep);
    if (!seen.insert(facts.sweep_id).second) continue;
    std::vector<const Manifest*> manifests;
    for (const UsedComponent& used : judging_components(reader, facts.sweep_id))
      manifests.push_back(&registry.find(used.kind, used.id));
    for (ScoredConfigs& scored : scored_configs(reader, facts, manifests, {o.all("score"), o.all("judge")}, notes))
      all.push_back(std::move(scored));
  }
  return all;
}

void print_each(const std::vector<ScoreAgainstJudge>& each, RowSink& sink) {
  sink.columns({"dataset", "score", "judge", "configs", "rho", "low", "high", "regret", "chance"});
  for (const ScoreAgainstJudge& one : each)
    sink.row({one.dataset, one.score, one.judge, static_cast<std::int64_t>(one.configs), one.rho, one.low, one.high,
              one.regret, one.chance});
  sink.end();
}

const char* verdict_of(const ScoreOverDataSets& one) {
  if (one.chooses_well()) return "chooses well";
  if (one.orders_well()) return "orders well";
  return one.is_told() ? "orders badly" : "not told";
}

void print_over(const std::vector<ScoreOverDataSets>& over, RowSink& sink) {
  sink.columns({"score", "judge", "datasets", "above", "rho", "p", "adjusted", "better", "regret", "chance", "p_regret",
                "verdict"});
  const auto whole = [](std::size_t n) { return static_cast<std::int64_t>(n); };
  for (const ScoreOverDataSets& one : over)
    sink.row({one.score, one.judge, whole(one.datasets), whole(one.above), one.rho, one.p, one.p_adjusted,
              whole(one.better), one.regret, one.chance, one.p_regret, verdict_of(one)});
  sink.end();
}

int run(const Options& o) {
  std::vector<std::string> notes;
  const Choosing found = choosing(all_scored(o, notes));
  notes.insert(notes.end(), found.notes.begin(), found.notes.end());
  for (const std::string& note : notes) message("{}", note);
  const auto sink = printer(o.format());
  if (o.has("each") || found.over.empty())
    print_each(found.each, *sink);
  else
    print_over(found.over, *sink);
  if (o.format() == Format::table)
    fmt::print("{}\n", plain_line(sentence_of(found)));
  else
    message("{}", sentence_of(found));
  return 0;
}

}  // namespace

extern const Verb choosing_verb = {
    .name = "choosing",
    .synopsis = "[SWEEP ...]",
    .summary = "which score without labels chooses what labels would choose",
    .about =
        "Of the configs of each sweep, or of each of its blocks (data sets): Spearman's rank correlation of every "
        "score\n"
        "that used no labels with every one that did, over the means of their seeds; 1: the better the score, the\n"
        "better the judge. The regret is what the config of the best score lacks to the best one by the judge, as a\n"
        "share of best to worst; chance is that of a config drawn by lot. Labels are used by numbers of metrics that\n"
        "need labels or factors; not by other metrics, the training loss, what an objective without labels logs (the\n"
        "smaller the better, since it declares no direction), and the stability: linear CKA of the codes of two "
        "seeds,\n"
        "where [artifacts] embedding = true kept them. Scores are read from valid rows if there are any, judges from\n"
        "test rows.\n"
        "Over several data sets: the means, and a sign test of the correlations, p adjusted for all scores (Holm). A\n"
        "score chooses well if p is at most 0.05 and the mean above 0; of n scores that takes so many data sets that\n"
        "n / 2^(datasets - 1) is at most 0.05. --each: every data set, with its 95 % interval (bootstrap over "
        "configs).",
    .example = "ubp choosing rings --judge knn_accuracy\nubp choosing rings --each",
    .declare = declare,
    .run = run};

}  // namespace ubp
