// SPDX-License-Identifier: MIT
// The files a trial leaves beside its numbers: pictures of reconstructions and samples, the test split's embedding as
// numbers and as a scatter, learning curves.
#pragma once

#include <string>

#include "train/evaluate/evaluate.hpp"
#include "train/parts/log.hpp"

namespace ubp {

class Artifacts {
 public:
  /// Throws Error (usage) where pictures are asked for that this machine cannot draw: before training, not after it.
  Artifacts(Composition& parts, Evaluator& evaluator, TrialLog& log);

  /// As [artifacts] asks: reconstructions.png (inputs above their reconstructions), samples.png, embedding.npy and
  /// labels.npy of the evaluated split, scatter.png of the same, curves.png of every metric that has two points or
  /// more, profile.csv of the ops, learnt.ubp, which RestoredTrial reads. What the objective cannot give is left out.
  void write(i64 step);
  // For the profile, of this process: that a training step has taken so long, and of that its optimizer.
  void took_step(double seconds) { steps_seconds_ += seconds; }
  void took_update(double seconds) { update_seconds_ += seconds; }

 private:
  void images(i64 step, i64 count);
  void embedding(i64 step);
  void scatter(i64 step);
  void curves(i64 step);
  void profile(i64 step);
  void learnt(i64 step);
  /// Writes the file into the trial's folder and logs it. Throws Error (internal) naming it.
  void keep(const std::string& kind, const std::string& file, const std::string& mime, const std::string& bytes,
            i64 step);
  std::vector<i64> labels() const;  ///< of the evaluated split

  Composition& parts_;
  Evaluator& evaluator_;
  TrialLog& log_;
  double steps_seconds_ = 0, update_seconds_ = 0;
};

}  // namespace ubp
