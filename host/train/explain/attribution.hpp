// SPDX-License-Identifier: MIT
// Which numbers of a row a number about it comes from, and whether the answer may be believed.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "train/evaluate/evaluate.hpp"

namespace ubp {

/// What stands for "nothing is there" in a row.
enum class Absence { zeros, mean };

enum class AttributionMethod {
  gradient_x_input,      ///< (x - b) df/dx
  integrated_gradients,  ///< (x - b) mean of df/dx on the way from b to x (Sundararajan et al., arXiv:1703.01365)
  smooth_grad            ///< (x - b) mean of df/dx near x (Smilkov et al., arXiv:1706.03825)
};
inline constexpr AttributionMethod kAttributionMethods[] = {
    AttributionMethod::gradient_x_input, AttributionMethod::integrated_gradients, AttributionMethod::smooth_grad};
const char* name_of(AttributionMethod);

/// One row's map.
struct Attribution {
  std::vector<double> values;  ///< [row]
  double f = 0, f_absent = 0;  ///< of the row, and of what stands for nothing
  double gap = 0;              ///< |sum of the map - (f - f_absent)| / |f - f_absent|
  std::int64_t steps = 0;      ///< gradients that it took
};

/// A map, judged. Areas are between f_absent (0) and f (1); the smaller `deletion` and the larger `insertion`, the
/// better (Petsiuk et al., arXiv:1806.07421). `random`: of insertion in five random orders.
struct AttributionScore {
  AttributionMethod method;
  double gap = 0;                                  ///< median over rows
  double deletion = 0, insertion = 0, random = 0;  ///< means over rows
  /// Spearman's correlation of the map with that of the network whose last parameter tensors are those of another seed,
  /// more and more of them, in the end all; mean over rows (Adebayo et al., arXiv:1810.03292). What stays says nothing
  /// of what was learned.
  std::vector<double> randomised;
  std::vector<std::string> randomised_to;  ///< [as randomised]: the tensor that is the last to have been replaced

  bool is_complete() const { return gap < 1e-3; }
  bool forgets() const { return !randomised.empty() && std::abs(randomised.back()) < 0.2; }
  bool is_better_than_chance() const { return insertion > random && deletion < insertion; }
  bool is_trustworthy() const { return forgets() && is_better_than_chance(); }
};

/// A number of one row, which can be followed back to it. Names: "score" (how badly the row is reconstructed, or what
/// the objective calls its score), "code.K" (number K of its code), "loss" and what the objective logs, of a minibatch
/// of this row alone. Where random numbers come in, it is always with the same draw of them.
class RowScalar {
 public:
  /// Throws Error (usage) for a name that this trial does not give, listing those that it does.
  RowScalar(Composition&, TrialServices&, Evaluator&, const std::string& name);
  static std::vector<std::string> names(Composition&, Evaluator&);

  struct Values {
    std::vector<double> f, slope;  ///< [points], [points, row]; slope only if asked for
  };
  /// Of `points` [n, row], which stand in for row `index` of a split.
  Values at(const std::vector<double>& points, bool slope) const;
  i64 row_size() const { return row_.count(); }

 private:
  Tensor of(Tensor x) const;  ///< [n], or one number of one row
  Tensor logged(Tensor x) const;

  Composition& parts_;
  TrialServices& services_;
  Evaluator& evaluator_;
  std::string name_;
  Shape row_;
  bool one_by_one_ = false;
  i64 column_ = 0;
};

/// Integrated gradients double their steps until the gap is below 1e-3, or there are `most_steps`, or 1024 and the gap
/// is far from it, or nothing is found.
/// REQUIRES: row and absent of row_size() numbers.
Attribution attribute(const RowScalar&, AttributionMethod, const std::vector<double>& row,
                      const std::vector<double>& absent, std::int64_t most_steps = 4096);

/// Maps of `rows` [n, row], and how far they may be believed. `other`: a trial of the same spec with another seed,
/// whose parameters replace those of `parts` tensor by tensor, the last first; they are put back.
struct JudgedAttributions {
  std::vector<std::vector<Attribution>> maps;  ///< by method, by row
  std::vector<AttributionScore> scores;        ///< by method
};
JudgedAttributions judged_attributions(const RowScalar&, Composition& parts, Composition& other,
                                       const std::vector<double>& rows, const std::vector<double>& absent);

}  // namespace ubp
