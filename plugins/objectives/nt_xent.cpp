// SPDX-License-Identifier: MIT
// nt_xent: two views of a row find each other among all views of the minibatch (SimCLR).
//
//   z = p / |p|,  p = projection of a view;  s_ij = z_i . z_j / temperature
//   L = mean over the 2n views i of -log( exp(s_i,other(i)) / sum over k != i of exp(s_ik) )
//
// | parameter   | type  | range        | default | meaning |
// |-------------|-------|--------------|---------|---------|
// | temperature | float | [0.001, 100] | 0.5     | Divides the similarities. |
//
// Logs: nothing but the loss. Needs: two or more transforms that make the views differ, and a large minibatch.
// Limits: memory and time grow with the square of the minibatch.
// Source: Chen et al., arXiv:2002.05709, equation 1.
//
//   [objective]
//   use         = "nt_xent"
//   temperature = 0.5
#include <numeric>

#include <ubp/sdk.hpp>
using namespace ubp;

struct NtXent : Objective {
  double temperature;

  static void describe(Describe<NtXent>& d) {
    d.id("nt_xent")
        .title("NT-Xent (SimCLR)")
        .doc("Two views of a row find each other among all views of the minibatch.")
        .cite("arXiv:2002.05709")
        .views(2)
        .flags(UBP_OBJ_MIN_BATCH_2)
        .role("encoder", "encode,project", "Rows to features; rows to what the loss sees.")
        .param(&NtXent::temperature, "temperature", 0.5, {1e-3, 100}, tunable | log_scale, "Divides the similarities.")
        .sweep(0.05, 2);
  }

  Tensor loss(Ctx& c, const Batch& b) override {
    const std::int64_t n = b.size();
    const Tensor z = normalize(c.call("encoder", "project", concat({b.view(0), b.view(1)}, 0)));
    const Tensor scaled = z / std::sqrt(temperature);
    const Tensor itself = -1e9 * c.eye(2 * n);  // no view is its own candidate
    std::vector<std::int64_t> other(static_cast<std::size_t>(2 * n));
    std::iota(other.begin(), other.begin() + n, n);
    std::iota(other.begin() + n, other.end(), 0);
    return cross_entropy(matmul(scaled, scaled, transpose_b) + itself, c.indices(other));
  }
};

UBP_EXPORT_PLUGIN("nt_xent", "1.0.0", "MIT", NtXent);
