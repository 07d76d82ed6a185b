// SPDX-License-Identifier: MIT
// A trial that has learnt, loaded again: to look at what it does, not to train it.
#pragma once

#include <atomic>

#include "plan/plan.hpp"
#include "train/evaluate/evaluate.hpp"
#include "train/evaluate/layers.hpp"
#include "train/parts/composition.hpp"
#include "train/parts/log.hpp"
#include "train/parts/services.hpp"
#include "train/state/checkpoint.hpp"

namespace ubp {

/// The parts of a trial with the parameters of a checkpoint: one that the trial was to be continued from, or learnt.ubp
/// of [artifacts] checkpoint. What an output is asked for is computed in inference, as when the metrics judged it at
/// that step: bit for bit, by the ubp and the plugins that wrote it, on the same machine.
///
///   RestoredTrial trial(spec, *Checkpoint::read(file));
///   Matrix z = trial.evaluator.matrix("embedding", trial.split(), 0, 100);
///
/// Threads: it belongs to the thread that made it, and computes on that one alone, whatever the spec says: no number
/// depends on it. Several may live side by side.
/// Plugin code runs in this process: what it crashes is this process.
class RestoredTrial {
 public:
  /// Throws Error or EngineError with a sentence that names the component, or what the checkpoint lacks; Changed if a
  /// plugin's binary or the data is not what `spec` says. REQUIRES: the spec of the trial that wrote the checkpoint.
  RestoredTrial(TrialSpec spec, const Checkpoint&);
  /// With the parameters that its seed begins with: what training is held against.
  explicit RestoredTrial(TrialSpec spec);
  RestoredTrial(const RestoredTrial&) = delete;

  /// The rows that pictures show: test rows before validation rows before training rows. Throws Error (usage) if the
  /// trial has no data set.
  std::string split() const;
  i64 rows() const { return parts.data->rows(split()); }
  /// Of the rows of split(): row numbers, ascending, all or a sample of `most`, which depends on how many there are and
  /// on nothing else: two trials with the same rows give the same.
  std::vector<i64> sample(i64 most) const;
  /// What these rows are: SHA-256 of their inputs in raw units. Equal for equal rows, however they are scaled.
  std::string digest_of(const std::vector<i64>& rows) const;

  const TrialSpec spec;

 private:
  /// Hears nothing: what a plugin logs while it is looked at is no record.
  class Silence : public TrialSink {
    void started(std::int64_t) override {}
    void point(const std::string&, std::int64_t, double, std::int64_t) override {}
    void artifact(const std::string&, const std::string&, const std::string&, std::int64_t) override {}
    void note(int, const std::string&, const std::string&) override {}
    void progress(std::int64_t, double, double) override {}
    void checkpointed(std::int64_t) override {}
  };
  Silence silence_;
  TrialLog log_{silence_};

 public:
  Composition parts;  ///< engine, data, models by role, objective, parameters, streams, environments

 private:
  const Scope scope_{parts.engine};

 public:
  TrialServices services;
  Evaluator evaluator;
};

}  // namespace ubp
