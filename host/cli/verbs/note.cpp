// SPDX-License-Identifier: MIT
// ubp note: what people write about a trial or a sweep.
#include "cli/options.hpp"
#include "query/listing.hpp"
#include "record/annotation.hpp"

namespace ubp {
namespace {

void declare(Options& o) {
  o.words({"TRIAL|SWEEP", "TEXT"}, 1).with_database();
  o.flag("sweep", "what is named is a sweep, also a number").with_format();
}

int run(const Options& o) {
  const Format format = o.format();
  FoundTarget target;
  {
    Reader reader(o.database());
    target = find_target(reader, o.word(0), o.has("sweep"));
  }
  if (o.words().size() > 1) {
    const std::string text = plain(o.word(1), kMostSentence);
    if (text.find_first_not_of(" \t\r\n") == text.npos) fail(Exit::usage, "note: TEXT is empty: expected what to note");
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
    .synopsis = "TRIAL|SWEEP [TEXT]",
    .summary = "write a note about a trial or a sweep",
    .about =
        "Notes TEXT about a trial (id, or SWEEP/CONFIG.REPLICATE) or a sweep (by name; with --sweep by id, too), and "
        "prints\n"
        "all notes about it. Notes are only appended, beside the record; also while a sweep runs. In SQL: `notes`.\n\n"
        "  ubp note rings \"the seed of the split was wrong\"",
    .declare = declare,
    .run = run};

}  // namespace ubp
