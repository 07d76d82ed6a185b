// SPDX-License-Identifier: MIT
#include "run/proposer.hpp"

#include "search/nsga2.hpp"
#include "search/samplers.hpp"

namespace ubp {

using search::Told;

namespace {

std::unique_ptr<search::Sampler> sampler_of(const Plan& plan) {
  const std::string name = plan.sampler.at("use");
  const EvolutionOptions& options = plan.evolution;
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
  const auto number = static_cast<std::int64_t>(history_.size());
  for (const std::int64_t config : untold_) at(config).told_at = number;
  const search::Question question{plan_.search->space(), history_, plan_.seed, number, 0};
  std::optional<Assignment> point = fresh_point(*plan_.search, *sampler_, question, seen_);
  if (!point) return std::nullopt;
  return Proposed{std::move(*point), std::exchange(untold_, {})};
}

void Proposer::begin(const Assignment& point, const std::vector<std::int64_t>* told) {
  const auto number = static_cast<std::int64_t>(history_.size());
  for (const std::int64_t config : told ? *told : std::vector<std::int64_t>()) {
    at(config).told_at = known_to_[config] = number;
    std::erase(untold_, config);
  }
  history_.push_back({plan_.search->point(point), Told::State::running, {}, 0, 0, 0});
  seen_.insert(point);
}

void Proposer::tell(std::int64_t config, Told::State state, std::vector<double> values, std::int64_t last_step,
                    double last_value) {
  Told& told = at(config);
  told.state = state;
  told.values = std::move(values);
  told.last_step = last_step;
  told.last_value = last_value;
  if (const auto known = known_to_.find(config); known != known_to_.end())
    told.told_at = known->second;
  else
    untold_.push_back(config);
}

}  // namespace ubp
