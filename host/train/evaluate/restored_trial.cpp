// SPDX-License-Identifier: MIT
#include "train/evaluate/restored_trial.hpp"

#include <algorithm>
#include <numeric>

#include "base/error.hpp"
#include "base/hash.hpp"

namespace ubp {

namespace {

TrialSpec on_one_thread(TrialSpec spec) {
  spec.train.threads = 1;
  return spec;
}

}  // namespace

RestoredTrial::RestoredTrial(TrialSpec given)
    : spec(on_one_thread(std::move(given))), parts(spec), services(parts, log_), evaluator(parts, services) {
  services.set_up();
}

RestoredTrial::RestoredTrial(TrialSpec given, const Checkpoint& checkpoint) : RestoredTrial(std::move(given)) {
  if (!checkpoint.has("format") || checkpoint.get("format") != kCheckpointFormat)
    fail(Exit::usage, "the checkpoint is of another format: found '{}', expected '{}'; the ubp that wrote it reads it",
         checkpoint.has("format") ? checkpoint.get("format") : "", kCheckpointFormat);
  for (const Param* p : parts.params.all())
    if (!checkpoint.has("param/" + p->full_name()))
      fail(Exit::usage, "the checkpoint has no parameter '{}': it is of another model", p->full_name());
  parts.load(checkpoint);
}

std::string RestoredTrial::split() const {
  if (!parts.data) fail(Exit::usage, "the trial has no data set: its rows come from an environment");
  return evaluator.shown_split();
}

std::vector<i64> RestoredTrial::sample(i64 most) const {
  std::vector<i64> all(static_cast<std::size_t>(rows()));
  std::iota(all.begin(), all.end(), i64{0});
  if (static_cast<i64>(all.size()) <= most) return all;
  Random(0, "rows that are looked at").permutation(all);
  all.resize(static_cast<std::size_t>(most));
  std::sort(all.begin(), all.end());
  return all;
}

std::string RestoredTrial::digest_of(const std::vector<i64>& rows) const {
  const std::vector<double> raw = parts.data->raw_input(split(), rows);
  return sha256(std::string_view(reinterpret_cast<const char*>(raw.data()), raw.size() * sizeof(double)));
}

}  // namespace ubp
