// SPDX-License-Identifier: MIT
// full_pass: looks at the whole data set when its stage begins, in three ways that must agree.
#include <ubp/sdk.hpp>
using namespace ubp;

struct FullPass : Objective {
  std::int64_t clusters, batch;

  static void describe(Describe<FullPass>& d) {
    d.id("full_pass")
        .doc("Passes over the data set.")
        .logs("apart")
        .logs("not_mean")
        .logs("not_nearest")
        .logs("total")
        .logs("within")
        .role("encoder", "encode")
        .param(&FullPass::clusters, "clusters", 3, {1, 1000}, tunable, "How many.")
        .param(&FullPass::batch, "batch", 7, {0, 1000}, 0, "Rows at a time.");
  }
  Tensor loss(Ctx& c, const Batch& b) override { return mean(square(c.call("encoder", "encode", b.view(0)))); }

  void on_event(Ctx& c, const Event& e) override {
    if (e.kind() != UBP_EV_STAGE_BEGIN) return;
    const Tensor codes = c.map_split("train", "encoder", "encode");
    const std::vector<double> mapped = c.values(codes);
    std::vector<double> visited;
    std::int64_t next = 0;
    c.for_each_batch("train", static_cast<std::uint32_t>(batch), [&](Ctx& k, const Batch& b) {
      for (std::int64_t index : k.integers(b.indices()))
        if (index != next++) throw Error("a pass leaves the order of the rows");
      const std::vector<double> part = k.values(k.call("encoder", "encode", b.view(0)));
      visited.insert(visited.end(), part.begin(), part.end());
    });
    if (next != c.rows("train") || visited.size() != mapped.size()) throw Error("a pass leaves out rows");
    double apart = 0;
    for (std::size_t i = 0; i < mapped.size(); ++i) apart = std::max(apart, std::abs(mapped[i] - visited[i]));
    c.log("apart", apart);

    const auto [centers, assignment] = c.kmeans(codes, clusters, 5);
    const Tensor own = gather_rows(centers, assignment), distance = pairwise_sqdist(codes, centers);
    c.log("not_nearest", max(take(distance, assignment) - min(distance, 1)));
    const Tensor member = c.one_hot(assignment, clusters);
    const Tensor means = matmul(member, codes, transpose_a) / reshape(maximum(sum(member, 0), 1.0), {-1, 1});
    c.log("not_mean", max(abs(means - centers)));
    c.log("within", mean(square(codes - own)));
    c.log("total", mean(square(codes - mean(codes, 0, keep))));
  }
};

UBP_EXPORT_PLUGIN("full_pass", "1.0.0", "MIT", FullPass);
