// SPDX-License-Identifier: MIT
// The distributions that intervals and tests take. Where an argument is out of its range, the result is NaN.
#pragma once

namespace ubp::statistics {

double normal_cdf(double x);       ///< the standard normal's; -inf and inf give 0 and 1
double normal_quantile(double p);  ///< its inverse; 0 and 1 give -inf and inf

double student_t_cdf(double t, double df);       ///< df > 0, need not be whole; inf: the normal's
double student_t_quantile(double p, double df);  ///< its inverse; 0 and 1 give -inf and inf
double student_t_tails(double t, double df);     ///< P(|T| >= |t|), to full relative precision where it is small

double f_upper(double f, double df1, double df2);           ///< P(F >= f)
double chi_squared_upper(double x, double df);              ///< P(X >= x)
double noncentral_t_cdf(double t, double df, double mean);  ///< of a normal about `mean` over a chi

/// P(range of k independent standard normal values <= q): the studentized range with known variance. k >= 2.
double normal_range_cdf(double q, int k);
double normal_range_quantile(double p, int k);  ///< its inverse; 0 and 1 give 0 and inf

}  // namespace ubp::statistics
