// SPDX-License-Identifier: MIT
// Every decision of the rules, against Optuna's on the same studies (decisions.py).
#include <map>
#include <set>

#include <catch2/catch.hpp>

#include "scenario.hpp"
#include "search/rules.hpp"

using namespace ubp::search;

namespace {

/// Trials that run side by side and report in the turns of decisions.py, stopped where Optuna stopped them.
class Play {
 public:
  explicit Play(const scenario::Study& study)
      : study_(study), rule_(make_rule(study.rule, study.options)), traces_(static_cast<std::size_t>(study.trials)) {}

  /// The decisions that are not Optuna's: "trial 3, report 4: ..." each.
  std::vector<std::string> differences() {
    scenario::Stream turns = study_.stream(997);
    std::vector<std::size_t> active;
    for (std::size_t begun = 0; begun < traces_.size() || !active.empty();) {
      for (; static_cast<std::int64_t>(active.size()) < study_.workers && begun < traces_.size(); ++begun)
        active.push_back(begin(begun));
      const auto place = active.begin() + turns.below(static_cast<std::int64_t>(active.size()));
      if (report(*place)) active.erase(place);
    }
    return differences_;
  }

  std::int64_t decisions() const { return decisions_; }

 private:
  std::size_t begin(std::size_t trial) {
    const auto number = static_cast<std::int64_t>(trial);
    traces_[trial].trial = number;
    series_[trial] = study_.rule == "wilcoxon" ? study_.instances(number) : study_.series(number);
    return trial;
  }

  /// The trial's next report; does it end with it?
  bool report(std::size_t trial) {
    Trace& own = traces_[trial];
    const std::size_t at = own.values.size();
    own.values.insert(series_[trial][at]);
    std::vector<const Trace*> others;
    for (const Trace& t : traces_)
      if (&t != &own && !t.values.empty()) others.push_back(&t);
    const auto why = rule_->why_stop(own, others);
    const bool stopped = study_.stops[trial] == static_cast<std::int64_t>(at);
    ++decisions_;
    if (why.has_value() != stopped)
      differences_.push_back(fmt::format("trial {}, report {}: {}", trial, at, why.value_or("goes on")));
    if (stopped)
      own.state = Trace::State::pruned;
    else if (at + 1 == series_[trial].size())
      own.state = Trace::State::complete;
    return own.state != Trace::State::running;
  }

  const scenario::Study& study_;
  std::unique_ptr<StopRule> rule_;
  std::vector<Trace> traces_;
  std::map<std::size_t, scenario::Series> series_;
  std::vector<std::string> differences_;
  std::int64_t decisions_ = 0;
};

/// Plays all studies of a file; `rules` are all that are in it.
void check_file(const std::string& name, const std::set<std::string>& rules) {
  std::map<std::string, std::int64_t> decisions, stops;
  for (const scenario::Study& study : scenario::studies(PRUNE_TEST_DATA "/" + name)) {
    Play play(study);
    CAPTURE(study.line);
    CHECK(play.differences() == std::vector<std::string>{});
    decisions[study.rule] += play.decisions();
    for (const std::int64_t stop : study.stops) stops[study.rule] += stop >= 0 ? 1 : 0;
  }
  std::set<std::string> found;
  for (const auto& [rule, count] : decisions) {
    found.insert(rule);
    UNSCOPED_INFO(rule << ": " << count << " decisions, " << stops[rule] << " of them to stop");
    CHECK(stops[rule] > 100);
  }
  CHECK(found == rules);
}

}  // namespace

TEST_CASE("rules decide as Optuna 3.1.0 does", "[prune]") {
  check_file("optuna.txt", {"halving", "hyperband", "median", "patience", "threshold"});
}

TEST_CASE("the Wilcoxon rule decides as Optuna 5.0.0 does", "[prune]") { check_file("wilcoxon.txt", {"wilcoxon"}); }
