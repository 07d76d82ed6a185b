// SPDX-License-Identifier: MIT
// The KL term of a variational autoencoder in three parts, estimated on a minibatch.
#pragma once

#include <cmath>

#include <ubp/sdk.hpp>

/// Each a mean over rows, in nats. Their sum is an estimate of KL(q(z|x) || p(z)) by the one draw of z.
struct KlParts {
  ubp::Tensor mutual_information;  ///< log q(z|x) - log q(z)
  ubp::Tensor total_correlation;   ///< log q(z) - sum_l log q(z_l)
  ubp::Tensor dimension_kl;        ///< sum_l log q(z_l) - log p(z_l)
};

/// log N(z; mean, exp(logvar)), by cell; the shapes broadcast.
inline ubp::Tensor log_density(ubp::Tensor z, ubp::Tensor mean, ubp::Tensor logvar) {
  const double log_2_pi = std::log(6.283185307179586);
  return -0.5 * (square(z - mean) * exp(-logvar) + logvar + log_2_pi);
}

/// log of the weight of row j in the mixture that stands for q at row i, [n, n].
///
/// weighted: 1 / (n rows), as if each row of the batch were drawn for itself out of all. stratified: the own row counts
/// 1 / rows, the next one (rows - m) / (rows m), each other 1 / m, where m = n - 1: an unbiased mixture.
inline ubp::Tensor log_importance(ubp::Ctx& c, std::int64_t n, std::int64_t rows, bool stratified) {
  const auto size = static_cast<double>(n), all = static_cast<double>(rows), m = size - 1;
  if (!stratified) return c.full({n, n}, -std::log(size * all));
  if (n < 2)
    throw ubp::Error("stratified sampling: a minibatch of " + std::to_string(n) + " rows: expected at least 2",
                     UBP_E_SHAPE);
  std::vector<double> w(static_cast<std::size_t>(n * n), -std::log(m));
  for (std::int64_t i = 0; i < n; ++i) {
    w[static_cast<std::size_t>(i * n + i)] = -std::log(all);
    w[static_cast<std::size_t>(i * n + (i + 1) % n)] = std::log((all - m) / (all * m));
  }
  return c.from({n, n}, w);
}

/// z, mean, logvar [n, L]: draws and the Gaussians of the same rows; `rows`: of the training set.
/// Chen et al., arXiv:1802.04942, equation 2; sampling: section 4.1 and appendix C.
inline KlParts kl_parts(ubp::Ctx& c, ubp::Tensor z, ubp::Tensor mean, ubp::Tensor logvar, std::int64_t rows,
                        bool stratified) {
  const std::int64_t n = z.dim(0), width = z.dim(1);
  const ubp::Tensor weight = log_importance(c, n, rows, stratified);
  const ubp::Tensor by_unit =  // [n of z, n of the mixture, L]
      log_density(reshape(z, {n, 1, width}), reshape(mean, {1, n, width}), reshape(logvar, {1, n, width}));
  const ubp::Tensor aggregate = logsumexp(sum(by_unit, 2) + weight, 1);
  const ubp::Tensor product = sum(logsumexp(by_unit + reshape(weight, {n, n, 1}), 1), 1);
  const ubp::Tensor own = sum(log_density(z, mean, logvar), 1);
  const ubp::Tensor prior = sum(log_density(z, c.zeros({1, width}), c.zeros({1, width})), 1);
  return {ubp::mean(own - aggregate), ubp::mean(aggregate - product), ubp::mean(product - prior)};
}
