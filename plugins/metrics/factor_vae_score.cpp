// SPDX-License-Identifier: MIT
// factor_vae_score: whether the code that stands still tells which known factor was held.
//
//   a vote: a factor v and one of its values; of `group` rows with that value, the code whose variance is the smallest
//     share of its variance over all rows (both / (n - 1)) votes for v
//   a code predicts the factor that it voted for most often in `votes` votes
//   factor_vae_score = share of `judging` further votes that are predicted
//
// | parameter | type  | range      | default | meaning |
// |-----------|-------|------------|---------|---------|
// | group     | int   | [2, 1e+06] | 64      | Rows of a vote. |
// | bins      | int   | [2, 1000]  | 10      | Of a quantity: rows of one bin count as of one value. |
// | votes     | int   | [1, 1e+07] | 10000   | By which codes learn what they predict. |
// | judging   | int   | [1, 1e+07] | 5000    | By which they are judged. |
// | min_sd    | float | (0, 1e+06] | 0.05    | A code whose deviation is below has no vote. |
//
// Factors take turns; a value is that of a row drawn at random, of values that have at least `group` rows; rows of a
// vote are drawn without replacement. A quantity of at most `bins` values has these, another is cut into bins of equal
// width. Random numbers depend on nothing but the order of the rows. Factors whose values all have fewer rows are left
// out, with a note. No code with a vote: 0. Chance: 1 / factors.
// Limits: rows of a bin are not of one value, and votes share rows: a generator that draws rows anew for each vote, as
// in the paper, holds a factor better. min_sd is in units of the code.
// Source: Kim, Mnih, arXiv:1802.05983; numbers of votes and min_sd as in disentanglement_lib.
//
//   [[metric]]
//   use  = "factor_vae_score"
//   bins = 8
#include <ubp/sdk.hpp>

#include "factors.hpp"

namespace {
using namespace ubp;
using metrics::Classes, metrics::Column;

class FactorVaeScore : public Metric {
 public:
  static void describe(Describe<FactorVaeScore>& d) {
    d.id("factor_vae_score")
        .title("FactorVAE score")
        .cite("arXiv:1802.05983")
        .tag("factors")
        .doc("Whether the code that stands still tells which known factor was held.")
        .needs({"embedding", "factors"})
        .emits("factor_vae_score", UBP_HIGHER_IS_BETTER, "Share of votes whose held factor the still code predicts.")
        .param(&FactorVaeScore::group_, "group", 64, {2, 1e6}, 0, "Rows of a vote.")
        .param(&FactorVaeScore::bins_, "bins", 10, {2, 1000}, 0,
               "Of a quantity: rows of one bin count as of one value.")
        .param(&FactorVaeScore::votes_, "votes", 10000, {1, 1e7}, 0, "By which codes learn what they predict.")
        .param(&FactorVaeScore::judging_, "judging", 5000, {1, 1e7}, 0, "By which they are judged.")
        .param(&FactorVaeScore::min_sd_, "min_sd", 0.05, {0, 1e6}, open_min,
               "A code whose deviation is below has no vote.");
  }
  void expect(const RowFacts&, const RowFacts& judged) override { check_rows(judged.rows); }
  void begin() override { rows_.start(); }
  void update(const MetricBatch& b) override { rows_.add(kId, b); }

  void finish(const Emit& emit) override {
    check_rows(rows_.rows());
    rows_.require(kId, group_, 1, 2);
    gather_groups();
    voting_.clear();
    for (std::size_t j = 0; j < rows_.codes(); ++j) {
      const auto n = static_cast<double>(rows_.rows());
      const double variance = metrics::moments(metrics::column_of(rows_.z.x, j)).variance * n / (n - 1);
      if (std::sqrt(variance) >= min_sd_) voting_.push_back({j, variance});
    }
    emit("factor_vae_score", voting_.empty() ? 0 : predicted());
    begin();
  }

 private:
  struct Held {
    std::vector<Classes> rows;  ///< of each value that has enough, in order of the values
    std::int64_t size = 0;      ///< of all of them
  };
  struct Voting {
    std::size_t code;
    double variance;
  };
  static constexpr const char* kId = "factor_vae_score";

  void check_rows(std::int64_t rows) const {
    if (rows < 2 * group_)
      throw Error("factor_vae_score: " + std::to_string(rows) + " rows, expected at least twice those of a vote, " +
                  std::to_string(group_));
  }

  void gather_groups() {
    held_.clear();
    std::vector<std::string> left_out;
    for (std::size_t k = 0; k < rows_.factor_count(); ++k) {
      const Classes value = metrics::classes_of(metrics::column_of(rows_.v.x, k), rows_.factors[k].is_discrete, bins_);
      std::vector<Classes> rows(static_cast<std::size_t>(metrics::class_count(value)));
      for (std::size_t i = 0; i < value.size(); ++i) rows[value[i]].push_back(static_cast<std::int64_t>(i));
      Held one;
      for (Classes& of_value : rows)
        if (rows.size() > 1 && static_cast<std::int64_t>(of_value.size()) >= group_) {
          one.size += static_cast<std::int64_t>(of_value.size());
          one.rows.push_back(std::move(of_value));
        }
      if (one.size > 0)
        held_.push_back(std::move(one));
      else
        left_out.push_back(rows_.factors[k].name);
    }
    metrics::leave_out(kId, left_out, held_.size(), 2,
                       "has no two values, or none of " + std::to_string(group_) + " rows");
  }

  /// The place of the code that votes, of those that do.
  std::size_t vote(Hash& random, Held& held) const {
    std::int64_t at = random.below(held.size);
    std::size_t value = 0;
    while (at >= static_cast<std::int64_t>(held.rows[value].size()))
      at -= static_cast<std::int64_t>(held.rows[value++].size());
    Classes& rows = held.rows[value];
    for (std::int64_t i = 0; i < group_; ++i)
      std::swap(rows[i], rows[i + random.below(static_cast<std::int64_t>(rows.size()) - i)]);
    const auto n = static_cast<double>(group_);
    Column mean(voting_.size(), 0.0), variance(voting_.size(), 0.0);
    for (std::int64_t i = 0; i < group_; ++i)
      for (std::size_t j = 0; j < voting_.size(); ++j) mean[j] += rows_.z.x(rows[i], voting_[j].code) / n;
    for (std::int64_t i = 0; i < group_; ++i)
      for (std::size_t j = 0; j < voting_.size(); ++j) {
        const double d = rows_.z.x(rows[i], voting_[j].code) - mean[j];
        variance[j] += d * d / (n - 1);
      }
    std::size_t best = 0;
    for (std::size_t j = 1; j < voting_.size(); ++j)
      if (variance[j] / voting_[j].variance < variance[best] / voting_[best].variance) best = j;
    return best;
  }

  double predicted() {
    Hash random(kId);
    metrics::Matrix count = xt::zeros<double>({voting_.size(), held_.size()});
    for (std::int64_t i = 0; i < votes_; ++i) {
      const std::size_t k = static_cast<std::size_t>(i) % held_.size();
      count(vote(random, held_[k]), k) += 1;
    }
    std::int64_t right = 0;
    for (std::int64_t i = 0; i < judging_; ++i) {
      const std::size_t k = static_cast<std::size_t>(i) % held_.size(), j = vote(random, held_[k]);
      const double* own = &count(j, 0);
      right += std::max_element(own, own + held_.size()) - own == static_cast<std::ptrdiff_t>(k);
    }
    return static_cast<double>(right) / static_cast<double>(judging_);
  }

  std::int64_t group_ = 0, bins_ = 0, votes_ = 0, judging_ = 0;
  double min_sd_ = 0;
  metrics::Factored rows_;
  std::vector<Held> held_;
  std::vector<Voting> voting_;
};

}  // namespace

UBP_EXPORT_PLUGIN("factor_vae_score", "1.0.0", "MIT", FactorVaeScore);
