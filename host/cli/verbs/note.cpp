// SPDX-License-Identifier: MIT
// ubp note: what people write about a trial or a sweep.
#include "cli/options.hpp"
#include "query/filter/selection.hpp"
#include "query/listing.hpp"
#include "record/annotation.hpp"

namespace ubp {
namespace {

void declare(Options& o) {
  o.words({"TRIAL|SWEEP", "TEXT"}, 1).with_database();
  o.value("where", "FILTER", "about all trials that match, as `ubp find` has it, instead of TRIAL|SWEEP");
  o.flag("sweep", "what is named is a sweep, also a number").with_format();
}

/// Throws Error (usage) if nothing stands in it.
std::string text_of_note(const std::string& word) {
  const std::string text = plain(word, kMostSentence);
  if (text.find_first_not_of(" \t\r\n") == text.npos) fail(Exit::usage, "note: TEXT is empty: expected what to note");
  return text;
}

int note_matching(const Options& o) {
  if (o.words().size() > 1) fail(Exit::usage, "note: --where says which trials: found '{}', too", o.word(0));
  const std::string text = text_of_note(o.word(0));
  std::vector<Annotation> all;
  {
    Reader reader(o.database());
    for (const std::int64_t trial_id : matching_trials(reader, {}, o.get("where")))
      all.push_back({Annotation::Of::trial, trial_id, Annotation::Kind::note, text});
  }
  if (all.empty()) fail(Exit::nothing, "note: no trial matches: {}", o.get("where"));
  annotate(o.database(), all);
  message("notes written: {}, one about each trial that matches", all.size());
  return 0;
}

int run(const Options& o) {
  const Format format = o.format();
  if (o.has("where")) return note_matching(o);
  FoundTarget target;
  {
    Reader reader(o.database());
    target = find_target(reader, o.word(0), o.has("sweep"));
  }
  if (o.words().size() > 1) {
    const std::string text = text_of_note(o.word(1));
    annotate(o.database(), {{target.is_sweep ? Annotation::Of::sweep : Annotation::Of::trial, target.id,
                             Annotation::Kind::note, text}});
  }
  Reader reader(o.database());
  if (reader.query(notes_of(target), *printer(format)) == 0) message("{} has no notes", target.name);
  return 0;
}

}  // namespace

extern const Verb note_verb = {
    .name = "note",
    .synopsis = "[TRIAL|SWEEP] [TEXT]",
    .summary = "write a note about a trial or a sweep",
    .about =
        "Notes TEXT about a trial (id, or SWEEP/CONFIG.REPLICATE) or a sweep (by name; with --sweep by id, too), and "
        "prints\n"
        "all notes about it. Notes are only appended, beside the record; also while a sweep runs. In SQL: `notes`. "
        "--where\n"
        "FILTER TEXT: about all trials that match.",
    .example = "ubp note rings \"the seed of the split was wrong\"",
    .declare = declare,
    .run = run};

}  // namespace ubp
