// SPDX-License-Identifier: MIT
#include "cli/named.hpp"

#include "query/filter/selection.hpp"

namespace ubp {

std::int64_t named_sweep(Reader& reader, const std::string& text) {
  const FoundSweep sweep = find_sweep(reader, text);
  if (!sweep.others.empty())
    message("ubp: {} sweeps are called '{}': this is the latest, {}; by id there {} also {}", sweep.others.size() + 1,
            sweep.name, sweep.sweep_id, sweep.others.size() == 1 ? "is" : "are", fmt::join(sweep.others, ", "));
  return sweep.sweep_id;
}

void add_where(Options& o) { o.value("where", "FILTER", "only trials that match count, as `ubp find` has it"); }

SweepFacts chosen_sweep(Reader& reader, const Options& o, const std::string& text) {
  const auto latest = text.empty() ? latest_with_results(reader) : std::nullopt;
  const std::int64_t sweep_id = latest ? *latest : named_sweep(reader, text);
  if (o.has("where")) {
    const KeptTrials kept = keep_matching(reader, sweep_id, o.get("where"));
    message("{} of {} trials of sweep {} count: {}", kept.matching, kept.of, sweep_id, o.get("where"));
  }
  return sweep_facts(reader, sweep_id);
}

OptunaRelease optuna_release(const Options& o) {
  const std::string release = o.get("for", "3.2");
  if (std::find(kOptunaReleases.begin(), kOptunaReleases.end(), release) == kOptunaReleases.end())
    fail(Exit::usage, "--for: there is no release '{}'{}", release, suggestion(release, kOptunaReleases));
  return release == "3.1" ? OptunaRelease::of_3_1 : OptunaRelease::since_3_2;
}

}  // namespace ubp
