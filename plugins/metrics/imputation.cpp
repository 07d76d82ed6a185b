// SPDX-License-Identifier: MIT
// imputation: how well the cells that were withheld from training are filled in.
//
//   e = (imputed - true) / u_column over the withheld numeric cells, u_column the range of its known and withheld cells
//                             (1 where they are all equal)
//   imputation_rmse = sqrt(mean e^2);   imputation_hamming = share of withheld nominal cells that are wrong
//   imputation_sse = sum e^2 + number of wrong nominal cells
//
// | parameter | type   | range      | default | meaning |
// |-----------|--------|------------|---------|---------|
// | unit      | choice | range, raw | range   | Divide errors by the column's range, or leave them in its units. |
// | nominal   | string | any        |         | Nominal columns: "2, 5-8" is one and a one-hot group; empty: as the data set says. |
//
// Columns count from 0. A one-hot group is one cell: its largest column counts, and it is withheld if one of its
// columns is. A single nominal column, 0/1 or an index, is rounded. Cells that the file lacks have no truth and do not
// count. Without numeric (nominal) withheld cells there is no rmse (hamming). With [dataset] validate, "withheld" is
// the cells that validate.
// Limits: the range is that of the evaluated rows; test rows of a data set's own lose no cell: see [train] eval_split.
// Source: Gashler, Smith, Morris, Martinez, Computational Intelligence 32(2), 2016, arXiv:1312.5394.
//
//   [dataset]
//   withhold = 0.3
//   [[metric]]
//   use     = "imputation"
//   nominal = "4, 7-9"
#include <ubp/sdk.hpp>

#include <charconv>
#include <limits>

#include "needed.hpp"
#include "squares.hpp"

namespace {
using namespace ubp;

class Imputation : public Metric {
 public:
  static void describe(Describe<Imputation>& d) {
    d.id("imputation")
        .title("Imputation of withheld cells")
        .cite("arXiv:1312.5394")
        .tag("imputation")
        .doc("How well the cells that were withheld from training are filled in.")
        .needs({"input", "imputed"})
        .emits("imputation_rmse", UBP_SMALLER_IS_BETTER, "Root mean squared error of a withheld numeric cell.")
        .emits("imputation_sse", UBP_SMALLER_IS_BETTER,
               "Squared errors of withheld numeric cells plus wrong nominal ones.")
        .emits("imputation_hamming", UBP_SMALLER_IS_BETTER, "Share of withheld nominal cells that are wrong.")
        .choice(&Imputation::unit_, "unit", {"range", "raw"}, "range", 0,
                "Divide errors by the column's range, or leave them in its units.")
        .param(&Imputation::nominal_, "nominal", "", 0,
               "Nominal columns: \"2, 5-8\" is one and a one-hot group; empty: as the data set says.");
  }
  void created() override {
    const char *at = nominal_.data(), *end = at + nominal_.size();
    const auto skip = [&](char ch) {
      while (at < end && *at == ' ') ++at;
      return at < end && *at == ch ? ++at, true : false;
    };
    const auto number = [&](std::int64_t& v) {
      skip(' ');
      const auto [next, error] = std::from_chars(at, end, v);
      if (error != std::errc{})
        throw Error("imputation: nominal: '" + nominal_ + "' is no list of columns like \"2, 5-8\"");
      at = next;
    };
    while (skip(' '), at < end) {
      Columns g{};
      number(g.first);
      g.last = g.first;
      if (skip('-')) number(g.last);
      if (g.first < 0 || g.last < g.first || (!groups_.empty() && g.first <= groups_.back().last))
        throw Error("imputation: nominal: '" + nominal_ + "' is not in order");
      groups_.push_back(g);
      if (!skip(',') && at < end)
        throw Error("imputation: nominal: '" + nominal_ + "' is no list of columns like \"2, 5-8\"");
    }
  }
  void nominal(const std::vector<Columns>& cells) override {
    if (nominal_.empty()) groups_ = cells;
  }
  void expect(const RowFacts&, const RowFacts& judged) override {
    if (judged.withheld_cells == 0) refuse_rows();
  }
  void begin() override { columns_.clear(), wrong_ = nominal_cells_ = 0; }

  void update(const MetricBatch& b) override {
    const View x = metrics::needed(b.input(), kId, "inputs"), y = metrics::needed(b.imputed(), kId, "imputed rows"),
               hidden = metrics::needed(b.withheld(), kId, "withheld cells"),
               known = metrics::optional(b.mask(), kId, "masks");
    const std::int64_t width = x.row_count();
    if (y.row_count() != width)
      throw Error(
          "imputation: rows of " + std::to_string(width) + " numbers are imputed with " + std::to_string(y.row_count()),
          UBP_E_SHAPE);
    if (!groups_.empty() && groups_.back().last >= width)
      throw Error("imputation: nominal: column " + std::to_string(groups_.back().last) + " is beyond the last, " +
                  std::to_string(width - 1));
    if (columns_.empty()) start(width);
    for (std::int64_t i = 0; i < x.rows(); ++i) {
      const double *truth = x.row<double>(i), *guess = y.row<double>(i), *h = hidden.row<double>(i),
                   *k = known ? known.row<double>(i) : nullptr;
      for (std::int64_t j = 0; j < width; ++j) {
        Column& c = columns_[j];
        if (h[j] == 0 && k && k[j] == 0) continue;  // missing in the file
        c.least = std::min(c.least, truth[j]), c.most = std::max(c.most, truth[j]);
        if (h[j] == 0 || c.is_nominal) continue;
        if (!std::isfinite(guess[j])) throw Error("imputation: an imputed cell is not finite", UBP_E_NUMERIC);
        c.squares.add(guess[j] - truth[j]), c.cells += 1;
      }
      for (const Columns& g : groups_) count_group(g, truth, guess, h);
    }
  }

  void finish(const Emit& emit) override {
    double squares = 0, cells = 0;
    for (const Column& c : columns_) {
      squares += c.squares.over(unit_ == "raw" ? 1 : c.range()), cells += c.cells;
    }
    if (cells + nominal_cells_ == 0) refuse_rows();
    if (cells > 0) emit("imputation_rmse", std::sqrt(squares / cells));
    emit("imputation_sse", squares + wrong_);
    if (nominal_cells_ > 0) emit("imputation_hamming", wrong_ / nominal_cells_);
  }

 private:
  struct Column {
    double least = infinity, most = -infinity, cells = 0;
    metrics::Squares squares;
    bool is_nominal = false;

    /// 1 if the column is constant up to rounding.
    double range() const {
      const double found = most - least, size = std::max(std::fabs(least), std::fabs(most));
      return found > 10 * std::numeric_limits<double>::epsilon() * size ? found : 1;
    }
  };
  static constexpr const char* kId = "imputation";

  [[noreturn]] static void refuse_rows() {
    throw Error(
        "imputation: no cell of these rows is withheld: set withhold in [dataset]; a data set's own test rows lose "
        "none, "
        "train.eval_split = \"train\" judges the others");
  }

  void start(std::int64_t width) {
    columns_.resize(static_cast<std::size_t>(width));
    for (const Columns& g : groups_)
      for (std::int64_t j = g.first; j <= g.last; ++j) columns_[j].is_nominal = true;
  }

  void count_group(const Columns& g, const double* truth, const double* guess, const double* hidden) {
    const std::int64_t n = g.last - g.first + 1;
    if (std::none_of(hidden + g.first, hidden + g.last + 1, [](double v) { return v != 0; })) return;
    const auto largest = [&](const double* row) { return std::max_element(row + g.first, row + g.last + 1) - row; };
    const bool is_right = n == 1 ? std::fabs(guess[g.first] - truth[g.first]) < 0.5 : largest(guess) == largest(truth);
    nominal_cells_ += 1, wrong_ += !is_right;
  }

  std::string unit_, nominal_;
  std::vector<Columns> groups_;
  std::vector<Column> columns_;
  double wrong_ = 0, nominal_cells_ = 0;
};

}  // namespace

UBP_EXPORT_PLUGIN("imputation", "1.1.1", "MIT", Imputation);
