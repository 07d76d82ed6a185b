// SPDX-License-Identifier: MIT
// ubp gate: keep a change, or discard it.
#include "query/gate.hpp"

#include <algorithm>

#include "base/json.hpp"
#include "cli/options.hpp"
#include "query/contest.hpp"
#include "query/listing.hpp"
#include "record/annotation.hpp"

namespace ubp {
namespace {

constexpr const char *kKept = "kept", *kDiscarded = "discarded";

/// Of each trial the tag of the decision in place of the other one, and its sentence as a note.
std::vector<Annotation> said_of(Reader& reader, const std::vector<std::int64_t>& trials, const GateDecision& decision) {
  const std::string tag = decision.keep ? kKept : kDiscarded, other = decision.keep ? kDiscarded : kKept;
  std::vector<Annotation> all;
  for (const std::int64_t trial : trials) {
    const auto say = [&](Annotation::Kind kind, const std::string& text) {
      all.push_back({Annotation::Of::trial, trial, kind, text});
    };
    bool has = false;
    for (const Row& row : reader.rows(tags_of({false, trial, ""}))) {
      has = has || text_of(row[0]) == tag;
      if (text_of(row[0]) == other) say(Annotation::Kind::untag, other);
    }
    if (!has) say(Annotation::Kind::tag, tag);
    say(Annotation::Kind::note, plain(decision.sentence, kMostSentence));
  }
  return all;
}

nlohmann::json number(double x) { return std::isfinite(x) ? nlohmann::json(x) : nlohmann::json(); }

nlohmann::json object_of(const Contest& both, const GateDecision& decision, std::size_t recorded) {
  return {{"decision", decision.keep ? "keep" : "discard"},
          {"baseline", both.configs[0].name},
          {"candidate", both.configs[1].name},
          {"candidate_chosen_among", both.chosen_among[1]},
          {"metric", both.metric},
          {"goal", both.facts.goal},
          {"n", decision.n},
          {"difference", number(decision.difference)},
          {"low", number(decision.low)},
          {"high", number(decision.high)},
          {"test", name_of(decision.test)},
          {"p", number(decision.p)},
          {"alpha", GateDecision::kAlpha},
          {"more_seeds", decision.more_seeds > 0 ? nlohmann::json(decision.more_seeds) : nlohmann::json()},
          {"sentence", decision.sentence},
          {"recorded_trials", recorded}};
}

void declare(Options& o) {
  o.value("metric", "NAME", "by this objective of the sweeps (default: the first)")
      .flag("record", "tag the candidate's trials kept or discarded, and note the sentence")
      .with_database()
      .with_format({"table", "json"})
      .words({"SWEEP", "SWEEP"}, 2);
}

int run(const Options& o) {
  const Format format = o.format();
  Contest both;
  GateDecision decision;
  std::vector<Annotation> said;
  std::size_t recorded = 0;
  {
    Reader reader(o.database());
    both = contest(reader, o.words(), o.get("metric"));
    decision = gate(both.configs[0], both.configs[1], both.minimize(), both.chosen_among[1]);
    if (o.has("record")) {
      const std::vector<std::int64_t> trials = counted_trials(reader, both.configs[1]);
      said = said_of(reader, trials, decision);
      recorded = trials.size();
    }
  }
  if (!said.empty()) annotate(o.database(), said);
  fmt::print("{}\n",
             format == Format::json ? json_text(object_of(both, decision, recorded)) : plain_line(decision.sentence));
  return static_cast<int>(decision.keep ? Exit::ok : Exit::discarded);
}

}  // namespace

extern const Verb gate_verb = {
    .name = "gate",
    .synopsis = "SWEEP[/CONFIG] SWEEP[/CONFIG]",
    .summary = "keep a change or discard it: is the candidate better than the baseline",
    .about =
        "Decides whether a candidate, the second of two configs, is kept in place of a baseline, the first; a sweep\n"
        "stands for its best config. `keep` (exit code 0) where `ubp compare` says that the candidate is better on\n"
        "common seeds, with p of 0.04 at the most, which takes two of them or more; else `discard` (exit code 9), and\n"
        "how many more seeds would decide. A candidate that is the best of several configs has to be better by what\n"
        "that choice adds. One that equals the baseline is kept at most once in 40 decisions, if each is made once:\n"
        "who adds seeds until it is kept, keeps more. --record writes beside the records, as `ubp tag` and `ubp note`\n"
        "do.",
    .example = "ubp gate rings/0 rings/3 --record",
    .declare = declare,
    .run = run};

}  // namespace ubp
