// SPDX-License-Identifier: MIT
// What a person sees while trials run, on stderr: on a terminal one line that is rewritten; in a pipe only failures and
// the summary; with `quiet` the summary alone.
#pragma once

#include <cstdio>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "run/coordinator.hpp"

namespace ubp {

struct ProgressOptions {
  std::FILE* out = stderr;
  bool live = false;  ///< a terminal
  bool quiet = false;
  int columns = 80;
  std::int64_t total = 0, done = 0, failed = 0;  ///< trials of the sweep; of those before this command
  std::string metric;                            ///< "": none
  Goal goal = Goal::minimize;
  std::map<std::int64_t, std::vector<double>> values;  ///< by config: of the trials that were complete before
  std::vector<SweepObjective> objectives;              ///< where there are several; then, as `values`:
  std::map<std::int64_t, std::vector<std::vector<double>>> several;  ///< [replicate][objective]
  std::map<std::int64_t, std::int64_t> waiting;                      ///< by config: trials that have to run
  bool single = false;                                               ///< `ubp run`: show the one trial's steps instead
};

/// Fills in `live` and `columns` for stderr as it is.
void look_at_terminal(ProgressOptions&);

class ProgressLine : public Observer {
 public:
  explicit ProgressLine(ProgressOptions);
  ~ProgressLine() override;

  void started(const Job&) override;
  void heard(const Job&, const Message&) override;
  void ended(const Job&, const Recorded&) override;
  void requeued(const Job&) override;
  void retried(const Job&, const Recorded&) override;
  void lost(const Job&, const Outcome&) override;
  void stopping() override;
  void tick() override;

  /// A trial that waited is taken over from another sweep, complete.
  void reused(const Job&, const Recorded&);

  std::int64_t failed() const { return failed_; }

  /// The line as it would be shown `elapsed_ms` after the beginning.
  std::string line(std::int64_t elapsed_ms) const;

 private:
  void put(const std::string& text);
  void say(const std::string& text);  // one line that stays
  void draw();
  void clear();

  ProgressOptions options_;
  std::int64_t done_, failed_, ended_here_ = 0;
  std::int64_t started_ms_ = 0, drawn_ms_ = 0;
  bool shown_ = false, stopping_ = false;
  std::optional<double> best() const;         // of the configs' means
  std::string front() const;                  // of several objectives, as it stands
  double seconds_left(double elapsed) const;  // 0: unknown
  double cost_of(std::int64_t config) const;

  struct Cost {
    double seconds = 0;
    std::int64_t trials = 0;
  };
  std::map<std::int64_t, Cost> costs_;  // by config: of the trials that ended here
  Cost all_costs_;
  struct Running {
    std::int64_t config = 0, began_ms = 0;
    double fraction = 0;
  };
  std::map<std::int64_t, Running> running_;  // by trial
  std::string front_;                        // as it stood when a trial ended last
  Progress last_;
  std::optional<double> loss_;
};

/// "1:05:09", "2:30", "12 s"
std::string duration(double seconds);

}  // namespace ubp
