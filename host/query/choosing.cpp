// SPDX-License-Identifier: MIT
#include "query/choosing.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include "base/statistics.hpp"
#include "base/text.hpp"
#include "engine/random.hpp"
#include "search/similarity.hpp"

namespace ubp {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kFewest = 10;  // configs
constexpr double kLeastShare = 0.9;  // of the configs
constexpr const char* kStability = "stability";
constexpr const char* kSplitsToChoose[] = {"valid", "train", "test"};
constexpr const char* kSplitsToJudge[] = {"test", "valid", "train"};

bool needs(const Manifest& metric, const char* what) {
  return std::find(metric.needs.begin(), metric.needs.end(), what) != metric.needs.end();
}

/// What is known of one trial.
struct Told {
  std::int64_t trial_id = 0;
  std::map<std::string, double> last;  // by series
};

struct ToldConfig {
  nlohmann::json params;
  bool supervised = false;
  std::vector<Told> trials;
};

std::map<std::int64_t, ToldConfig> read(Reader& reader, std::int64_t sweep_id) {
  std::map<std::int64_t, ToldConfig> all;
  const Query query = {
      "WITH final AS (SELECT trial_id, config_id, max(attempt) FROM trial WHERE sweep_id = ?1 AND state = 'COMPLETE' "
      "GROUP BY config_id, replicate) "
      "SELECT c.number, c.params, c.supervised, f.trial_id, m.metric, m.last FROM final f JOIN config c USING "
      "(config_id) JOIN metric_stats m ON m.trial_id = f.trial_id ORDER BY c.number, f.trial_id",
      {sweep_id}};
  reader.each(query, [&](const sqlite::Statement& row) {
    const auto [at, fresh] = all.try_emplace(row.integer(0));
    ToldConfig& config = at->second;
    if (fresh) config.params = reader.parsed(row.text(1)), config.supervised = row.integer(2) != 0;
    if (config.trials.empty() || config.trials.back().trial_id != row.integer(3))
      config.trials.push_back({row.integer(3), {}});
    config.trials.back().last[row.text(4)] = row.type(5) == SQLITE_NULL ? kNaN : row.real(5);
  });
  return all;
}

/// What could be a score, by its name without a split, and what of it is known.
struct Candidate {
  bool higher_is_better = false, uses_labels = false, is_logged = false;  // is_logged: by the objective
};

bool uses_labels(const Manifest& metric) { return needs(metric, "label") || needs(metric, "factors"); }

/// Of metrics that judge data, not episodes, and of objectives. Where both call a number the same, it is the metric's.
std::map<std::string, Candidate> candidates(const std::vector<const Manifest*>& manifests) {
  std::map<std::string, Candidate> all;
  for (const Manifest* metric : manifests)
    if (metric->kind == UBP_K_METRIC && !needs(*metric, "episodes"))
      for (const EmitDecl& emit : metric->emits) all[emit.name] = {emit.higher_is_better, uses_labels(*metric), false};
  for (const Manifest* objective : manifests)
    if (objective->kind == UBP_K_OBJECTIVE)
      for (const std::string& scalar : objective->scalars) all.try_emplace(scalar, Candidate{false, false, true});
  all.try_emplace("loss", Candidate{false, false, true});
  return all;
}

bool is_wanted(const std::vector<std::string>& names, const std::string& name) {
  return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
}

/// Of the splits of a score the first that these configs have a series of.
std::vector<ChoosingScore> scores_of(const std::map<std::string, Candidate>& candidates, const ChoosingNames& names,
                                     const std::set<std::string>& told, bool supervised) {
  std::vector<ChoosingScore> all;
  for (const auto& [name, candidate] : candidates) {
    if (!is_wanted(candidate.uses_labels ? names.judges : names.scores, name)) continue;
    if (candidate.is_logged && supervised) continue;
    for (const std::string split : candidate.uses_labels ? kSplitsToJudge : kSplitsToChoose) {
      const std::string series = split + "." + name;
      if (!told.contains(series) || (candidate.is_logged && split != "train")) continue;
      all.push_back({series, candidate.higher_is_better, candidate.uses_labels});
      break;
    }
  }
  return all;
}

void require_names(const std::map<std::string, Candidate>& candidates, const ChoosingNames& names) {
  for (const bool of_labels : {false, true}) {
    std::vector<std::string> known;
    for (const auto& [name, candidate] : candidates)
      if (candidate.uses_labels == of_labels) known.push_back(name);
    if (!of_labels) known.emplace_back(kStability);
    for (const std::string& name : of_labels ? names.judges : names.scores)
      if (std::find(known.begin(), known.end(), name) == known.end())
        fail(Exit::usage, "--{}: found '{}', expected a number that used {}labels: {}{}", of_labels ? "judge" : "score",
             name, of_labels ? "" : "no ", known.empty() ? "there is none" : fmt::format("{}", fmt::join(known, ", ")),
             suggestion(name, known));
  }
}

/// The embedding that a trial left last; empty where it left none, or somebody removed it.
DrawnArray embedding_of(Reader& reader, std::int64_t trial_id) {
  std::vector<DrawnArtifact> files = drawn_artifacts(reader, trial_id);
  std::erase_if(files,
                [](const DrawnArtifact& f) { return f.kind != "embedding" || !std::filesystem::exists(f.file); });
  return files.empty() ? DrawnArray() : array_of(files.back());
}

bool is_finite(const DrawnArray& code) {
  return std::all_of(code.values.begin(), code.values.end(), [](double v) { return std::isfinite(v); });
}

/// Why seeds of this sweep cannot be compared row by row; "": they can.
std::string other_rows(Reader& reader, std::int64_t sweep_id) {
  const auto row = reader.first(
      {"SELECT max(coalesce(json_extract(s.spec, '$.dataset.split_by_replicate'), 0)), "
       "max(coalesce(json_extract(s.spec, '$.dataset.folds'), 0)) FROM config JOIN config_spec s USING (config_id) "
       "WHERE sweep_id = ?1",
       {sweep_id}});
  if (!row) return "";
  if (text_of((*row)[0]) == "1") return "split_by_replicate gives every seed rows of its own";
  return is_null((*row)[1]) || text_of((*row)[1]) == "0" ? "" : "folds give replicates rows of their own";
}

/// Linear CKA of the codes of two seeds, the mean over pairs, unbiased since codes may be as wide as there are rows;
/// NaN: fewer than two left a file, of the same rows and more than ten, or all codes of one are equal.
double stability_of(Reader& reader, const ToldConfig& config) {
  std::vector<search::Representation> codes;
  for (const Told& trial : config.trials)
    if (const DrawnArray code = embedding_of(reader, trial.trial_id);
        code.rows > search::Representation::kNeighbours && is_finite(code))
      codes.emplace_back(code.values, static_cast<std::int64_t>(code.rows), static_cast<std::int64_t>(code.width));
  std::vector<double> pairs;
  for (std::size_t a = 0; a < codes.size(); ++a)
    for (std::size_t b = a + 1; b < codes.size(); ++b)
      pairs.push_back(codes[a].rows() == codes[b].rows() ? search::linear_cka(codes[a], codes[b], search::Cka::unbiased)
                                                         : kNaN);
  return statistics::mean(pairs);
}

/// Adds it as a score, or says why it is not known.
void add_stability(Reader& reader, const SweepFacts& sweep, const std::vector<const ToldConfig*>& configs,
                   ScoredConfigs& to, std::vector<std::string>& notes) {
  std::string why = other_rows(reader, sweep.sweep_id);
  std::size_t known = 0;
  if (why.empty())
    for (std::size_t i = 0; i < configs.size(); ++i)
      if (const double stability = stability_of(reader, *configs[i]); std::isfinite(stability))
        to.configs[i][kStability] = stability, ++known;
  if (known > 0) {
    to.scores.push_back({kStability, true, false});
    return;
  }
  if (why.empty())
    why = "no config has files with the codes of two seeds: [artifacts] embedding = true would leave them";
  notes.push_back(fmt::format("{}: stability over seeds is not known: {}", to.name, why));
}

std::string block_of(const SweepFacts& sweep, const nlohmann::json& params) {
  std::vector<std::string> parts;
  for (const std::string& axis : sweep.blocks)
    if (const auto value = params.find(axis); value != params.end())
      parts.push_back(value->is_string() ? value->get<std::string>() : value->dump());
  return fmt::format("{}", fmt::join(parts, " "));
}

ScoredConfigs means_of(const std::string& name, const std::vector<const ToldConfig*>& configs,
                       const std::map<std::string, Candidate>& candidates, const ChoosingNames& names) {
  std::set<std::string> told;
  bool supervised = false;
  for (const ToldConfig* config : configs) {
    supervised = supervised || config->supervised;
    for (const Told& trial : config->trials)
      for (const auto& [series, last] : trial.last) told.insert(series);
  }
  ScoredConfigs all{name, scores_of(candidates, names, told, supervised), {}};
  for (const ToldConfig* config : configs) {
    auto& means = all.configs.emplace_back();
    for (const ChoosingScore& score : all.scores) {
      std::vector<double> values;
      for (const Told& trial : config->trials)
        if (const auto last = trial.last.find(score.name); last != trial.last.end()) values.push_back(last->second);
      if (const double mean = statistics::mean(values); std::isfinite(mean)) means[score.name] = mean;
    }
  }
  return all;
}

/// The configs of a data set that have both, each as "larger is better".
struct Both {
  std::vector<double> score, judge;
};

Both both_of(const ScoredConfigs& all, const ChoosingScore& score, const ChoosingScore& judge) {
  Both both;
  for (const auto& config : all.configs) {
    const auto a = config.find(score.name), b = config.find(judge.name);
    if (a == config.end() || b == config.end()) continue;
    both.score.push_back(score.higher_is_better ? a->second : 0 - a->second);
    both.judge.push_back(judge.higher_is_better ? b->second : 0 - b->second);
  }
  return both;
}

/// Over draws of configs; one in which all are equal tells neither way.
statistics::Bounds interval_of(const Both& both) {
  std::vector<double> places(both.score.size());
  std::iota(places.begin(), places.end(), 0.0);
  std::vector<double> a(places.size()), b(places.size());
  const auto rho = [&](const statistics::Strata& drawn) {
    for (std::size_t i = 0; i < a.size(); ++i) {
      const auto place = static_cast<std::size_t>(drawn[0][i]);
      a[i] = both.score[place], b[i] = both.judge[place];
    }
    const double found = statistics::spearman(a, b);
    return std::isnan(found) ? 0 : found;
  };
  const auto words = [random = Random(0, "choosing")](std::span<std::uint64_t> out) mutable { random.words(out); };
  return statistics::bootstrap_bounds({places}, rho, words);
}

/// Of the configs that share the best score, the mean.
double judged_choice(const Both& both) {
  const double best = *std::max_element(both.score.begin(), both.score.end());
  std::vector<double> chosen;
  for (std::size_t i = 0; i < both.score.size(); ++i)
    if (both.score[i] == best) chosen.push_back(both.judge[i]);
  return statistics::mean(chosen);
}

ScoreAgainstJudge compared(const ScoredConfigs& all, const ChoosingScore& score, const ChoosingScore& judge,
                           const Both& both, double rho) {
  const auto [worst, best] = std::minmax_element(both.judge.begin(), both.judge.end());
  const double range = *best - *worst;
  const statistics::Bounds bounds = interval_of(both);
  return {all.name,
          score.name,
          judge.name,
          both.score.size(),
          rho,
          bounds.low,
          bounds.high,
          (*best - judged_choice(both)) / range,
          (*best - statistics::mean(both.judge)) / range};
}

/// What was left out, and of which data sets.
using LeftOut = std::map<std::string, std::vector<std::string>>;

void compare(const ScoredConfigs& all, Choosing& to, LeftOut& left_out) {
  std::set<std::string> lacking, level;
  for (const ChoosingScore& judge : all.scores) {
    if (!judge.uses_labels) continue;
    for (const ChoosingScore& score : all.scores) {
      if (score.uses_labels) continue;
      const Both both = both_of(all, score, judge);
      const std::size_t n = both.score.size();
      if (n < kFewest || static_cast<double>(n) < kLeastShare * static_cast<double>(all.configs.size())) {
        lacking.insert(score.name);
        continue;
      }
      const double rho = statistics::spearman(both.score, both.judge);
      if (std::isnan(rho))
        level.insert(fmt::format("{} beside {}", score.name, judge.name));
      else
        to.each.push_back(compared(all, score, judge, both, rho));
    }
  }
  if (!lacking.empty())
    left_out[fmt::format("more than a tenth of the configs lack {}, which cannot choose among all",
                         fmt::join(lacking, ", "))]
        .push_back(all.name);
  if (!level.empty())
    left_out[fmt::format("equal for all configs, without an order: {}", fmt::join(level, ", "))].push_back(all.name);
}

std::vector<ScoreOverDataSets> over_data_sets(const std::vector<ScoreAgainstJudge>& each) {
  std::map<std::pair<std::string, std::string>, std::vector<const ScoreAgainstJudge*>> pairs;  // judge, score
  for (const ScoreAgainstJudge& one : each) pairs[{one.judge, one.score}].push_back(&one);
  std::map<std::string, std::vector<ScoreOverDataSets>> by_judge;
  for (const auto& [names, found] : pairs) {
    const auto all_of = [&](double ScoreAgainstJudge::*member) {
      std::vector<double> values;
      for (const ScoreAgainstJudge* one : found) values.push_back(one->*member);
      return values;
    };
    const auto above_0 = [](const std::vector<double>& values) {
      return static_cast<std::size_t>(std::count_if(values.begin(), values.end(), [](double v) { return v > 0; }));
    };
    const std::vector<double> rho = all_of(&ScoreAgainstJudge::rho), regret = all_of(&ScoreAgainstJudge::regret),
                              chance = all_of(&ScoreAgainstJudge::chance);
    std::vector<double> gain;
    for (std::size_t i = 0; i < regret.size(); ++i) gain.push_back(chance[i] - regret[i]);
    by_judge[names.first].push_back({names.second, names.first, found.size(), above_0(rho), above_0(gain),
                                     statistics::mean(rho), statistics::mean(regret), statistics::mean(chance),
                                     statistics::sign_test(rho).p, kNaN, statistics::sign_test(gain).p});
  }
  std::vector<ScoreOverDataSets> all;
  for (auto& [judge, scores] : by_judge) {
    std::vector<double> p;
    for (const ScoreOverDataSets& score : scores) p.push_back(score.p);
    const std::vector<double> adjusted = statistics::holm(p);
    for (std::size_t i = 0; i < scores.size(); ++i) scores[i].p_adjusted = adjusted[i];
    std::stable_sort(scores.begin(), scores.end(),
                     [](const ScoreOverDataSets& a, const ScoreOverDataSets& b) { return a.rho > b.rho; });
    all.insert(all.end(), scores.begin(), scores.end());
  }
  return all;
}

/// The scores of `all` beside `judge` that `good` holds of, as "valid.mse (mean rank correlation ...)".
template <class One, class Good, class Text>
std::string list_of(const std::vector<One>& all, const std::string& judge, Good good, Text text) {
  std::vector<std::string> parts;
  for (const One& one : all)
    if (one.judge == judge && good(one)) parts.push_back(text(one));
  return parts.empty() ? "none" : fmt::format("{}", fmt::join(parts, ", "));
}

template <class One>
std::vector<std::string> judges_of(const std::vector<One>& all) {
  std::vector<std::string> judges;
  for (const One& one : all)
    if (std::find(judges.begin(), judges.end(), one.judge) == judges.end()) judges.push_back(one.judge);
  return judges;
}

std::string sentence_of_one(const std::vector<ScoreAgainstJudge>& each) {
  const auto good = [](const ScoreAgainstJudge& one) { return one.low > 0; };
  const auto text = [](const ScoreAgainstJudge& one) {
    return fmt::format("{} ({:.2f}, {:.2f} to {:.2f})", one.score, one.rho, one.low, one.high);
  };
  std::vector<std::string> parts;
  for (const std::string& judge : judges_of(each))
    parts.push_back(fmt::format("of {} {}", judge, list_of(each, judge, good, text)));
  return fmt::format(
      "on {} alone, the interval of the rank correlation lies above 0 {}; whether one may choose on any "
      "elsewhere, one data set does not tell",
      each.front().dataset, fmt::join(parts, "; "));
}

/// Of those that no test tells, the one that is nearest to it, and what the test could say at best.
std::string nearest_of(const std::vector<ScoreOverDataSets>& over) {
  const auto nearer = [](const ScoreOverDataSets& a, const ScoreOverDataSets& b) {
    const bool up_a = a.rho > 0, up_b = b.rho > 0;
    return up_a != up_b ? up_a : a.p != b.p ? a.p < b.p : a.rho > b.rho;
  };
  const ScoreOverDataSets& near = *std::min_element(over.begin(), over.end(), nearer);
  return fmt::format(
      "the nearest is {} for {}, above 0 in {} of {} (mean rank correlation {:.2f}, p = {:.2g}, {:.2g} "
      "adjusted)",
      near.score, near.judge, near.above, near.datasets, near.rho, near.p, near.p_adjusted);
}

}  // namespace

std::vector<UsedComponent> judging_components(Reader& reader, std::int64_t sweep_id) {
  std::vector<UsedComponent> all;
  for (const Row& row : reader.rows({"SELECT DISTINCT p.kind, p.id FROM trial t JOIN trial_plugin u ON u.trial_id = "
                                     "coalesce(t.same_as, t.trial_id) JOIN plugin p USING (plugin_id) WHERE "
                                     "t.sweep_id = ?1 AND t.state = 'COMPLETE' AND p.kind IN ('metric', 'objective') "
                                     "ORDER BY 1, 2",
                                     {sweep_id}}))
    all.push_back({kind_of(text_of(row[0])), text_of(row[1])});
  return all;
}

std::vector<ScoredConfigs> scored_configs(Reader& reader, const SweepFacts& sweep,
                                          const std::vector<const Manifest*>& manifests, const ChoosingNames& names,
                                          std::vector<std::string>& notes) {
  const std::map<std::string, Candidate> known = candidates(manifests);
  require_names(known, names);
  const std::map<std::int64_t, ToldConfig> told = read(reader, sweep.sweep_id);
  std::map<std::string, std::vector<const ToldConfig*>> blocks;
  for (const auto& [number, config] : told) blocks[block_of(sweep, config.params)].push_back(&config);
  std::vector<ScoredConfigs> all;
  for (const auto& [block, configs] : blocks) {
    const std::string name = block.empty() ? sweep.name : fmt::format("{} {}", sweep.name, block);
    all.push_back(means_of(name, configs, known, names));
    if (std::any_of(configs.begin(), configs.end(), [](const ToldConfig* config) { return config->supervised; }))
      notes.push_back(fmt::format("{}: an objective is given labels: what it logs is left out", name));
    if (is_wanted(names.scores, kStability)) add_stability(reader, sweep, configs, all.back(), notes);
  }
  return all;
}

Choosing choosing(const std::vector<ScoredConfigs>& datasets) {
  Choosing all;
  LeftOut left_out;
  for (const ScoredConfigs& dataset : datasets) {
    compare(dataset, all, left_out);
    const auto of_kind = [&](bool uses_labels) {
      return std::any_of(dataset.scores.begin(), dataset.scores.end(),
                         [&](const ChoosingScore& score) { return score.uses_labels == uses_labels; });
    };
    for (const bool uses_labels : {false, true})
      if (!of_kind(uses_labels))
        all.notes.push_back(fmt::format("{}: no series that {}", dataset.name,
                                        uses_labels ? "used labels: a metric such as knn_probe would judge"
                                                    : "used none: a metric such as collapse would choose"));
  }
  for (const auto& [what, names] : left_out) all.notes.push_back(fmt::format("{}: {}", fmt::join(names, ", "), what));
  if (all.each.empty())
    fail(Exit::nothing, "choosing takes {} configs with a score that used labels and one that used none{}{}", kFewest,
         all.notes.empty() ? "" : "; ", fmt::join(all.notes, "; "));
  std::stable_sort(all.each.begin(), all.each.end(), [&](const ScoreAgainstJudge& a, const ScoreAgainstJudge& b) {
    const auto place = [&](const ScoreAgainstJudge& one) {
      return std::find_if(datasets.begin(), datasets.end(), [&](const auto& d) { return d.name == one.dataset; });
    };
    return std::tuple(place(a), a.judge, -a.rho) < std::tuple(place(b), b.judge, -b.rho);
  });
  std::set<std::string> names;
  for (const ScoreAgainstJudge& one : all.each) names.insert(one.dataset);
  if (names.size() > 1) all.over = over_data_sets(all.each);
  return all;
}

std::string sentence_of(const Choosing& all) {
  if (all.over.empty()) return sentence_of_one(all.each);
  const auto good = [](const ScoreOverDataSets& one) { return one.chooses_well(); };
  const auto text = [](const ScoreOverDataSets& one) {
    return fmt::format("{} ({:.2f}; {:.2f} against {:.2f})", one.score, one.rho, one.regret, one.chance);
  };
  if (std::none_of(all.over.begin(), all.over.end(), good))
    return "one may choose on none of these scores: of none do sign tests over data sets tell that it orders configs "
           "as labels do and chooses better than a lot; " +
           nearest_of(all.over);
  std::vector<std::string> parts;
  for (const std::string& judge : judges_of(all.over))
    parts.push_back(fmt::format("for {} on {}", judge, list_of(all.over, judge, good, text)));
  return fmt::format(
      "without labels one may choose {} (in brackets the mean rank correlation, and the regret against "
      "that of a config drawn by lot)",
      fmt::join(parts, "; "));
}

}  // namespace ubp
