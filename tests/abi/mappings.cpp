// SPDX-License-Identifier: MIT
// A mapped tensor's extents stay readable until it is unmapped, however many others are mapped.
#include <vector>

#include <catch2/catch.hpp>

#include "story.hpp"

namespace {

using namespace ubp;

ubp_tensor tensor(Engine& engine, i64 rows) { return abi_tensor(engine.full(DType::f64, Shape{rows, 3}, 1)); }

/// A callback of a trial, and its engine.
struct Called {
  testing::Bench bench{
      "[dataset]\nuse = \"blobs\"\n[objective]\nuse = \"mistaken\"\n[optimizer]\nuse = \"sgd\"\nlr = 0.1\n"};
  Engine& engine = bench.parts.engine;
  Callback callback{engine, bench.services, "self"};
  ubp_ctx* ctx = callback.get();
};

ubp_view mapped(ubp_ctx* ctx, ubp_tensor t) {
  ubp_view view{};
  REQUIRE(kTensorApi.map(ctx, t, UBP_MAP_READ, &view) == UBP_OK);
  return view;
}

}  // namespace

TEST_CASE("forty tensors are mapped at once, and each view keeps its own extents", "[map]") {
  Called called;
  Engine& engine = called.engine;
  ubp_ctx* ctx = called.ctx;
  std::vector<ubp_view> views;
  for (i64 rows = 1; rows <= 40; ++rows) views.push_back(mapped(ctx, tensor(engine, rows)));
  for (i64 rows = 1; rows <= 40; ++rows) {
    const ubp_view& view = views[static_cast<std::size_t>(rows - 1)];
    CHECK(view.ndim == 2);
    CHECK(view.shape[0] == rows);
    CHECK(view.shape[1] == 3);
    CHECK(view.strides[0] == 3);
    CHECK(view.strides[1] == 1);
  }
}

TEST_CASE("unmapping one of two views of a tensor leaves the other; the last one leaves nothing", "[map]") {
  Called called;
  Engine& engine = called.engine;
  ubp_ctx* ctx = called.ctx;
  const ubp_tensor t = tensor(engine, 5);
  mapped(ctx, t);
  const ubp_view second = mapped(ctx, t);
  CHECK(kTensorApi.unmap(ctx, t) == UBP_OK);
  for (i64 rows = 1; rows <= 40; ++rows) mapped(ctx, tensor(engine, rows));
  CHECK(second.shape[0] == 5);
  CHECK(kTensorApi.unmap(ctx, t) == UBP_OK);
  CHECK(Callback::behind(ctx)->mappings.size() == 40);
  CHECK(kTensorApi.unmap(ctx, ubp_tensor{12345}) == UBP_E_BAD_HANDLE);
}
