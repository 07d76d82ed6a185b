// SPDX-License-Identifier: MIT
// A gradient that is not finite ends a trial in its step: whatever the optimizer is, and is done to the gradient first.
#include <limits>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "train/loop/updater.hpp"
#include "trial_bench.hpp"

namespace {

using namespace ubp;

std::string spec(const std::string& optimizer, const std::string& more) {
  return fmt::format(
      "[dataset]\nuse = \"blobs\"\ndims = 12\n[model]\nuse = \"autoencoder\"\nhidden = [700]\nlatent = 3\n"
      "[objective]\nuse = \"reconstruction\"\n[optimizer]\nuse = \"{}\"\nlr = 1e-3\n[train]\n{}\n",
      optimizer, more);
}

}  // namespace

TEST_CASE("a gradient that is not finite is told with the name of its parameter", "[update]") {
  const std::string optimizer = GENERATE("adam", "rmsprop", "sgd");
  const std::string more = GENERATE("", "clip_norm = 1.0", "clip_value = 1.0", "threads = 2");
  CAPTURE(optimizer, more);
  testing::Bench bench(spec(optimizer, more));
  bench.loss(0, 0, 4);
  Updater updater(bench.parts, bench.services);
  const Update update{bench.parts.params.select(nullptr), 1e-3, nullptr, ""};
  REQUIRE(update.trained.size() == 8);
  for (const Param* p : update.trained)
    std::fill_n(static_cast<float*>(bench.parts.params.grads(*p)), p->shape.count(), 0.5f);
  CHECK_NOTHROW(updater.apply(update));
  for (const Param* p : update.trained)
    for (const float bad : {std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()})
      for (const i64 at : {i64{0}, p->shape.count() - 1}) {
        float& g = static_cast<float*>(bench.parts.params.grads(*p))[at];
        const float before = std::exchange(g, bad);
        CHECK_THROWS_WITH(updater.apply(update), fmt::format("the gradient of '{}' is not finite", p->full_name()));
        g = before;
      }
}
