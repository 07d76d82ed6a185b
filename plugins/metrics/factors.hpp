// SPDX-License-Identifier: MIT
// Codes beside the factors that their rows were made from: what scores of disentanglement share. Bins, entropies and
// mutual informations are plug-in estimates in nats, from counts.
#pragma once

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "needed.hpp"
#include "rows.hpp"

namespace metrics {

using Column = std::vector<double>;
using Classes = std::vector<std::int64_t>;  ///< of each row: 0, 1, ...

struct Factor {
  std::string name;
  bool is_discrete = false;
};

/// A line of the trial's log.
inline void note(const char* who, const std::string& text) {
  const ubp_host* host = ubp::detail::g.host;
  if (host && UBP_HAS(host, log)) host->log(host, UBP_LOG_WARN, who, text.c_str());
}

inline Column column_of(const Matrix& x, std::size_t j) {
  Column out(x.shape(0));
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = x(i, j);
  return out;
}

/// Codes and factors of the same rows, or of a sample of them.
class Factored {
 public:
  Rows z, v;                    ///< [n, codes], [n, factors]
  std::vector<Factor> factors;  ///< what the columns of v are

  void start(std::int64_t limit = 0) { z.start(limit), v.start(limit), factors.clear(); }  // the same sample
  void add(const char* who, const ubp::MetricBatch& b) {
    if (!b.factors() || b.factor_count() == 0)
      throw ubp::Error(std::string(who) +
                       ": the data set has no factors, expected fields that are known to make a row");
    z.add(who, needed(b.embedding(), who, "embeddings"), {});
    v.add(who, needed(b.factors(), who, "factors"), {});
    if (factors.empty())
      for (std::int64_t k = 0; k < b.factor_count(); ++k)
        factors.push_back({b.factor_name(k), b.factor_is_discrete(k)});
  }
  std::int64_t rows() const { return z.size(); }
  std::size_t codes() const { return rows() ? z.x.shape(1) : 0; }
  std::size_t factor_count() const { return factors.size(); }

  /// Throws Error unless there are so many rows, codes and factors.
  void require(const char* who, std::int64_t rows_needed, std::size_t codes_needed,
               std::size_t factors_needed = 1) const {
    const auto at_least = [who](const char* what, auto found, auto expected) {
      if (static_cast<std::int64_t>(found) < static_cast<std::int64_t>(expected))
        throw ubp::Error(std::string(who) + ": " + std::to_string(found) + " " + what + ", expected at least " +
                         std::to_string(expected));
    };
    at_least("rows", rows(), rows_needed);
    at_least("numbers in a code", codes(), codes_needed);
    at_least("factors", factor_count(), factors_needed);
  }
};

/// Throws Error unless both splits have codes of one length.
inline void require_alike(const char* who, const Factored& train, const Factored& judged) {
  if (train.codes() != judged.codes())
    throw ubp::Error(std::string(who) + ": the splits have embeddings of different lengths", UBP_E_SHAPE);
}

/// Tells of factors that a metric leaves out; throws Error if fewer than `needed` are left.
inline void leave_out(const char* who, const std::vector<std::string>& names, std::size_t left, std::size_t needed,
                      const std::string& why) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
  if (left < needed)
    throw ubp::Error(std::string(who) + ": " + std::to_string(left) + " factors are left, expected at least " +
                     std::to_string(needed) + (list.empty() ? "" : ": " + list + " " + why));
  if (!list.empty()) note(who, "without the factor " + list + ", which " + why);
}

/// Bins of equal width between the smallest and the largest number, as numpy.histogram makes them; all 0 if there is
/// but one number. A number on an edge is in the bin above, the largest in the last.
inline Classes equal_bins(Column x, std::int64_t bins) {
  auto [low, high] = std::minmax_element(x.begin(), x.end());
  double lo = *low, hi = *high;
  if (!std::isfinite(hi - lo)) {
    for (double& one : x) one /= 4;
    lo /= 4, hi /= 4;
  }
  Classes out(x.size(), 0);
  if (!(hi > lo)) return out;
  const double step = (hi - lo) / static_cast<double>(bins);
  if (!(step > 0)) return out;
  std::vector<double> edges(static_cast<std::size_t>(bins));
  for (std::size_t b = 0; b < edges.size(); ++b) edges[b] = static_cast<double>(b) * step + lo;
  for (std::size_t i = 0; i < x.size(); ++i)
    out[i] = std::upper_bound(edges.begin(), edges.end(), x[i]) - edges.begin() - 1;
  return out;
}

inline bool is_constant(const Column& x) {
  return std::all_of(x.begin(), x.end(), [&x](double one) { return one == x.front(); });
}

struct Moments {
  double mean = 0, variance = 0;  ///< variance: about the mean, / n
};
inline Moments moments(const Column& x) {
  if (!x.empty() && is_constant(x)) return {x.front(), 0};  // and not what rounding makes of it
  Moments m;
  for (const double one : x) m.mean += one / static_cast<double>(x.size());
  for (const double one : x) m.variance += (one - m.mean) * (one - m.mean) / static_cast<double>(x.size());
  return m;
}
/// The different numbers of a column, in order.
inline Column different(Column x) {
  std::sort(x.begin(), x.end());
  x.erase(std::unique(x.begin(), x.end()), x.end());
  return x;
}
/// The place of each number in `values`, which has all of them in order.
inline Classes places(const Column& x, const Column& values) {
  Classes out(x.size());
  for (std::size_t i = 0; i < x.size(); ++i)
    out[i] = std::lower_bound(values.begin(), values.end(), x[i]) - values.begin();
  return out;
}

/// A class by its number, and so a quantity of no more different values than there are bins; else equal bins.
inline Classes classes_of(const Column& x, bool is_discrete, std::int64_t bins) {
  const Column values = different(x);
  return is_discrete || static_cast<std::int64_t>(values.size()) <= bins ? places(x, values) : equal_bins(x, bins);
}

inline std::int64_t class_count(const Classes& a) { return a.empty() ? 0 : 1 + *std::max_element(a.begin(), a.end()); }
inline std::vector<double> counts_of(const Classes& a) {
  std::vector<double> n(static_cast<std::size_t>(class_count(a)), 0.0);
  for (const std::int64_t one : a) n[one] += 1;
  return n;
}

/// - sum p log p
inline double entropy(const Classes& a) {
  double sum = 0;
  const auto n = static_cast<double>(a.size());
  for (const double count : counts_of(a))
    if (count > 0) sum -= count / n * std::log(count / n);
  return std::max(0.0, sum);
}

/// sum p(a, b) log p(a, b) / (p(a) p(b)); 0 where it is no more than rounding.
inline double mutual_information(const Classes& a, const Classes& b) {
  const std::vector<double> of_a = counts_of(a), of_b = counts_of(b);
  std::vector<double> both(of_a.size() * of_b.size(), 0.0);
  for (std::size_t i = 0; i < a.size(); ++i) both[a[i] * of_b.size() + b[i]] += 1;
  const auto n = static_cast<double>(a.size());
  double sum = 0;
  for (std::size_t i = 0; i < of_a.size(); ++i)
    for (std::size_t j = 0; j < of_b.size(); ++j)
      if (const double count = both[i * of_b.size() + j]; count > 0)
        sum += count / n * std::log(count * n / (of_a[i] * of_b[j]));
  return sum < 1e-14 ? 0 : sum;
}

/// classes_of each factor that varies: of no fewer than `needed`.
inline std::vector<Classes> varying(const char* who, const Factored& rows, std::int64_t bins, std::size_t needed) {
  std::vector<Classes> out;
  std::vector<std::string> constant;
  for (std::size_t k = 0; k < rows.factor_count(); ++k) {
    Classes one = classes_of(column_of(rows.v.x, k), rows.factors[k].is_discrete, bins);
    if (class_count(one) > 1)
      out.push_back(std::move(one));
    else
      constant.push_back(rows.factors[k].name);
  }
  leave_out(who, constant, out.size(), needed, "does not vary");
  return out;
}

/// I(code, factor) in nats: [codes, factors]. Codes are cut into equal bins.
inline Matrix information(const Matrix& z, const std::vector<Classes>& factors, std::int64_t bins) {
  Matrix out({z.shape(1), factors.size()});
  for (std::size_t j = 0; j < z.shape(1); ++j) {
    const Classes code = equal_bins(column_of(z, j), bins);
    for (std::size_t k = 0; k < factors.size(); ++k) out(j, k) = mutual_information(code, factors[k]);
  }
  return out;
}

}  // namespace metrics
