// SPDX-License-Identifier: MIT
// ubp tag: names that people give to trials and sweeps.
#include <algorithm>

#include "cli/options.hpp"
#include "query/filter/selection.hpp"
#include "query/listing.hpp"
#include "record/annotation.hpp"

namespace ubp {
namespace {

constexpr std::size_t kMostBytes = 100;

struct Change {
  bool adds = true;
  std::string tag;
};

Change change_of(const std::string& word) {
  const std::string tag = word.substr(1);
  const auto is_bad = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == ',' || c == 0x7f; };
  if (tag.empty() || tag.size() > kMostBytes || !is_utf8(tag) || std::any_of(tag.begin(), tag.end(), is_bad))
    fail(Exit::usage, "tag: found '{}', expected {}TAG: 1 to {} bytes without blanks and commas", word, word[0],
         kMostBytes);
  return {word[0] == '+', tag};
}

/// The trials that --where selects. Throws Error (nothing) if there is none.
std::vector<FoundTarget> matching_targets(Reader& reader, const std::string& filter) {
  std::vector<FoundTarget> targets;
  for (const std::int64_t trial_id : matching_trials(reader, {}, filter))
    targets.push_back(find_target(reader, std::to_string(trial_id)));
  if (targets.empty()) fail(Exit::nothing, "tag: no trial matches: {}", filter);
  return targets;
}

/// Only what changes something. Throws Error (nothing) if a tag is to be taken away that none of them has.
std::vector<Annotation> annotations(Reader& reader, const std::vector<FoundTarget>& targets,
                                    const std::vector<Change>& changes) {
  std::vector<Annotation> all;
  std::vector<std::string> known;
  std::map<std::string, bool> missed;
  for (const Change& change : changes)
    if (!change.adds) missed[change.tag] = true;
  for (const FoundTarget& target : targets) {
    std::vector<std::string> has;
    for (const Row& row : reader.rows(tags_of(target))) has.push_back(text_of(row[0]));
    known.insert(known.end(), has.begin(), has.end());
    for (const Change& change : changes) {
      const bool there = std::find(has.begin(), has.end(), change.tag) != has.end();
      if (there) missed[change.tag] = false;
      if (there != change.adds)
        all.push_back({target.is_sweep ? Annotation::Of::sweep : Annotation::Of::trial, target.id,
                       change.adds ? Annotation::Kind::tag : Annotation::Kind::untag, change.tag});
    }
  }
  for (const auto& [tag, is_missed] : missed) {
    if (!is_missed) continue;
    const std::string near = nearest(tag, known);
    fail(Exit::nothing, "tag: {} has no tag '{}'{}", targets.size() == 1 ? targets[0].name : "none of them", tag,
         near.empty() ? "" : fmt::format("; did you mean '{}'?", near));
  }
  return all;
}

void declare(Options& o) {
  o.words({"TRIAL|SWEEP", "+TAG|-TAG"}, 0, true).signed_words().with_database();
  o.value("where", "FILTER", "the trials that match, as `ubp find` has it, instead of TRIAL|SWEEP");
  o.flag("sweep", "what is named are sweeps, also a number").with_format();
}

int run(const Options& o) {
  const Format format = o.format();
  std::vector<FoundTarget> targets;
  std::vector<Change> changes;
  std::vector<Annotation> all;
  {
    Reader reader(o.database());
    for (const std::string& word : o.words())
      if (word.starts_with('+') || word.starts_with('-'))
        changes.push_back(change_of(word));
      else
        targets.push_back(find_target(reader, word, o.has("sweep")));
    if (o.has("where")) {
      if (!targets.empty()) fail(Exit::usage, "tag: --where says which trials: found {}, too", targets[0].name);
      targets = matching_targets(reader, o.get("where"));
    }
    if (targets.empty()) fail(Exit::usage, "tag: TRIAL|SWEEP is missing: what is to have the tags");
    all = annotations(reader, targets, changes);
  }
  if (!all.empty()) annotate(o.database(), all);
  if (!changes.empty() && o.has("where")) {
    const auto given = std::count_if(all.begin(), all.end(),
                                     [](const Annotation& each) { return each.kind == Annotation::Kind::tag; });
    message("trials that match: {}; tags given: {}, taken away: {}", targets.size(), given, std::ssize(all) - given);
    return 0;
  }
  Reader reader(o.database());
  const auto sink = printer(format);
  sink->columns({"name", "tag", "since"});
  for (const FoundTarget& target : targets)
    for (const Row& row : reader.rows(tags_of(target))) sink->row({target.name, row[0], row[1]});
  sink->end();
  return 0;
}

}  // namespace

extern const Verb tag_verb = {
    .name = "tag",
    .synopsis = "[TRIAL|SWEEP ...] [+TAG ...] [-TAG ...]",
    .summary = "give trials and sweeps tags, or take them away",
    .about =
        "Gives each of the trials (ids, or SWEEP/CONFIG.REPLICATE) and sweeps (by name; with --sweep by id, too) the "
        "tags\n"
        "+TAG, takes -TAG away, and prints the tags that they have then. Records stay as they are: tags lie beside "
        "them, and\n"
        "may be given while a sweep runs. --where FILTER: of all trials that match, and it says how many those are. In "
        "SQL:\n"
        "`tags`.",
    .example = "ubp tag --where 'reason = memory' +oom",
    .declare = declare,
    .run = run};

}  // namespace ubp
