// SPDX-License-Identifier: MIT
// ubp best: the leaderboard of one sweep.
#include "cli/named.hpp"
#include "cli/options.hpp"
#include "query/listing.hpp"

namespace ubp {

int verb_best(const Words& words) {
  Options o(
      "best", "[SWEEP]",
      "The configs of a sweep (default: the latest that has results), best first: the mean of the objective metric\n"
      "over n replicates, its standard deviation, its 95 % confidence interval (Student's t; none for n = 1), the\n"
      "parameters, and the best and the worst replicate.");
  o.value("limit,k", "N", "how many (default: 10; 0: all)").with_database().with_format().words({"SWEEP"}, 0);
  if (!o.parse(words)) return 0;
  const Format format = o.format();
  const std::int64_t limit = o.integer("limit", 10);
  Reader reader(o.database());

  std::optional<Row> chosen;
  if (o.words().empty()) chosen = reader.first("SELECT max(sweep_id) FROM trial WHERE value IS NOT NULL");
  const std::int64_t id =
      chosen && !is_null((*chosen)[0]) ? std::get<std::int64_t>((*chosen)[0]) : named_sweep(reader, o.word(0));
  const Row sweep = *reader.first("SELECT sweep, metric, goal, reduce, complete FROM sweeps WHERE sweep_id = ?1", {id});
  if (is_null(sweep[1]))
    fail(Exit::nothing, "sweep {} '{}' optimises nothing: its spec names no [sweep].metric", id, text_of(sweep[0]));
  message("sweep {} '{}': {} {} ({} of each trial); complete trials: {}", id, text_of(sweep[0]), text_of(sweep[2]),
          text_of(sweep[1]), text_of(sweep[3]), text_of(sweep[4]));
  const Query q = leaderboard_listing(reader, id, limit);
  if (reader.query(q.sql, q.arguments, *printer(format)) > 0) return 0;
  message("ubp: no trial of it is complete yet");
  return static_cast<int>(Exit::nothing);
}

}  // namespace ubp
