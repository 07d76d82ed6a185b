// SPDX-License-Identifier: MIT
#include "run/sweep_scheduler.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "plugin/value.hpp"
#include "run/process.hpp"
#include "search/race.hpp"
#include "search/rules.hpp"

namespace ubp {
namespace {

using search::Told;

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

std::unique_ptr<search::StopRule> rule_of(const Plan& plan) {
  const PrunerOptions& pruner = plan.pruner;
  search::RuleOptions options;
  options.maximised = plan.goal == Goal::maximize;
  options.percentile = pruner.use == PrunerKind::percentile ? pruner.percentile : 50;
  options.n_startup = pruner.startup_trials;
  options.n_warmup = pruner.warmup_steps;
  options.interval = pruner.interval_steps;
  options.lower = number_of(pruner.lower).value_or(options.lower);
  options.upper = number_of(pruner.upper).value_or(options.upper);
  options.patience = pruner.patience;
  options.min_delta = pruner.min_delta;
  options.eta = pruner.eta;
  if (pruner.min_steps > 0) options.min_resource = pruner.min_steps;
  if (pruner.max_steps > 0) options.max_resource = pruner.max_steps;
  options.sweep = plan.sweep;
  switch (pruner.use) {
    case PrunerKind::none:
    case PrunerKind::promotion:
      return nullptr;
    case PrunerKind::median:
    case PrunerKind::percentile:
      return search::make_rule("median", options);
    case PrunerKind::patience:
      return search::make_rule("patience", options);
    case PrunerKind::threshold:
      return search::make_rule("threshold", options);
    case PrunerKind::halving:
      return search::make_rule("halving", options);
    case PrunerKind::hyperband:
      return search::make_rule("hyperband", options);
  }
  return nullptr;
}

}  // namespace

SweepScheduler::SweepScheduler(const Plan& plan, SweepJobs& jobs, search::History before)
    : plan_(plan), jobs_(jobs), rule_(rule_of(plan)), began_ms_(steady_ms()) {
  if (std::ssize(plan.assignments) < plan.configs) proposer_ = std::make_unique<Proposer>(plan, std::move(before));
  if (plan.pruner.use == PrunerKind::promotion)
    brackets_ = search::asha_brackets(plan.pruner.min_steps, plan.pruner.max_steps, plan.pruner.eta, 0);
}

SweepScheduler::~SweepScheduler() = default;

std::optional<Job> SweepScheduler::next() {
  for (;;) {
    consider_enough();
    if (!enough_.empty()) return std::nullopt;
    if (!brackets_.empty())
      if (std::optional<Job> job = promoted()) return job;
    if (!ready_.empty()) {
      const Place place = ready_.front();
      ready_.pop_front();
      return given(place);
    }
    if (!begin_config() && !race()) break;
  }
  if (running_ == 0) drop_the_rest();
  return std::nullopt;
}

bool SweepScheduler::begin_config() {
  const auto number = static_cast<std::int64_t>(entries_.size());
  if (exhausted_ || number >= plan_.configs) return false;
  if (number < jobs_.configs()) {
    const Proposal* proposal = jobs_.proposal(number);
    if (proposer_) proposer_->begin(jobs_.assignment(number), proposal ? &proposal->told : nullptr);
  } else {
    const std::optional<Proposer::Proposed> proposed = proposer_->propose();
    if (!proposed) return exhausted_ = true, false;
    jobs_.propose(proposed->point, proposed->told);
    proposer_->begin(proposed->point, nullptr);
  }
  Entry entry;
  for (const TrialRow& row : jobs_.trials(number)) {
    Cell cell;
    cell.row = row;
    entry.cells.push_back(std::move(cell));
  }
  open_ += entry.cells.size();
  entries_.push_back(std::move(entry));
  const auto all = static_cast<std::size_t>(plan_.replicates);
  want(entries_.size() - 1, plan_.race.on ? std::min<std::size_t>(all, plan_.race.min_replicates) : all);
  return true;
}

void SweepScheduler::want(std::size_t config, std::size_t replicates) {
  Entry& entry = entries_[config];
  replicates = std::min(replicates, entry.cells.size());
  for (; entry.wanted < replicates; ++entry.wanted) ready_.push_back({config, entry.wanted});
}

/// The job of a cell that waits or is paused.
std::optional<Job> SweepScheduler::given(const Place& place) {
  Cell& cell = this->cell(place);
  if (cell.state == Cell::State::waiting) ++trials_;
  cell.state = Cell::State::running;
  cell.known = ended_.size();
  ++running_;
  Job job;
  job.row = cell.row;
  if (!brackets_.empty()) {
    const std::vector<std::int64_t>& rungs = brackets_[cell.climber.bracket].rungs;
    if (cell.climber.rung + 1 < rungs.size()) job.until_step = rungs[cell.climber.rung];
  }
  return job;
}

// --- ending early ----------------------------------------------------------------------------------------------------

search::Trace& SweepScheduler::trace(const Job& job) {
  const Place place{job.row.config_number, job.row.replicate};
  search::Trace& trace = traces_[place];
  trace.trial = job.row.config_number * plan_.replicates + job.row.replicate;
  return trace;
}

std::optional<std::string> SweepScheduler::heard(const Job& job, const Message& message) {
  if (const Progress* progress = std::get_if<Progress>(&message)) steps_[job.row.trial_id] = progress->step;
  const MetricPoint* point = std::get_if<MetricPoint>(&message);
  if (point) steps_[job.row.trial_id] = std::max(steps_[job.row.trial_id], point->step);
  if (!rule_) return std::nullopt;
  search::Trace& own = trace(job);
  if (std::holds_alternative<Started>(message)) own.values.clear();  // they follow once more
  if (!point || point->metric != plan_.pruner.metric) return std::nullopt;
  own.values[point->step] = minimised(point->value);
  std::vector<const search::Trace*> others;
  if (plan_.lag > 0) {  // those that had ended when this trial began: they do not depend on who is faster
    const std::size_t known = cell({job.row.config_number, job.row.replicate}).known;
    for (std::size_t i = 0; i < known; ++i)
      if (const auto other = traces_.find(ended_[i]); other != traces_.end()) others.push_back(&other->second);
  } else {
    for (const auto& [place, other] : traces_)
      if (&other != &own) others.push_back(&other);
  }
  return rule_->why_stop(own, others);
}

/// A trial that may go on to its next rung, or one that begins; nothing now, or nothing ever.
std::optional<Job> SweepScheduler::promoted() {
  std::vector<search::Climber> climbers;
  std::vector<Place> places;
  for (std::size_t config = 0; config < entries_.size(); ++config)
    for (std::size_t replicate = 0; replicate < entries_[config].cells.size(); ++replicate) {
      const Cell& each = entries_[config].cells[replicate];
      if (each.state == Cell::State::waiting) continue;
      climbers.push_back(each.climber);
      climbers.back().number = static_cast<std::int64_t>(places.size());
      places.emplace_back(config, replicate);
    }
  const search::Move move = search::next_move(brackets_, plan_.pruner.eta, climbers, false);
  if (move.kind != search::Move::Kind::resume) return std::nullopt;
  const Place place = places[static_cast<std::size_t>(move.number)];
  cell(place).climber.rung = move.rung;
  return given(place);
}

// --- how many seeds --------------------------------------------------------------------------------------------------

/// Asks for further replicates, once every config has its first. Returns whether some are ready.
bool SweepScheduler::race() {
  if (!plan_.race.on || entries_.empty() || !all_begun()) return false;
  search::RaceResults results(entries_.size());
  for (std::size_t config = 0; config < entries_.size(); ++config)
    for (const Cell& cell : entries_[config].cells)
      results[config].push_back(!cell.ended()                         ? std::nullopt
                                : cell.state == Cell::State::complete ? std::optional(cell.value)
                                                                      : std::optional(kNothing));
  const search::RaceOptions options{plan_.race.alpha, plan_.race.aside, plan_.race.min_replicates, plan_.replicates};
  const search::RaceState state = search::race(results, options);
  for (const search::RaceCell& each : state.next) want(each.config, static_cast<std::size_t>(each.replicate) + 1);
  for (std::size_t config = 0; config < entries_.size(); ++config)
    for (Cell& cell : entries_[config].cells)
      if (cell.state == Cell::State::waiting)
        cell.why = state.standings[config].why.empty() ? state.decided : state.standings[config].why;
  return !ready_.empty();
}

// --- what became of it -----------------------------------------------------------------------------------------------

void SweepScheduler::ended(const Job& job, const Recorded& recorded) {
  const Place place{job.row.config_number, job.row.replicate};
  Cell& cell = this->cell(place);
  --running_;
  cell.row = job.row;
  const double value = recorded.value ? minimised(*recorded.value) : kNothing;
  if (recorded.state == TrialState::queued) {
    cell.state = Cell::State::paused;
    cell.climber.values.push_back(value);
    return;
  }
  cell.value = value;
  cell.state = recorded.state == TrialState::complete ? Cell::State::complete
               : recorded.state == TrialState::failed ? Cell::State::failed
                                                      : Cell::State::pruned;
  if (!brackets_.empty()) {
    cell.climber.failed = cell.state == Cell::State::failed;
    if (!cell.climber.failed) cell.climber.values.push_back(value);
  }
  --open_;
  failed_ += cell.state == Cell::State::failed;
  trace(job).state =
      cell.state == Cell::State::complete ? search::Trace::State::complete : search::Trace::State::pruned;
  ended_.push_back(place);
  settle(place.first);
}

/// Tells the sampler of a config whose first replicates have all ended. One that failed once has failed: the mean of
/// the others would praise it for what it does not show.
void SweepScheduler::settle(std::size_t config) {
  Entry& entry = entries_[config];
  if (!proposer_ || entry.told) return;
  const std::span<const Cell> cells(entry.cells.data(), entry.wanted);
  if (!std::all_of(cells.begin(), cells.end(), [](const Cell& c) { return c.ended(); })) return;
  entry.told = true;
  const auto number = static_cast<std::int64_t>(config);
  const auto has = [&](Cell::State state) {
    return std::find_if(cells.begin(), cells.end(), [&](const Cell& c) { return c.state == state; });
  };
  if (has(Cell::State::failed) != cells.end()) return proposer_->tell(number, Told::State::failed, {});
  if (const auto pruned = has(Cell::State::pruned); pruned != cells.end()) {
    const search::Trace& trace = traces_[{config, static_cast<std::size_t>(pruned - cells.begin())}];
    const auto last =
        trace.values.empty() ? std::pair<const std::int64_t, double>{0, kNothing} : *trace.values.rbegin();
    return proposer_->tell(number, Told::State::pruned, {}, last.first, last.second);
  }
  double sum = 0;
  for (const Cell& cell : cells) sum += cell.value;
  proposer_->tell(number, Told::State::complete, {sum / static_cast<double>(cells.size())});
}

/// Against what a paused trial lost: the last of the best that go on.
std::string SweepScheduler::lost_at_rung(const Cell& cell) const {
  const std::size_t rung = cell.climber.rung;
  const auto known = [](double value) { return std::isnan(value) ? std::numeric_limits<double>::infinity() : value; };
  std::vector<double> values;
  for (const Entry& entry : entries_)
    for (const Cell& other : entry.cells)
      if (other.climber.values.size() > rung) values.push_back(known(other.climber.values[rung]));
  std::sort(values.begin(), values.end());
  const std::size_t on = values.size() / static_cast<std::size_t>(plan_.pruner.eta);
  const double own = cell.climber.values.back();
  const std::string place =
      fmt::format("rung {} (step {}): {:.6g}", rung, brackets_[cell.climber.bracket].rungs[rung], minimised(own));
  if (on == 0)
    return fmt::format("{}: {} trials came here, and the best 1 of {} goes on", place, values.size(), plan_.pruner.eta);
  return fmt::format("{} is not among the best {} of {} trials, the last of which has {:.6g}", place, on, values.size(),
                     minimised(values[on - 1]));
}

/// What is paused or was never begun, once nothing can change that.
void SweepScheduler::drop_the_rest() {
  for (std::size_t config = 0; config < entries_.size(); ++config)
    for (std::size_t replicate = 0; replicate < entries_[config].cells.size(); ++replicate) {
      Cell& cell = entries_[config].cells[replicate];
      if (cell.ended() || cell.state == Cell::State::running) continue;
      Dropped dropped;
      dropped.job.row = cell.row;
      if (cell.state == Cell::State::paused) {
        dropped.why = lost_at_rung(cell);
      } else {
        dropped.state = TrialState::cancelled;
        dropped.why = cell.why;
      }
      cell.state = Cell::State::pruned;
      --open_;
      dropped_.push_back(std::move(dropped));
      settle(config);
    }
}

std::vector<Dropped> SweepScheduler::dropped() { return std::exchange(dropped_, {}); }

bool SweepScheduler::finished() const {
  if (running_ > 0 || !dropped_.empty()) return false;
  return !enough_.empty() || (all_begun() && open_ == 0);
}

void SweepScheduler::consider_enough() {
  const Enough& limit = plan_.enough;
  const bool all_given = all_begun() && ready_.empty() && brackets_.empty() && !plan_.race.on;
  if (!enough_.empty() || all_given) return;
  if (limit.seconds > 0 && static_cast<double>(steady_ms() - began_ms_) / 1000 > limit.seconds)
    enough_ = fmt::format("the budget of {:g} s is spent", limit.seconds);
  if (limit.trials > 0 && trials_ >= static_cast<std::size_t>(limit.trials))
    enough_ = fmt::format("the budget of {} trials is spent", limit.trials);
  std::int64_t steps = 0;
  if (limit.steps > 0)
    for (const auto& [trial, each] : steps_) steps += each;
  if (limit.steps > 0 && steps >= limit.steps) enough_ = fmt::format("the budget of {} steps is spent", limit.steps);
  if (limit.failures > 0 && failed_ >= static_cast<std::size_t>(limit.failures))
    enough_ = fmt::format("{} trials have failed", failed_);
  if (limit.failed_share > 0 && ended_.size() >= 10 &&
      static_cast<double>(failed_) >= limit.failed_share * static_cast<double>(ended_.size()))
    enough_ = fmt::format("{} of {} trials have failed", failed_, ended_.size());
  if (!limit.target) return;
  for (std::size_t config = 0; config < entries_.size(); ++config) {
    const Entry& entry = entries_[config];
    double sum = 0;
    for (const Cell& cell : std::span(entry.cells.data(), entry.wanted))
      sum += cell.state == Cell::State::complete ? cell.value : kNothing;
    const double mean = sum / static_cast<double>(entry.wanted);
    if (entry.wanted > 0 && mean <= minimised(*limit.target))
      enough_ = fmt::format("config {} has reached the target: {:.6g}", config, minimised(mean));
  }
}

}  // namespace ubp
