// SPDX-License-Identifier: MIT
#include "run/require_data.hpp"

#include <unistd.h>

#include <iostream>
#include <iterator>

#include <fmt/ranges.h>
#include <ubp/expect.h>

#include "base/child.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "plugin/context.hpp"
#include "plugin/instance.hpp"
#include "plugin/loader.hpp"
#include "train/evaluate/evaluate.hpp"

namespace ubp {
namespace {

using nlohmann::json;

constexpr unsigned kPatience = 20;  // seconds for a component to say what it expects

std::vector<std::string> judged_of(const std::string& asked, const DataFacts& facts) {
  return judged_splits(asked, facts.split_names());
}

// --- in the child ----------------------------------------------------------------------------------------------------
/// A ubp_row_facts with the numbers that it points to.
class GivenFacts {
 public:
  GivenFacts(const std::string& name, const DataFacts& facts, std::vector<std::string> given)
      : name_(name), given_(std::move(given)) {
    for (const std::string& each : given_) given_names_.push_back(each.c_str());
    given_names_.push_back(nullptr);
    const SplitFacts& split = facts.splits.at(name);
    for (const auto& [label, rows] : split.classes) labels_.push_back(label), counts_.push_back(rows);
    abi_ = {sizeof abi_,        name_.c_str(),
            split.rows,         labels_.data(),
            counts_.data(),     static_cast<i64>(labels_.size()),
            split.withheld,     {},
            given_names_.data()};
    abi_.row.nd = static_cast<std::int32_t>(facts.row.size());
    std::copy(facts.row.begin(), facts.row.end(), abi_.row.dim);
  }
  GivenFacts(const GivenFacts&) = delete;
  const ubp_row_facts* abi() const { return &abi_; }

 private:
  std::string name_;
  std::vector<std::string> given_;
  std::vector<const char*> given_names_;
  std::vector<i64> labels_, counts_;
  ubp_row_facts abi_{};
};

bool needs_labels(const Instance& judge) {
  if (judge.component().kind == UBP_K_METRIC) return needs(judge.table<ubp_metric_vt>(), "label");
  return judge.table<ubp_objective_vt>().flags & UBP_OBJ_NEEDS_LABELS;
}

void ask(const Instance& judge, const json& use, const DataFacts& facts) {
  if (needs_labels(judge) && facts.splits.at("train").classes.empty())
    fail(Exit::usage, "{} needs labels, but the data set has none", judge.who());
  const ubp_lifecycle& life = *judge.component().life;
  const void* found = UBP_HAS(&life, get_extension) ? life.get_extension(judge.self(), UBP_EXT_EXPECT) : nullptr;
  const auto* extension = static_cast<const ubp_expect_ext*>(found);
  if (!extension || !UBP_HAS(extension, expect)) return;
  const GivenFacts train("train", facts, use.at("given"));
  for (const std::string& split : judged_of(use.at("eval_split"), facts)) {
    if (!facts.has(split)) continue;
    const GivenFacts judged(split, facts, use.at("given"));
    require_ok(extension->expect(judge.self(), train.abi(), judged.abi()), judge.who(), "expect");
  }
}

/// A plugin that throws, hangs or crashes here is no refusal: its trials will tell.
std::string refusal_of(const ComponentUse& judge, const json& use, const DataFacts& facts) {
  alarm(kPatience);
  std::string sentence;
  try {
    ask(Instance(judge.file.string(), judge.kind, judge.id, judge.params), use, facts);
  } catch (const EngineError& e) {
    if (e.status() != UBP_E_PLUGIN_EXCEPTION) sentence = e.what();
  } catch (const Error& e) {
    if (e.code() == Exit::usage) sentence = e.what();
  }
  alarm(0);
  return sentence;
}

json report_on(const json& use, const DataFacts& facts) {
  json report{{"facts", facts}, {"refused_by", ""}, {"refusal", ""}};
  for (const ComponentUse& judge : use.at("judges").get<std::vector<ComponentUse>>()) {
    const std::string sentence = refusal_of(judge, use, facts);
    if (sentence.empty()) continue;
    report["refused_by"] = judge.table, report["refusal"] = sentence;
    break;
  }
  return report;
}

/// What a plugin says when it opens the data set: of a decoded one it would say nothing.
std::vector<std::string> notes_of(const ComponentUse& use) {
  std::vector<std::string> notes;
  set_log_sink([](void* to, int, const char*,
                  const char* text) { static_cast<std::vector<std::string>*>(to)->emplace_back(text); },
               &notes);
  const Instance dataset(use.file.string(), use.kind, use.id, use.params);
  const auto calls = dataset.table<ubp_dataset_vt>();
  if (calls.open) require_ok(calls.open(dataset.self(), data_dir()), dataset.who(), "open");
  set_log_sink(nullptr, nullptr);
  return notes;
}

DataFacts read_facts(const json& use, Detail detail) {
  const auto dataset = use.at("dataset").get<ComponentUse>();
  DataFacts facts = facts_of(Data(dataset, use.at("options").get<DataOptions>()), detail);
  if (detail == Detail::yes) facts.notes = notes_of(dataset);
  return facts;
}

// --- in the parent ---------------------------------------------------------------------------------------------------
/// The last line of what the child wrote: what comes before it a plugin has printed.
json answer_of(const std::string& out) {
  const std::size_t end = out.find_last_not_of('\n');
  if (end == out.npos) return {};
  const std::size_t before = out.find_last_of('\n', end);
  return json::parse(out.substr(before == out.npos ? 0 : before + 1), nullptr, false);
}

json written(const DataUse& use) {
  DataOptions options = use.options;
  options.scale = Scale::none;  // takes time and cannot fail
  return {{"dataset", use.dataset},
          {"options", options},
          {"eval_split", use.eval_split},
          {"judges", use.judges},
          {"given", use.given}};
}

void refuse_missing_cells(const DataUse& use, const DataFacts& facts) {
  if (!facts.has_mask || use.takes_missing) return;
  if (facts.has_lengths)
    fail(Exit::usage,
         "{}: objective '{}' cannot train with rows of different lengths: expected one that declares "
         "UBP_OBJ_HANDLES_MASK, which tells it where a row ends",
         use.where.at("dataset"), use.judges.front().id);
  i64 cells = 0;
  for (const auto& [name, split] : facts.splits) cells += split.missing;
  fail(Exit::usage,
       "{}: objective '{}' cannot train with missing cells: found {}, expected none; dataset.missing_cells says how to "
       "do "
       "without them",
       use.where.at("dataset"), use.judges.front().id, cells);
}

void refuse_weights(const DataUse& use, const DataFacts& facts) {
  if (!facts.has_weights || use.takes_weights) return;
  fail(Exit::usage,
       "{}: objective '{}' heeds no weights of rows, and the data set has them: expected data without, or an objective "
       "that declares UBP_OBJ_ROW_LOSS",
       use.where.at("dataset"), use.judges.front().id);
}

void refuse_missing_rows(const DataUse& use, const DataFacts& facts) {
  const std::vector<std::string> judged = judged_of(use.eval_split, facts), there = facts.split_names();
  for (const std::string& split : judged) {
    if (facts.has(split)) continue;
    if (split == "valid")
      fail(Exit::usage,
           "{}: train.eval_split: found valid, but there are no validation rows: dataset.valid_share or folds hold "
           "some back",
           use.where.at("dataset"));
    fail(Exit::usage, "{}: train.eval_split: found '{}', but the data set has only {}{}", use.where.at("dataset"),
         split, fmt::join(there, ", "), suggestion(split, there));
  }
  for (const NamedSeries& series : use.series) {
    const std::string split = series.name.substr(0, series.name.find('.'));
    if (std::find(judged.begin(), judged.end(), split) != judged.end()) continue;
    fail(Exit::usage, "{}: {}: '{}' is never told: metrics judge the {} rows here", series.where, series.key,
         series.name, fmt::join(judged, " and the "));
  }
}

/// A choice by the rows that are reported is no independent result.
void note_choices(const DataUse& use, const DataFacts& facts, bool single, std::vector<std::string>& notes) {
  for (const NamedSeries& series : use.series) {
    if (!series.name.starts_with("test.") || (single && series.key.starts_with("sweep."))) continue;
    const std::string metric = series.name.substr(5);
    const std::string note =
        fmt::format("{} names {}: what is chosen by test rows is not judged by them; {}", series.key, series.name,
                    facts.has("valid") ? fmt::format("valid.{} exists", metric)
                                       : "dataset.valid_share holds rows back to choose by");
    if (std::find(notes.begin(), notes.end(), note) == notes.end()) notes.push_back(note);
  }
}

}  // namespace

std::vector<DataReport> read_data(const Plan& plan, Detail detail) {
  json uses = json::array();
  for (const DataUse& use : plan.data) uses.push_back(written(use));
  std::vector<DataReport> reports;
  if (uses.empty()) return reports;
  const json asked{{"uses", uses}, {"detail", detail == Detail::yes}};
  const ChildEnd end = run_child(this_executable(), {"__decode"}, json_text(asked));
  const json answer = answer_of(end.out);
  if (answer.is_object() && answer.contains("error"))
    fail(Exit::usage, "{}: {}", plan.dataset_where, answer["error"].get<std::string>());
  if (!answer.is_array()) return reports;
  for (const json& each : answer)
    reports.push_back({each.at("facts").get<DataFacts>(), each.at("refused_by"), each.at("refusal")});
  return reports;
}

DataFindings require_data(const Plan& plan) {
  if (plan.by_program)
    fail(Exit::usage, "sweep '{}': its trials are run by a program, as [program] says: `ubp ask` gives them to it",
         plan.sweep);
  DataFindings found;
  found.files.resize(plan.data.size());
  const std::vector<DataReport> reports = read_data(plan, Detail::no);
  for (std::size_t i = 0; i < reports.size(); ++i) {
    const DataUse& use = plan.data[i];
    const DataReport& report = reports[i];
    refuse_missing_cells(use, report.facts);
    refuse_weights(use, report.facts);
    refuse_missing_rows(use, report.facts);
    if (!report.refused_by.empty()) fail(Exit::usage, "{}: {}", use.where.at(report.refused_by), report.refusal);
    note_choices(use, report.facts, plan.sampler.at("use") == "single", found.notes);
    found.files[i] = report.facts.sources;
  }
  return found;
}

int decode_in_this_process() {
  try {
    const json asked = json::parse(std::string{std::istreambuf_iterator<char>(std::cin), {}});
    const Detail detail = asked.at("detail") ? Detail::yes : Detail::no;
    std::map<std::string, DataFacts> known;  // uses differ in their judges more often than in their data
    json reports = json::array();
    for (const json& use : asked.at("uses")) {
      const std::string key = json_text(use.at("dataset")) + json_text(use.at("options"));
      if (!known.contains(key)) known[key] = read_facts(use, detail);
      reports.push_back(report_on(use, known.at(key)));
    }
    std::cout << "\n" << json_text(reports) << "\n";
    return 0;
  } catch (const std::exception& e) {
    std::cout << "\n" << json_text({{"error", e.what()}}) << "\n";
    return static_cast<int>(Exit::usage);
  }
}

}  // namespace ubp
