// SPDX-License-Identifier: MIT
// Runs the metrics over a split: what they need is computed once per batch and handed to all of them.
#pragma once

#include <string>
#include <vector>

#include "train/composition.hpp"
#include "train/services.hpp"

namespace ubp {

/// Rows of one output over a split, as doubles: [rows, width].
struct Matrix {
  i64 rows = 0, width = 0;
  Shape row;
  std::vector<double> values;
};

class Evaluator {
 public:
  Evaluator(Composition& parts, TrialServices& services) : c_(parts), services_(services) {}

  /// Every metric's numbers on split(), as "SPLIT.NAME".
  /// Throws EngineError naming the metric, or what an objective cannot give that a metric needs.
  std::vector<std::pair<std::string, double>> run();

  /// [train] eval_split; "train" where there are no test rows.
  std::string split() const {
    return c_.data && c_.data->has("test") && c_.spec.train.eval_split == EvalSplit::test ? "test" : "train";
  }
  bool gives(const char* what);
  /// "embedding", "reconstruction", "samples", ... of given rows, in inference.
  Tensor output(const char* what, const std::string& split, const std::vector<i64>& rows);
  Matrix matrix(const char* what, const std::string& split, i64 first, i64 last);

 private:
  void feed(const std::string& split, bool is_train);
  void feed_episodes();
  void tell_nominal(const Instance& metric);
  Tensor infer(const char* what, BatchData&);

  Composition& c_;
  TrialServices& services_;
};

/// Any tensor as doubles.
std::vector<double> doubles(Engine&, Tensor);

}  // namespace ubp
