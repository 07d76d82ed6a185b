// SPDX-License-Identifier: MIT
// What the ops accept, what they refuse, and the sentences they refuse it with.
#include <catch2/catch.hpp>

#include "engine/ops.hpp"

namespace ubp {
namespace {

template <class F>
std::pair<ubp_status, std::string> refusal(F&& f) {
  try {
    f();
  } catch (const EngineError& error) {
    return {error.status(), error.what()};
  }
  return {UBP_OK, ""};
}

TEST_CASE("a refusal names the op and both shapes", "[ops]") {
  Engine e;
  const auto zeros = [&](const Shape& s) { return e.full(DType::f32, s, 0); };
  CHECK(refusal([&] {
          ops::matmul(e, zeros({128, 784}), zeros({256, 64}));
        }) == std::pair<ubp_status, std::string>(UBP_E_SHAPE, "matmul: inner sizes differ: [128, 784] x [256, 64]"));
  CHECK(refusal([&] {
          ops::binary(e, UBP_B_ADD, zeros({3, 2}), zeros({4}));
        }).second == "add: shapes do not broadcast: [3, 2] and [4]");
  CHECK(refusal([&] {
          ops::mse(e, zeros({3}), zeros({3, 1}), ops::Reduction::mean);
        }).second == "mse: target has shape [3, 1], expected [...] where ... is [3]");
  CHECK(refusal([&] {
          ops::linear(e, zeros({2, 3}), zeros({3, 4}), zeros({5}));
        }).second == "linear: b has shape [5], expected [o] where o is 4");
  CHECK(refusal([&] {
          ops::conv2d(e, zeros({1, 2, 5, 5}), zeros({4, 3, 3, 3}), {}, 1, 0);
        }).second == "conv2d: k has shape [4, 3, 3, 3], expected [o, c, i, j] where c is 2");
  CHECK(refusal([&] {
          ops::reshape(e, zeros({2, 3}), {4, -1});
        }).second == "reshape: [2, 3] does not fit into [4, -1]");
  CHECK(refusal([&] { ops::reduce(e, UBP_R_SUM, zeros({2, 3}), 4, false); }).first == UBP_E_SHAPE);
  CHECK(refusal([&] { ops::reduce(e, UBP_R_MAX, zeros({0, 3}), 0, false); }).first == UBP_E_SHAPE);
  CHECK(refusal([&] { e.empty(DType::f32, {-1}); }).first == UBP_E_SHAPE);
  CHECK(refusal([&] { e.empty(DType::f32, {i64{1} << 40, i64{1} << 40}); }).first == UBP_E_NO_MEMORY);
}

TEST_CASE("dtypes are not mixed silently", "[ops]") {
  Engine e;
  const Tensor f = e.full(DType::f32, {2}, 1), d = e.full(DType::f64, {2}, 1), i = e.full(DType::i64, {2}, 3);
  CHECK(refusal([&] { ops::binary(e, UBP_B_ADD, f, d); }).first == UBP_E_DTYPE);
  CHECK(refusal([&] { ops::unary(e, UBP_U_EXP, i); }).first == UBP_E_DTYPE);
  CHECK(e.dtype(ops::binary(e, UBP_B_MUL, f, i)) == DType::f32);
  CHECK(e.dtype(ops::binary(e, UBP_B_MUL, i, d)) == DType::f64);
  CHECK(e.data<float>(ops::binary(e, UBP_B_MUL, f, i))[1] == 3);
  CHECK(refusal([&] { e.set_requires_grad(e.adopt(DType::i64, {2}, nullptr, false), true); }).first == UBP_E_DTYPE);
  CHECK(refusal([] { Engine(DType::i64); }).first == UBP_E_DTYPE);
}

TEST_CASE("indices are checked before memory is touched", "[ops]") {
  Engine e;
  const i64 at[] = {0, 4};
  const Tensor index = e.copy_from(DType::i64, {2}, at), table = e.full(DType::f32, {4, 3}, 1);
  CHECK(refusal([&] { ops::gather_rows(e, table, index); }) ==
        std::pair<ubp_status, std::string>(UBP_E_INVALID_ARG, "gather_rows: index 4 is outside [0, 4)"));
  CHECK(refusal([&] { ops::cross_entropy(e, e.full(DType::f32, {2, 3}, 0), index); }).first == UBP_E_INVALID_ARG);
  CHECK(refusal([&] { ops::take(e, table, index); }).first == UBP_E_SHAPE);
  CHECK(refusal([&] { ops::take(e, table, table); }).second == "take: index is f32, expected i64");
}

TEST_CASE("unknown codes are unsupported, not undefined", "[ops]") {
  Engine e;
  const Tensor x = e.full(DType::f32, {2}, 1);
  CHECK(refusal([&] { ops::unary(e, 0, x); }).first == UBP_E_UNSUPPORTED);
  CHECK(refusal([&] { ops::unary(e, 999, x); }).first == UBP_E_UNSUPPORTED);
  CHECK(refusal([&] { ops::binary(e, 99, x, x); }).first == UBP_E_UNSUPPORTED);
  CHECK(refusal([&] { ops::reduce(e, 99, x, 0, false); }).first == UBP_E_UNSUPPORTED);
}

TEST_CASE("integer tensors can be moved, compared and chosen from", "[ops]") {
  Engine e;
  const i64 v[] = {3, 1, 2, 9, 8, 7};
  const Tensor x = e.copy_from(DType::i64, {2, 3}, v);
  const i64 rows[] = {1, 0};
  const Tensor y = ops::gather_rows(e, x, e.copy_from(DType::i64, {2}, rows));
  CHECK(e.data<i64>(y)[0] == 9);
  const i64 axes[] = {1, 0};
  CHECK(e.data<i64>(ops::permute(e, x, axes))[1] == 9);
  const Tensor best = ops::reduce(e, UBP_R_ARGMAX, x, 2, false);
  CHECK(e.dtype(best) == DType::i64);
  CHECK(e.data<i64>(best)[0] == 0);
  CHECK(e.data<i64>(best)[1] == 0);
  CHECK(e.data<float>(ops::binary(e, UBP_B_EQ, x, e.full(DType::i64, {}, 9)))[3] == 1);
}

TEST_CASE("sizes of one and none work", "[ops]") {
  Engine e;
  const Tensor none = e.full(DType::f32, {0, 3}, 1);
  CHECK(e.shape(ops::matmul(e, none, e.full(DType::f32, {3, 2}, 1))) == Shape{0, 2});
  CHECK(e.item(ops::reduce(e, UBP_R_SUM, none, 0, false)) == 0);
  const Tensor inner = ops::matmul(e, e.full(DType::f32, {2, 0}, 1), e.full(DType::f32, {0, 2}, 1));
  CHECK(e.data<float>(inner)[3] == 0);
  CHECK(e.shape(ops::slice(e, none, 1, 2, 2)) == Shape{0, 0});
  CHECK(e.item(ops::unary(e, UBP_U_EXP, e.full(DType::f32, {}, 0))) == 1);
}

TEST_CASE("call() finds ops by name and reads their attributes", "[ops]") {
  Engine e;
  const Tensor x = e.full(DType::f32, {1, 1, 4, 4}, 1);
  ubp_attr window{sizeof(ubp_attr), "window", UBP_P_INT, 0, 2, nullptr, nullptr, 0};
  const ubp_attr* attrs[] = {&window};
  CHECK(e.shape(ops::call(e, "avg_pool2d", {&x, 1}, attrs)[0]) == Shape{1, 1, 2, 2});
  CHECK(refusal([&] { ops::call(e, "avg_pool", {&x, 1}, attrs); }).first == UBP_E_NOT_FOUND);
  CHECK_THAT(refusal([&] {
               ops::call(e, "avg_pool", {&x, 1}, attrs);
             }).second,
             Catch::Contains("(did you mean 'avg_pool2d'?)") && Catch::Contains("max_pool2d, avg_pool2d"));
  window.name = "windw";
  CHECK(refusal([&] {
          ops::call(e, "avg_pool2d", {&x, 1}, attrs);
        }).second ==
        "avg_pool2d: there is no attribute 'windw', expected avg_pool2d(x [n,c,h,w]; window = 2, "
        "stride = 0) -> [n,c,h',w']");
  CHECK(refusal([&] { ops::call(e, "avg_pool2d", {}, {}); }).first == UBP_E_INVALID_ARG);
  const Tensor pair[] = {x, x};
  ubp_attr reduction{sizeof(ubp_attr), "reduction", UBP_P_STRING, 0, 0, "sum", nullptr, 0};
  attrs[0] = &reduction;
  CHECK(e.item(ops::call(e, "mse", pair, attrs)[0]) == 0);
  reduction.s = "some";
  CHECK_THAT(refusal([&] { ops::call(e, "mse", pair, attrs); }).second, Catch::Contains("mean, sum, batch"));
}

}  // namespace
}  // namespace ubp
