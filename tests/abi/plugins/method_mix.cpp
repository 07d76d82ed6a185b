// SPDX-License-Identifier: MIT
// method_mix: a loss of every op that the SDK calls by name for methods, each with attributes that are not the default.
#include <ubp/sdk.hpp>
using namespace ubp;

struct MethodMix : Objective {
  static void describe(Describe<MethodMix>& d) {
    d.id("method_mix").doc("Every op for methods, through its function in the SDK.").role("encoder", "encode");
  }

  static Tensor attended(Tensor z, std::int64_t n) {
    const Tensor q = reshape(z, {1, n, 4});
    const Tensor first = reshape(slice(z, 1, 0, 1), {n});
    const Tensor all = greater_equal(first, first - 1.0) * less_equal(first, first + 1.0) *
                       greater(first + 1.0, first) * not_equal(first, first + 1.0);
    return sum(attention(q, q, q, {}, true, 0.5)) + sum(attention(q, q, square(q), all));
  }

  static Tensor convolved(Tensor z, std::int64_t n) {
    const Tensor row = slice(z, 0, 0, 1);
    const Tensor lines = conv1d(reshape(z, {n, 1, 4}), reshape(slice(row, 1, 0, 3), {1, 1, 3}), {}, 2, 1, "tanh");
    const Tensor images = upsample(reshape(z, {n, 1, 2, 2}), 3, "bilinear");
    return sum(square(lines)) + mean(square(images));
  }

  static Tensor normalised(Tensor z) {
    const Tensor gamma = reshape(slice(z, 0, 0, 1), {4}), beta = reshape(slice(z, 0, 1, 2), {4});
    return sum(square(group_norm(z, gamma, beta, 2, 1e-3))) + sum(square(batch_norm(z, gamma, beta, 1e-3)[0])) +
           sum(dropout(z, greater(z, z - 1.0), 0.25));
  }

  static Tensor chosen(Tensor z) {
    const Chosen low = top_k(z, 2, false);
    const Tensor places = reshape(one_hot(low.index, 4), {-1, 4});
    const Chosen near = nearest(z, affine(z, 0.5, 1), 2);
    return sum(square(low.values)) + sum(exp(take_along(z, low.index))) + sum(matmul(places, transpose(z))) +
           sum(near.values);
  }

  static Tensor solved(Ctx& c, Tensor z) {
    const Tensor a = matmul(z, z, transpose_a) + affine(c.eye(4), 2, 0), l = cholesky(a);
    const Eigen axes = eigh(a);
    return logdet(a) + sum(square(triangular_solve(l, transpose(z), true))) + sum(square(inverse(a))) +
           sum(log(axes.values)) + sum(pow(slice(axes.vectors, 1, 3, 4), 3));
  }

  Tensor loss(Ctx& c, const Batch& b) override {
    const Tensor z = c.call("encoder", "encode", b.view(0));
    const std::int64_t n = z.dim(0);
    const Tensor sums = sum(square(cumsum(z, 0, true))) + sum(square(scan(z, sigmoid(z), true)));
    return attended(z, n) + convolved(z, n) + normalised(z) + chosen(z) + solved(c, z) + sums +
           sum(erf(cast(cast(z, "f64"), "f64")));
  }
};

UBP_EXPORT_PLUGIN("method_mix", "1.0.0", "MIT", MethodMix);
