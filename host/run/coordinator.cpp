// SPDX-License-Identifier: MIT
#include "run/coordinator.hpp"

#include <map>

#include <fmt/format.h>

namespace ubp {
namespace {

class Loop {
 public:
  Loop(std::deque<Work> queue, Runner& runner, Recorder& recorder, Observer& observer)
      : queue_(std::move(queue)), runner_(runner), recorder_(recorder), observer_(observer) {}

  bool run(const std::atomic<int>& interrupts) {
    while (!running_.empty() || (!queue_.empty() && !stopping_)) {
      obey(interrupts);
      while (!stopping_ && !queue_.empty() && runner_.has_room()) start_next();
      for (TrialEvent& event : runner_.wait()) take(event);
      recorder_.tick();
      observer_.tick();
    }
    return queue_.empty();
  }

 private:
  void obey(int interrupts) {
    if (interrupts >= 1 && !stopping_) {
      stopping_ = true;
      observer_.stopping();
      runner_.stop();
    }
    if (interrupts >= 2) runner_.kill();
  }

  void start_next() {
    Work work = queue_.front();
    queue_.pop_front();
    const std::int64_t pid = runner_.start(work.row.trial_id, *work.spec);
    recorder_.started(work, pid);
    observer_.started(work);
    running_.emplace(work.row.trial_id, std::move(work));
  }

  void take(TrialEvent& event) {
    const auto found = running_.find(event.trial_id);
    if (const Message* message = std::get_if<Message>(&event.what)) {
      recorder_.heard(found->second, *message);
      observer_.heard(found->second, *message);
      return;
    }
    Work work = std::move(found->second);
    running_.erase(found);
    end(std::move(work), judge(std::get<Ending>(event.what)));
  }

  void end(Work work, Verdict verdict) {
    if (verdict.then == Verdict::Then::requeue && (stopping_ || work.deaths < kMostDeaths)) {
      recorder_.requeued(work);
      observer_.ended(work, verdict, {});
      ++work.deaths;  // stopped by somebody else than us: that must not go on for ever either
      queue_.push_front(std::move(work));
      return;
    }
    if (verdict.then == Verdict::Then::replace && work.deaths < kMostDeaths) {
      observer_.ended(work, verdict, {});
      work.row = recorder_.lost(work, verdict.outcome);
      ++work.deaths;
      queue_.push_front(std::move(work));
      return;
    }
    if (verdict.then != Verdict::Then::finish) give_up(verdict);
    const std::optional<double> value = recorder_.finished(work, verdict.outcome);
    observer_.ended(work, verdict, value);
  }

  static void give_up(Verdict& verdict) {
    verdict.then = Verdict::Then::finish;
    verdict.outcome.state = TrialState::failed;
    verdict.outcome.failure = Failure::killed;
    verdict.outcome.error = fmt::format("stopped from outside {} times, last: {}", kMostDeaths + 1,
                                        verdict.outcome.error.empty() ? "SIGTERM" : verdict.outcome.error);
  }

  std::deque<Work> queue_;
  std::map<std::int64_t, Work> running_;
  Runner& runner_;
  Recorder& recorder_;
  Observer& observer_;
  bool stopping_ = false;
};

}  // namespace

bool run_queue(std::deque<Work> queue, Runner& runner, Recorder& recorder, Observer& observer,
               const std::atomic<int>& interrupts) {
  return Loop(std::move(queue), runner, recorder, observer).run(interrupts);
}

}  // namespace ubp
