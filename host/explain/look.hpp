// SPDX-License-Identifier: MIT
// A trial that is looked at: its rows, codes and pictures, computed once for all parts.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "draw/figure.hpp"
#include "report/page.hpp"
#include "run/restore.hpp"

namespace ubp::explain {

struct Request {
  std::int64_t rows = 1000;     ///< that codes are computed of, at the most
  std::string scalar = "";      ///< what is attributed; "": the first that the trial gives
  bool absent_is_zero = false;  ///< what stands for nothing: zeros, else the mean training row
};

/// Why a part does not apply, one sentence without its full stop.
struct Missing {
  std::string why;
};

/// Threads: one. It belongs to the trial that it looks at.
class Look {
 public:
  Look(Reader&, Registry&, std::int64_t trial_id, const Request&);

  const Request& request() const { return request_; }
  Reader& reader() const { return reader_; }
  Registry& registry() const { return registry_; }
  std::int64_t trial_id() const { return trial_id_; }
  const Restored& restored() const { return restored_; }
  RestoredTrial& trial() const { return *restored_.trial; }
  Composition& parts() const { return trial().parts; }
  Evaluator& evaluator() const { return trial().evaluator; }

  /// What parts need; each throws Missing, so that the part says why it is left out.
  void require_codes() const;    ///< rows, and codes of them, all finite
  void require_decoder() const;  ///< and a way back

  // Of sample(): row numbers of split().
  const std::string& split() const { return split_; }
  const std::vector<i64>& sample() const { return sample_; }
  const Matrix& inputs() const { return inputs_; }
  const Matrix& codes() const { return codes_; }
  const std::vector<i64>& labels() const { return labels_; }  ///< empty: the data set has none
  std::string label_name(i64 row) const;                      ///< of row `row` of the sample; "" without labels

  /// codes [n, width] -> rows. REQUIRES: require_decoder().
  std::vector<std::vector<double>> decoded(const std::vector<std::vector<double>>& codes) const;

  bool is_image() const;
  /// Rows as a picture: images, `across` to a line, or a heat map of rows x columns with these names. `is_signed`:
  /// around 0, red above and blue below.
  std::string drawn(const std::vector<std::vector<double>>& rows, std::size_t across,
                    const std::vector<std::string>& names, const std::string& title, bool is_signed = false) const;
  std::string column_name(i64 column) const;

 private:
  Reader& reader_;
  Registry& registry_;
  std::int64_t trial_id_;
  Request request_;
  Restored restored_;
  std::string split_, no_codes_;
  std::vector<i64> sample_, labels_;
  Matrix inputs_, codes_;
};

/// A figure drawn as SVG, or as a picture where that is much smaller.
std::string drawn(const Figure&, const std::string& what);

std::vector<double> row_of(const Matrix&, i64 row);
/// The value below which a share of a column lies.
double quantile_of(const Matrix&, i64 column, double share);
double squared_distance(const std::vector<double>&, const std::vector<double>&);

}  // namespace ubp::explain
