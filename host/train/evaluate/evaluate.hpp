// SPDX-License-Identifier: MIT
// Runs the metrics over a split: what they need is computed once per batch and handed to all of them.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "train/evaluate/baselines.hpp"
#include "train/evaluate/decoder.hpp"
#include "train/parts/composition.hpp"
#include "train/parts/services.hpp"

namespace ubp {

/// What [train] eval_split, `asked`, stands for where there are the splits `there`, each once:
///   splits = part { "+" part }    part = "auto" | the name of a split
/// auto and test are what there is of them; of nothing at all, the training rows. Other names are given as they are:
/// whether there are such rows is told before a trial is run (run/require_data.hpp).
std::vector<std::string> judged_splits(const std::string& asked, const std::vector<std::string>& there);

class Evaluator {
 public:
  Evaluator(Composition& parts, TrialServices& services) : parts_(parts), services_(services) {}

  /// Every metric's numbers on each of splits(), as "SPLIT.NAME". A metric that refuses the rows (UBP_E_INVALID_ARG) is
  /// left out, with a note, if neither the sweep nor early stopping depends on it.
  /// Throws EngineError naming the metric, or what an objective cannot give that a metric needs.
  std::vector<std::pair<std::string, double>> run();

  /// The splits that metrics judge, as [train] eval_split says; of a trial without data: "test".
  std::vector<std::string> splits() const;
  /// The one that artifacts show: test rows if they are judged, else the last.
  std::string shown_split() const;
  /// Sentences of run() that were not told before.
  std::vector<std::string> take_notes() { return std::exchange(notes_, {}); }
  bool gives(const char* what);
  /// "embedding", "reconstruction", "samples", ... of given rows, in inference.
  Tensor output(const char* what, const std::string& split, const std::vector<i64>& rows);
  /// The same of rows x [n, row...] that stand in for those of the data set; recorded if the engine records.
  Tensor output(const char* what, Tensor x);
  Matrix matrix(const char* what, const std::string& split, const std::vector<i64>& rows);
  Matrix matrix(const char* what, const std::string& split, i64 first, i64 last);
  /// The models' way from codes to rows, where they have both encode and decode.
  const TrialDecoder& decoder();

 private:
  using Numbers = std::vector<std::pair<std::string, double>>;  ///< by name, without split
  /// What metrics say of a split; with `against`, those that want baselines of its codes.
  Numbers judge(const std::string& split, Baseline* against);
  /// What they say of the baselines, under their names; computed once, as no training moves it.
  const Numbers& judged_baselines(const std::string& split);
  Numbers gains(const Numbers& trained, const Numbers& baselines) const;
  void feed(const std::string& split, bool is_train, Baseline* against);
  bool listens(const Metric&, bool is_train, const Baseline* against) const;
  void feed_episodes();
  void tell_nominal(const Instance& metric);
  Tensor infer(const char* what, BatchData&);
  Tensor by_roles(const char* what, Tensor x);  ///< "embedding" or "reconstruction"

  template <class Call>
  void ask(const Metric&, const char* callback, const Call&);
  void refuse(const Metric&, const std::string& why);
  void refuse_without_factors();
  bool is_needed(const Metric&) const;

  Composition& parts_;
  TrialServices& services_;
  std::set<const Metric*> refused_;  ///< in this judgement: whoever refuses once may not have all the rows
  std::vector<std::string> notes_;
  std::set<std::string> noted_;
  std::optional<TrialDecoder> decoder_;
  std::vector<std::unique_ptr<Baseline>> baselines_;
  std::map<std::string, Numbers> judged_baselines_;  ///< by split
};

/// Any tensor as doubles.
std::vector<double> doubles(Engine&, Tensor);
Matrix matrix_of(Engine&, Tensor);  ///< of [rows, row...]
/// The numbers that an objective sees of rows.
Matrix inputs_of(Composition&, const std::string& split, const std::vector<i64>& rows);

}  // namespace ubp
