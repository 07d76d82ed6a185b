// SPDX-License-Identifier: MIT
// ubp tail: a trial's series and log as they grow.
#include <chrono>
#include <deque>
#include <fstream>
#include <thread>

#include "cli/options.hpp"
#include "query/find.hpp"
#include "query/follow.hpp"
#include "record/lock.hpp"
#include "run/progress.hpp"

namespace ubp {
namespace {

constexpr std::int64_t kLines = 10;
constexpr auto kPause = std::chrono::milliseconds(250);

/// The lines that a file has grown by; of what is there at first the last ones.
class GrowingLog {
 public:
  explicit GrowingLog(std::int64_t most) : most_(most) {}

  std::deque<std::string> next(const std::filesystem::path& file) {
    std::deque<std::string> lines;
    std::ifstream in(file, std::ios::binary);
    in.seekg(0, std::ios::end);
    if (!in || in.tellg() < at_) at_ = 0;  // it was cut, or is not there yet
    in.seekg(at_);
    for (std::string line; std::getline(in, line) && !in.eof(); at_ = in.tellg()) {
      lines.push_back(line);
      if (first_ && std::ssize(lines) > most_) lines.pop_front();
    }
    if (at_ > 0) first_ = false;
    return lines;
  }

 private:
  std::int64_t most_;
  std::streamoff at_ = 0;
  bool first_ = true;
};

bool is_open(const TrialStanding& trial) { return trial.state == "QUEUED" || trial.state == "RUNNING"; }

void print_points(const std::vector<StepPoints>& steps, std::int64_t most) {
  const std::size_t first = most > 0 && std::ssize(steps) > most ? steps.size() - static_cast<std::size_t>(most) : 0;
  for (std::size_t i = first; i < steps.size(); ++i) {
    std::string line = fmt::format("step {}", steps[i].step);
    for (const auto& [metric, value] : steps[i].values) line += fmt::format("  {} {:.6g}", plain_line(metric), value);
    fmt::print("{}\n", line);
  }
}

void print_log(const std::deque<std::string>& lines) {
  for (const std::string& line : lines) fmt::print("log: {}\n", plain_line(line));
}

void print_recorded_log(const std::string& log) {
  for (std::size_t begin = 0; begin < log.size();) {
    const std::size_t end = std::min(log.find('\n', begin), log.size());
    fmt::print("log: {}\n", plain_line(log.substr(begin, end - begin)));
    begin = end + 1;
  }
}

void tell_end(std::int64_t id, const TrialStanding& trial) {
  message("trial {} '{}': {}{}{}{}{}{}", id, trial.name, trial.state, trial.reason.empty() ? "" : ": " + trial.reason,
          trial.error.empty() ? "" : ": " + trial.error, trial.value ? fmt::format(", value {:.6g}", *trial.value) : "",
          trial.seconds ? ", " + duration(*trial.seconds) : "",
          trial.next_attempt ? fmt::format("; it was tried again as trial {}", *trial.next_attempt) : "");
}

void declare(Options& o) {
  o.words({"TRIAL"}, 1).with_database();
  o.value("lines,n", "N", "of what is there already so many steps, and lines of the log (default: 10)");
}

int run(const Options& o) {
  const std::int64_t lines = o.integer("lines", kLines, 1);
  std::int64_t id = 0;
  {
    Reader reader(o.database());
    id = find_trial(reader, o.word(0));
  }
  SeriesCursor series(id);
  GrowingLog log(lines);
  for (bool first = true;; first = false) {
    const bool written = writer_of(o.database()).has_value();
    Reader reader(o.database());  // anew each time: a long snapshot would make the writer's log grow
    const TrialStanding trial = trial_standing(reader, id);
    print_points(series.next(reader), first ? lines : 0);
    const std::deque<std::string> grown = log.next(trial.log_file);
    print_log(grown);
    std::fflush(stdout);
    if (!is_open(trial)) {
      if (first && grown.empty()) print_recorded_log(trial.log);
      return tell_end(id, trial), 0;
    }
    if (!written) {
      message("trial {} '{}': {}, and no process writes the database", id, trial.name,
              trial.state == "QUEUED" ? "waits" : "looks as if it ran");
      return static_cast<int>(Exit::nothing);
    }
    std::this_thread::sleep_for(kPause);
  }
}

}  // namespace

extern const Verb tail_verb = {
    .name = "tail",
    .synopsis = "TRIAL",
    .summary = "follow a trial's series and log until it ends",
    .about =
        "Prints the points of a trial (id, or SWEEP/CONFIG.REPLICATE) as they are recorded, a line a step, and the "
        "lines of\n"
        "its log, until it ends; of one that has ended the last ones. A trial that waits is waited for, as long as a "
        "process\n"
        "writes the database: else the exit code is 4. Ctrl-C ends it, and nothing else.",
    .example = "ubp tail rings/3.0",
    .declare = declare,
    .run = run};

}  // namespace ubp
