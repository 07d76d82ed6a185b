// SPDX-License-Identifier: MIT
#include "base/statistics/distributions.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/non_central_t.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/tools/toms748_solve.hpp>

namespace ubp::statistics {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

namespace policies = boost::math::policies;
using Quiet =
    policies::policy<policies::domain_error<policies::ignore_error>, policies::overflow_error<policies::ignore_error>,
                     policies::evaluation_error<policies::ignore_error>>;
using Normal = boost::math::normal_distribution<double, Quiet>;
using StudentT = boost::math::students_t_distribution<double, Quiet>;

}  // namespace

double normal_cdf(double x) {
  if (std::isnan(x)) return kNaN;
  if (std::isinf(x)) return x > 0 ? 1 : 0;
  return boost::math::cdf(Normal(), x);
}

double normal_quantile(double p) {
  if (!(p >= 0 && p <= 1)) return kNaN;
  if (p == 0 || p == 1) return p == 0 ? -kInf : kInf;
  return boost::math::quantile(Normal(), p);
}

double student_t_cdf(double t, double df) {
  if (std::isnan(t) || !(df > 0)) return kNaN;
  if (std::isinf(df)) return normal_cdf(t);
  if (std::isinf(t)) return t > 0 ? 1 : 0;
  return boost::math::cdf(StudentT(df), t);
}

double student_t_quantile(double p, double df) {
  if (!(p >= 0 && p <= 1) || !(df > 0)) return kNaN;
  if (p == 0 || p == 1) return p == 0 ? -kInf : kInf;
  if (std::isinf(df)) return normal_quantile(p);
  return boost::math::quantile(StudentT(df), p);
}

double student_t_tails(double t, double df) { return 2 * student_t_cdf(-std::abs(t), df); }

double f_upper(double f, double df1, double df2) {
  if (!(f >= 0) || !(df1 > 0) || !(df2 > 0)) return kNaN;
  if (std::isinf(f)) return 0;
  return cdf(complement(boost::math::fisher_f_distribution<double, Quiet>(df1, df2), f));
}

double chi_squared_upper(double x, double df) {
  if (!(x >= 0) || !(df > 0)) return kNaN;
  if (std::isinf(x)) return 0;
  return cdf(complement(boost::math::chi_squared_distribution<double, Quiet>(df), x));
}

double noncentral_t_cdf(double t, double df, double mean) {
  if (std::isnan(t) || !(df > 0) || !std::isfinite(mean)) return kNaN;
  if (std::isinf(t)) return t > 0 ? 1 : 0;
  return cdf(boost::math::non_central_t_distribution<double, Quiet>(df, mean), t);
}

double normal_range_cdf(double q, int k) {
  if (std::isnan(q) || k < 2) return kNaN;
  if (q <= 0) return 0;
  if (std::isinf(q)) return 1;
  // k times the integral of phi(z) (Phi(z) - Phi(z - q))^(k - 1), z being the largest value. Steps of equal width are
  // exact to rounding: the integrand is analytic and its tails vanish.
  constexpr double kStep = 1.0 / 16, kEnd = 9;
  double total = 0;
  for (double z = -kEnd; z <= kEnd + q; z += kStep) {
    const double density = std::exp(-z * z / 2);
    if (density > 0) total += density * std::pow(normal_cdf(z) - normal_cdf(z - q), k - 1);
  }
  constexpr double kDensityAtZero = 0.3989422804014326779;
  return std::min(1.0, k * kStep * kDensityAtZero * total);
}

double normal_range_quantile(double p, int k) {
  if (!(p >= 0 && p <= 1) || k < 2) return kNaN;
  if (p == 0 || p == 1) return p == 0 ? 0 : kInf;
  double high = 1;
  while (normal_range_cdf(high, k) < p && high < 64) high *= 2;
  std::uintmax_t steps = 100;
  const auto [below, above] =
      boost::math::tools::toms748_solve([&](double q) { return normal_range_cdf(q, k) - p; }, 0.0, high,
                                        boost::math::tools::eps_tolerance<double>(50), steps, Quiet());
  return (below + above) / 2;
}

}  // namespace ubp::statistics
