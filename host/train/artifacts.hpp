// SPDX-License-Identifier: MIT
// The files a trial leaves beside its numbers: pictures of reconstructions and samples, the test split's embedding.
#pragma once

#include <string>

#include "train/evaluate.hpp"
#include "train/log.hpp"

namespace ubp {

class Artifacts {
 public:
  Artifacts(Composition& parts, Evaluator& evaluator, TrialLog& log) : c_(parts), evaluator_(evaluator), log_(log) {}

  /// As [artifacts] asks: reconstructions.png (inputs above their reconstructions), samples.png, embedding.npy and
  /// labels.npy of the evaluated split. What the objective cannot give is left out.
  void write(i64 step);

 private:
  void images(i64 step, i64 count);
  void embedding(i64 step);

  Composition& c_;
  Evaluator& evaluator_;
  TrialLog& log_;
};

}  // namespace ubp
