// SPDX-License-Identifier: MIT
// Ops that plugins bring: y = x0^2 x1, with a saved number, with and without a derivative in host ops.
#include <catch2/catch.hpp>

#include "engine/ops.hpp"

namespace ubp {
namespace {

double* numbers(const ubp_view* v) { return static_cast<double*>(v->data); }

ubp_status infer(void*, const ubp_shape* in, ubp_shape* out) {
  out[0] = in[0];
  out[0].dtype = 0;  // the run's
  return UBP_OK;
}

ubp_status forward(void*, const ubp_view* const* in, ubp_view* const* out, void* saved) {
  *static_cast<double*>(saved) = 2;
  for (i64 i = 0; i < in[0]->shape[0]; ++i)
    numbers(out[0])[i] = numbers(in[0])[i] * numbers(in[0])[i] * numbers(in[1])[i];
  return UBP_OK;
}

ubp_status backward(void*, const ubp_view* const* in, const ubp_view* const*, const ubp_view* const* dout,
                    ubp_view* const* din, void* saved) {
  const double two = *static_cast<double*>(saved);
  for (i64 i = 0; i < in[0]->shape[0]; ++i) {
    const double x = numbers(in[0])[i], w = numbers(in[1])[i], g = numbers(dout[0])[i];
    if (din[0]) numbers(din[0])[i] += g * two * x * w;
    if (din[1]) numbers(din[1])[i] += g * x * x;
  }
  return UBP_OK;
}

ubp_status backward_graph(void* user, ubp_ctx*, const ubp_tensor* in, const ubp_tensor*, const ubp_tensor* dout,
                          ubp_tensor* din) {
  Engine& e = *static_cast<Engine*>(user);
  const Tensor x{in[0].id}, w{in[1].id}, g{dout[0].id};
  const Tensor gx = ops::binary(e, UBP_B_MUL, g, x);
  din[0] = {ops::unary(e, UBP_U_AFFINE, ops::binary(e, UBP_B_MUL, gx, w), 2, 0).id};
  din[1] = {ops::binary(e, UBP_B_MUL, gx, x).id};
  return UBP_OK;
}

ubp_custom_op_desc op(Engine& e, bool graph) {
  return {sizeof(ubp_custom_op_desc),      0, "test.cube", 2, 1, &e, infer, forward, backward, sizeof(double),
          graph ? backward_graph : nullptr};
}

struct Setting {
  Engine e{DType::f64};
  std::vector<double> x{0.5, -2, 3}, w{1, 4, -1}, dx = std::vector<double>(3), dw = dx;
  Tensor px = e.adopt(DType::f64, {3}, x.data(), true), pw = e.adopt(DType::f64, {3}, w.data(), true);
};

TEST_CASE("a plugin's op is recorded like any other", "[custom]") {
  Setting s;
  const ubp_custom_op_desc d = op(s.e, false);
  const Tensor in[] = {s.px, s.pw};
  const Tensor y = ops::custom(s.e, d, in)[0];
  CHECK(s.e.data<double>(y)[1] == 16);
  const GradTarget targets[] = {{s.px, s.dx.data(), nullptr}, {s.pw, s.dw.data(), nullptr}};
  s.e.backward(ops::reduce(s.e, UBP_R_SUM, y, 0, false), targets);
  CHECK(s.dx == std::vector<double>{1, -16, -6});
  CHECK(s.dw == std::vector<double>{0.25, 4, 9});
}

TEST_CASE("a plugin's op is not asked for gradients nobody wants", "[custom]") {
  Setting s;
  s.e.set_requires_grad(s.pw, false);
  const ubp_custom_op_desc d = op(s.e, false);
  const Tensor in[] = {s.px, s.pw};
  const Tensor y = ops::reduce(s.e, UBP_R_SUM, ops::custom(s.e, d, in)[0], 0, false);
  CHECK(s.e.data<double>(s.e.grad({&y, 1}, {}, {&s.px, 1}, false)[0])[2] == -6);
}

TEST_CASE("a derivative in host ops can be differentiated again", "[custom]") {
  Setting s;
  const ubp_custom_op_desc d = op(s.e, true);
  const Tensor in[] = {s.px, s.pw};
  const Tensor y = ops::reduce(s.e, UBP_R_SUM, ops::custom(s.e, d, in)[0], 0, false);
  const Tensor g = ops::reduce(s.e, UBP_R_SUM, s.e.grad({&y, 1}, {}, {&s.px, 1}, true)[0], 0, false);
  const auto second = s.e.grad({&g, 1}, {}, in, false);  // of 2 x w
  CHECK(s.e.data<double>(second[0])[1] == 8);
  CHECK(s.e.data<double>(second[1])[2] == 6);
}

TEST_CASE("without one, the second derivative is refused by name", "[custom]") {
  Setting s;
  const ubp_custom_op_desc d = op(s.e, false);
  const Tensor in[] = {s.px, s.pw};
  const Tensor y = ops::reduce(s.e, UBP_R_SUM, ops::custom(s.e, d, in)[0], 0, false);
  try {
    s.e.grad({&y, 1}, {}, {&s.px, 1}, true);
    FAIL("it was accepted");
  } catch (const EngineError& error) {
    CHECK(error.status() == UBP_E_NOT_TWICE_DIFF);
    CHECK_THAT(error.what(), Catch::Contains("test.cube"));
  }
}

}  // namespace
}  // namespace ubp
