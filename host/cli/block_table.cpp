// SPDX-License-Identifier: MIT
#include "cli/block_table.hpp"

#include "cli/options.hpp"
#include "query/board.hpp"

namespace ubp {

std::string print_over_blocks(Reader& reader, const SweepFacts& sweep, std::int64_t limit, RowSink& sink) {
  const BlockRanking ranking =
      rank_over_blocks(seeded_results(reader, sweep.sweep_id), sweep.goal == "minimize", sweep.blocks);
  if (ranking.blocks.size() < 2 || ranking.ranked.size() < 2)
    return fmt::format("blocks with results: {} ({}), configs with results in all of them: {}; expected two of both",
                       ranking.blocks.size(),
                       sweep.blocks.empty() ? "none are declared" : fmt::format("{}", fmt::join(sweep.blocks, ", ")),
                       ranking.ranked.size());
  message("{} configs over {} blocks: Friedman p = {:.2g}, critical difference of mean ranks (Nemenyi) {:.3g}{}",
          ranking.ranked.size(), ranking.blocks.size(), ranking.friedman.p, ranking.critical_difference,
          ranking.left_out ? fmt::format("; left out, not in every block: {}", ranking.left_out) : "");
  message("ranks and configs by block: {}", fmt::join(ranking.blocks, " "));
  sink.columns({"rank", "mean_rank", "ranks", "mean", "verdict", "configs", "params"});
  std::int64_t row = 0;
  for (const RankedConfigs& ranked : ranking.ranked) {
    if (limit > 0 && row == limit) break;
    const char* verdict = ranked.worse ? "worse" : row == 0 ? "best" : "not told apart";
    sink.row({++row, ranked.mean_rank, fmt::format("{}", fmt::join(ranked.ranks, " ")), ranked.mean, verdict,
              fmt::format("{}", fmt::join(ranked.configs, " ")), ranked.params});
  }
  sink.end();
  return "";
}

}  // namespace ubp
