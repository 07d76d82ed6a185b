// SPDX-License-Identifier: MIT
// ubp merge: databases that were written apart become one.
#include "record/merge.hpp"
#include "cli/options.hpp"
#include "query/check.hpp"

namespace ubp {
namespace {

void declare(Options& o) { o.words({"MAIN", "SHARD"}, 2, true); }

void require_sound(const std::filesystem::path& shard) {
  Reader reader(shard);
  if (const CheckResult found = check(reader); !found.problems.empty())
    fail(Exit::internal, "{}: is damaged, and nothing of it is merged: {}", shard.string(), found.problems[0]);
}

int run(const Options& o) {
  const std::filesystem::path database = o.word(0);
  for (std::size_t i = 1; i < o.words().size(); ++i) {
    const std::filesystem::path shard = o.word(i);
    require_shard(database, shard);
    require_sound(shard);
    const Merged merged = merge(database, shard);
    message("{}: {} trials taken over{}", shard.string(), merged.trials,
            merged.files_missing ? fmt::format("; the files of {} artifacts are not there", merged.files_missing) : "");
  }
  return 0;
}

}  // namespace

extern const Verb merge_verb = {
    .name = "merge",
    .synopsis = "MAIN SHARD...",
    .summary = "join databases of one sweep, or of several",
    .about =
        "Takes into the database MAIN, which is made if it is not there, what each SHARD has and MAIN lacks: in any "
        "order and\n"
        "any number of times with the same result. Of two records of one trial that which came further stands. Files "
        "of\n"
        "artifacts are copied. A shard that is damaged, of another schema, being written, or at odds with MAIN is "
        "refused.",
    .example = "ubp merge all.db ubp.db shards/*.db",
    .declare = declare,
    .run = run};

}  // namespace ubp
