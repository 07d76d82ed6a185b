// SPDX-License-Identifier: MIT
// Handles, scopes and memory.
#include <functional>

#include <catch2/catch.hpp>

#include "engine/ops.hpp"

namespace ubp {
namespace {

ubp_status status_of(const std::function<void()>& f) {
  try {
    f();
  } catch (const EngineError& error) {
    return error.status();
  }
  return UBP_OK;
}

TEST_CASE("a stale, null or forged handle is an error", "[engine]") {
  Engine e;
  e.push_scope();
  const Tensor x = e.full(DType::f32, {2}, 1);
  e.pop_scope();
  CHECK(status_of([&] { e.shape(x); }) == UBP_E_BAD_HANDLE);
  CHECK(status_of([&] { ops::unary(e, UBP_U_EXP, x); }) == UBP_E_BAD_HANDLE);
  const Tensor y = e.full(DType::f32, {3}, 2);  // lives where x did
  CHECK(e.shape(y) == Shape{3});
  CHECK(status_of([&] { e.data(x); }) == UBP_E_BAD_HANDLE);
  CHECK(status_of([&] { e.shape(Tensor{}); }) == UBP_E_BAD_HANDLE);
  CHECK(status_of([&] { e.shape(Tensor{~std::uint64_t{0}}); }) == UBP_E_BAD_HANDLE);
  CHECK(status_of([&] { e.pop_scope(); }) == UBP_E_STATE);
}

TEST_CASE("pop_scope keeps what it is told, cut from the tape", "[engine]") {
  Engine e;
  float w = 3;
  const Tensor p = e.adopt(DType::f32, {}, &w, true);
  e.push_scope();
  e.push_scope();
  const Tensor y = ops::unary(e, UBP_U_SQUARE, p), z = ops::unary(e, UBP_U_EXP, y);
  CHECK(e.requires_grad(y));
  const Tensor keep[] = {y, p, y};
  e.pop_scope(keep);
  CHECK(e.item(y) == 9);
  CHECK_FALSE(e.requires_grad(y));
  CHECK(e.requires_grad(p));
  CHECK(status_of([&] { e.item(z); }) == UBP_E_BAD_HANDLE);
  e.pop_scope();
  CHECK(status_of([&] { e.item(y); }) == UBP_E_BAD_HANDLE);
  CHECK(e.item(p) == 3);
}

TEST_CASE("a scope that cannot keep what it is asked to stays open", "[engine]") {
  Engine e;
  e.push_scope();
  const Tensor x = e.full(DType::f32, {}, 1);
  const Tensor keep[] = {x, Tensor{12345}};
  CHECK(status_of([&] { e.pop_scope(keep); }) == UBP_E_BAD_HANDLE);
  CHECK(e.scope_depth() == 1);
  CHECK(e.item(x) == 1);
}

TEST_CASE("adopted memory is the tensor", "[engine]") {
  Engine e(DType::f64);
  double w[] = {1, 2};
  const Tensor p = e.adopt(DType::f64, {2}, w, true);
  CHECK(e.data(p) == w);
  w[1] = 5;
  CHECK(e.item(ops::reduce(e, UBP_R_SUM, p, 0, false)) == 6);
  CHECK(e.mutable_data(p) == w);
  const Tensor d = e.detach(p);
  CHECK(e.data(d) == w);
  CHECK(e.mutable_data(d) != w);  // only p writes p
  e.release_adopted(p);
  CHECK(status_of([&] { e.shape(p); }) == UBP_E_BAD_HANDLE);
  CHECK(status_of([&] { e.release_adopted(d); }) == UBP_E_STATE);
}

TEST_CASE("writing to a tensor leaves those that share its numbers alone", "[engine]") {
  Engine e(DType::f64);
  const Tensor x = e.full(DType::f64, {4}, 1), y = ops::reshape(e, x, {2, 2});
  CHECK(e.data(x) == e.data(y));
  static_cast<double*>(e.mutable_data(x))[0] = 7;
  CHECK(e.data<double>(x)[0] == 7);
  CHECK(e.data<double>(y)[0] == 1);
}

TEST_CASE("memory is aligned to 64 bytes", "[engine]") {
  Engine e;
  for (i64 n : {1, 3, 17, 100, 257, 5000, 100001})
    CHECK(reinterpret_cast<std::uintptr_t>(e.data(e.empty(DType::u8, {n}))) % 64 == 0);
}

TEST_CASE("recording follows its switch", "[engine]") {
  Engine e(DType::f64);
  const Tensor x = e.leaf(e.full(DType::f64, {}, 2));
  CHECK(e.requires_grad(x));
  {
    const Recording off(e, false);
    CHECK_FALSE(e.requires_grad(ops::unary(e, UBP_U_EXP, x)));
  }
  CHECK(e.requires_grad(ops::unary(e, UBP_U_EXP, x)));
  CHECK_FALSE(e.requires_grad(ops::unary(e, UBP_U_STOP_GRADIENT, x)));
  CHECK_FALSE(e.requires_grad(e.detach(x)));
  CHECK(status_of([&] { e.set_requires_grad(ops::unary(e, UBP_U_EXP, x), false); }) == UBP_E_STATE);
}

TEST_CASE("item wants one element", "[engine]") {
  Engine e;
  CHECK(e.item(e.full(DType::u8, {1, 1}, 7)) == 7);
  CHECK(status_of([&] { e.item(e.full(DType::f32, {2}, 0)); }) == UBP_E_SHAPE);
}

}  // namespace
}  // namespace ubp
