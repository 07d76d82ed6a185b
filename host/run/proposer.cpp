// SPDX-License-Identifier: MIT
#include "run/proposer.hpp"

#include "base/statistics/ranks.hpp"
#include "search/nsga2.hpp"
#include "search/samplers.hpp"

namespace ubp {

using search::Told;

namespace {

std::unique_ptr<search::Sampler> sampler_of(const Plan& plan) {
  const std::string name = plan.sampler.at("use");
  const EvolutionOptions& options = plan.evolution;
  if (name == "external") return nullptr;
  if (name == "nsga2")
    return std::make_unique<search::Nsga2Sampler>(search::Nsga2Options{static_cast<std::size_t>(options.population),
                                                                       options.crossover, options.crossover_index,
                                                                       options.mutation_index});
  return search::make_sampler(name);
}

}  // namespace

Proposer::Proposer(const Plan& plan, search::History before)
    : plan_(plan), sampler_(sampler_of(plan)), before_(before.size()), history_(std::move(before)) {}

std::optional<Proposer::Proposed> Proposer::propose() {
  if (!sampler_) return std::nullopt;
  const auto number = static_cast<std::int64_t>(history_.size());
  for (const std::int64_t point : untold_) at(point).told_at = number;
  rank_over_blocks();
  const search::Question question{plan_.choices->space(), history_, plan_.seed, number, 0};
  std::optional<Assignment> point = fresh_point(*plan_.choices, *sampler_, question, seen_);
  if (!point) return std::nullopt;
  return Proposed{std::move(*point), std::exchange(untold_, {})};
}

void Proposer::begin(const Assignment& point, const std::vector<std::int64_t>* told) {
  const auto number = static_cast<std::int64_t>(history_.size());
  for (const std::int64_t known : told ? *told : std::vector<std::int64_t>()) {
    at(known).told_at = known_to_[known] = number;
    std::erase(untold_, known);
  }
  history_.push_back({plan_.choices->point(point), Told::State::running, {}, 0, 0, 0});
  seen_.insert(point);
}

void Proposer::tell(std::int64_t point, Told::State state, std::vector<double> values, std::int64_t last_step,
                    double last_value) {
  Told& told = at(point);
  told.state = state;
  told.values = std::move(values);
  told.last_step = last_step;
  told.last_value = last_value;
  if (const auto known = known_to_.find(point); known != known_to_.end())
    told.told_at = known->second;
  else
    untold_.push_back(point);
}

void Proposer::tell_in_blocks(std::int64_t point, std::vector<double> values) {
  in_blocks_[point] = std::move(values);
  tell(point, Told::State::complete, {0.0});
}

void Proposer::rank_over_blocks() {
  if (in_blocks_.empty()) return;
  const std::size_t blocks = in_blocks_.begin()->second.size();
  for (auto& [point, values] : in_blocks_) at(point).values = {0.0};
  for (std::size_t b = 0; b < blocks; ++b) {
    std::vector<double> column;
    for (const auto& [point, values] : in_blocks_) column.push_back(values[b]);
    const std::vector<double> ranks = statistics::ranks(column);
    auto rank = ranks.begin();
    for (const auto& [point, values] : in_blocks_) at(point).values[0] += *rank++ / static_cast<double>(blocks);
  }
}

}  // namespace ubp
