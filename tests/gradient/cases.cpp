// SPDX-License-Identifier: MIT
#include "cases.hpp"

#include "engine/random.hpp"

namespace ubp::test {
namespace {

using ops::Activation;
using ops::Reduction;
using Xs = std::span<const Tensor>;

Tensor index_of(Engine& e, std::initializer_list<i64> at) {
  return e.copy_from(DType::i64, {static_cast<i64>(at.size())}, std::data(at));
}

Tensor ramp(Engine& e, const Shape& shape, double lo, double step) {
  std::vector<double> v;
  for (i64 i = 0; i < shape.count(); ++i) v.push_back(lo + step * static_cast<double>(i));
  return ops::cast(e, e.copy_from(DType::f64, shape, v.data()), e.real());
}

void add_unary(std::vector<Case>& all) {
  struct Unary {
    const char* name;
    int op;
    Input x;
    double p0 = 0, p1 = 0;
  };
  const Shape s{19};
  const Input plain{s, Draw::plain, -2, 2}, kinked{s, Draw::off_zero, 0.2, 2}, positive{s, Draw::plain, 0.3, 2};
  const Unary list[] = {{"neg", UBP_U_NEG, plain},
                        {"abs", UBP_U_ABS, kinked},
                        {"square", UBP_U_SQUARE, plain},
                        {"sqrt", UBP_U_SQRT, positive},
                        {"rsqrt", UBP_U_RSQRT, positive},
                        {"exp", UBP_U_EXP, plain},
                        {"log", UBP_U_LOG, positive},
                        {"log1p", UBP_U_LOG1P, positive},
                        {"sin", UBP_U_SIN, plain},
                        {"cos", UBP_U_COS, plain},
                        {"tanh", UBP_U_TANH, plain},
                        {"sigmoid", UBP_U_SIGMOID, plain},
                        {"relu", UBP_U_RELU, kinked},
                        {"leaky_relu", UBP_U_LEAKY_RELU, kinked, 0.2},
                        {"elu", UBP_U_ELU, kinked, 0.7},
                        {"gelu", UBP_U_GELU, plain},
                        {"softplus", UBP_U_SOFTPLUS, plain},
                        {"pow 3", UBP_U_POW, plain, 3},
                        {"pow -2", UBP_U_POW, positive, -2},
                        {"pow 1.7", UBP_U_POW, positive, 1.7},
                        {"clamp", UBP_U_CLAMP, {s, Draw::off_zero, 0.1, 0.9}, -0.04, 5},
                        {"affine", UBP_U_AFFINE, plain, -1.5, 0.25},
                        {"reciprocal", UBP_U_RECIPROCAL, {s, Draw::off_zero, 0.5, 2}},
                        {"silu", UBP_U_SILU, plain}};
  for (const Unary& u : list)
    all.push_back({u.name, {u.x}, [u](Engine& e, Xs x) { return ops::unary(e, u.op, x[0], u.p0, u.p1); }});
}

void add_binary(std::vector<Case>& all) {
  struct Shapes {
    const char* name;
    Shape a, b;
  };
  const Shapes shapes[] = {{"same", {3, 7}, {3, 7}},        {"row", {3, 7}, {7}},   {"column", {3, 7}, {3, 1}},
                           {"scalar", {}, {3, 7}},          {"outer", {3, 1}, {4}}, {"channel", {2, 3, 4}, {3, 1}},
                           {"middle", {2, 1, 4}, {1, 3, 1}}};
  struct Binary {
    const char* name;
    int op;
    bool positive;
  };
  const Binary list[] = {{"add", UBP_B_ADD, false}, {"sub", UBP_B_SUB, false}, {"mul", UBP_B_MUL, false},
                         {"div", UBP_B_DIV, true},  {"max", UBP_B_MAX, false}, {"min", UBP_B_MIN, false},
                         {"pow", UBP_B_POW, true}};
  for (const Binary& b : list)
    for (const Shapes& s : shapes) {
      // The grids have different steps and phases, so no element of one meets an element of the other.
      const Input x{s.a, b.positive ? Draw::plain : Draw::distinct, b.positive ? 0.5 : -1, 1.5};
      const Input y{s.b, b.positive ? Draw::plain : Draw::distinct, b.positive ? 0.5 : -1.0317, 1.5713};
      all.push_back({std::string(b.name) + ", " + s.name, {x, y}, [op = b.op](Engine& e, Xs in) {
                       return ops::binary(e, op, in[0], in[1]);
                     }});
    }
}

void add_reduce(std::vector<Case>& all) {
  struct Reduce {
    const char* name;
    int op;
  };
  const Reduce list[] = {{"sum", UBP_R_SUM}, {"mean", UBP_R_MEAN},           {"max", UBP_R_MAX},
                         {"min", UBP_R_MIN}, {"logsumexp", UBP_R_LOGSUMEXP}, {"prod", UBP_R_PROD}};
  for (const Reduce& r : list)
    for (const std::uint32_t axes : {0u, 1u, 2u, 4u, 5u, 6u})
      all.push_back({std::string(r.name) + " over axes " + std::to_string(axes),
                     {{{2, 3, 5}, Draw::distinct, -1, 1.5}},
                     [op = r.op, axes](Engine& e, Xs x) { return ops::reduce(e, op, x[0], axes, axes % 2 == 0); }});
  all.push_back({"prod with zeros", {{{2, 4}}}, [](Engine& e, Xs x) {
                   const Tensor hole = ramp(e, {2, 4}, 0, 1);  // one zero in the first row
                   return ops::reduce(e, UBP_R_PROD, ops::binary(e, UBP_B_MUL, x[0], hole), 2, false);
                 }});
  for (const int axis : {0, 1, 2})
    for (const bool log : {false, true})
      all.push_back({std::string(log ? "log_softmax" : "softmax") + " over axis " + std::to_string(axis),
                     {{{2, 3, 5}, Draw::plain, -2, 2}},
                     [axis, log](Engine& e, Xs x) { return ops::softmax(e, x[0], axis, log); }});
}

void add_shape(std::vector<Case>& all) {
  const Input x{{2, 3, 5}};
  all.push_back({"reshape", {x}, [](Engine& e, Xs in) { return ops::reshape(e, in[0], {5, -1}); }});
  all.push_back({"permute", {x}, [](Engine& e, Xs in) {
                   const i64 axes[] = {2, 0, 1};
                   return ops::permute(e, in[0], axes);
                 }});
  all.push_back({"transpose", {{{4, 5}}}, [](Engine& e, Xs in) {
                   const i64 axes[] = {1, 0};
                   return ops::permute(e, in[0], axes);
                 }});
  all.push_back({"slice", {x}, [](Engine& e, Xs in) { return ops::slice(e, in[0], 2, 1, 5, 2); }});
  all.push_back({"slice, step 1", {x}, [](Engine& e, Xs in) { return ops::slice(e, in[0], 1, 1, 3); }});
  all.push_back({"expand", {{{3, 1}}}, [](Engine& e, Xs in) { return ops::expand(e, in[0], {2, 3, 4}); }});
  all.push_back({"expand a scalar", {{{}}}, [](Engine& e, Xs in) { return ops::expand(e, in[0], {2, 3}); }});
  all.push_back({"pad", {x}, [](Engine& e, Xs in) { return ops::pad(e, in[0], 1, 1, 2); }});
  all.push_back({"concat", {{{2, 3}}, {{2, 1}}, {{2, 4}}}, [](Engine& e, Xs in) { return ops::concat(e, in, 1); }});
  all.push_back({"concat rows", {{{2, 3}}, {{1, 3}}}, [](Engine& e, Xs in) { return ops::concat(e, in, 0); }});
  all.push_back({"where", {{{3, 4}}, {{4}}}, [](Engine& e, Xs in) {
                   const Tensor cond = ops::binary(e, UBP_B_LT, ramp(e, {3, 4}, 0, 1), e.full(e.real(), {}, 5.5));
                   return ops::where(e, cond, in[0], in[1]);
                 }});
  all.push_back({"cast there and back", {{{5}}}, [](Engine& e, Xs in) {
                   return ops::cast(e, ops::cast(e, in[0], DType::f64), e.real());
                 }});
  all.push_back({"gather_rows", {{{4, 3}}}, [](Engine& e, Xs in) {
                   return ops::gather_rows(e, in[0], index_of(e, {2, 0, 2}));
                 }});
  all.push_back({"scatter_add", {{{4, 3}}, {{3, 3}}}, [](Engine& e, Xs in) {
                   return ops::scatter_add(e, in[0], index_of(e, {2, 0, 2}), in[1]);
                 }});
  all.push_back({"take", {{{3, 4}}}, [](Engine& e, Xs in) { return ops::take(e, in[0], index_of(e, {1, 3, 0})); }});
}

void add_products(std::vector<Case>& all) {
  for (const bool ta : {false, true})
    for (const bool tb : {false, true}) {
      const auto f = [ta, tb](Engine& e, Xs x) { return ops::matmul(e, x[0], x[1], ta, tb); };
      const Shape a = ta ? Shape{4, 3} : Shape{3, 4}, b = tb ? Shape{5, 4} : Shape{4, 5};
      const std::string name = std::string("matmul") + (ta ? " ta" : "") + (tb ? " tb" : "");
      all.push_back({name, {{a}, {b}}, f});
      all.push_back({name + ", batched", {{{2, a[0], a[1]}}, {{2, b[0], b[1]}}}, f});
    }
  const std::pair<const char*, Activation> acts[] = {
      {"none", Activation::none},       {"relu", Activation::relu},         {"leaky_relu", Activation::leaky_relu},
      {"sigmoid", Activation::sigmoid}, {"tanh", Activation::tanh},         {"elu", Activation::elu},
      {"gelu", Activation::gelu},       {"softplus", Activation::softplus}, {"silu", Activation::silu}};
  for (const auto& [name, act] : acts) {
    // Inputs and weights of one sign and biases far from it: no preactivation is near a kink.
    const Input x{{3, 4}, Draw::plain, 0.1, 0.6}, w{{4, 17}, Draw::plain, -0.4, 0.4}, b{{17}, Draw::off_zero, 1.2, 1.6};
    all.push_back({std::string("linear, ") + name, {x, w, b}, [act = act](Engine& e, Xs in) {
                     return ops::linear(e, in[0], in[1], in[2], act);
                   }});
  }
  all.push_back({"linear without bias", {{{3, 4}}, {{4, 2}}}, [](Engine& e, Xs in) {
                   return ops::linear(e, in[0], in[1], {}, Activation::tanh);
                 }});
  all.push_back({"one weight used twice", {{{3, 4}}, {{4, 4}}, {{4}}}, [](Engine& e, Xs in) {
                   const Tensor h = ops::linear(e, in[0], in[1], in[2], Activation::tanh);
                   return ops::linear(e, h, in[1], in[2], Activation::sigmoid);
                 }});
  all.push_back({"a matrix times itself", {{{3, 3}}}, [](Engine& e, Xs in) { return ops::matmul(e, in[0], in[0]); }});
}

void add_conv(std::vector<Case>& all) {
  struct Conv {
    const char* name;
    Shape x, k;
    i64 stride, pad;
    Activation act;
  };
  const Conv convs[] = {{"3x3, stride 2, pad 1", {2, 2, 6, 5}, {3, 2, 3, 3}, 2, 1, Activation::tanh},
                        {"3x3, stride 1", {2, 1, 4, 4}, {2, 1, 3, 3}, 1, 0, Activation::none},
                        {"2x3, stride 3, pad 2", {1, 2, 5, 6}, {2, 2, 2, 3}, 3, 2, Activation::sigmoid},
                        {"1x1", {2, 3, 2, 2}, {2, 3, 1, 1}, 1, 0, Activation::gelu}};
  for (const Conv& c : convs) {
    all.push_back({std::string("conv2d, ") + c.name, {{c.x}, {c.k}, {{c.k[0]}}}, [c](Engine& e, Xs in) {
                     return ops::conv2d(e, in[0], in[1], in[2], c.stride, c.pad, c.act);
                   }});
    all.push_back({std::string("conv2d without bias, ") + c.name, {{c.x}, {c.k}}, [c](Engine& e, Xs in) {
                     return ops::conv2d(e, in[0], in[1], {}, c.stride, c.pad, c.act);
                   }});
  }
  const Conv transposed[] = {{"4x4, stride 2, pad 1", {2, 2, 3, 2}, {2, 3, 4, 4}, 2, 1, Activation::sigmoid},
                             {"3x3, stride 1", {1, 2, 3, 3}, {2, 1, 3, 3}, 1, 1, Activation::none},
                             {"3x2, stride 2", {2, 1, 2, 3}, {1, 2, 3, 2}, 2, 0, Activation::tanh}};
  for (const Conv& c : transposed)
    all.push_back({std::string("conv_transpose2d, ") + c.name, {{c.x}, {c.k}, {{c.k[1]}}}, [c](Engine& e, Xs in) {
                     return ops::conv_transpose2d(e, in[0], in[1], in[2], c.stride, c.pad, c.act);
                   }});
  all.push_back({"one kernel used twice", {{{2, 2, 4, 4}}, {{2, 2, 3, 3}}, {{2}}}, [](Engine& e, Xs in) {
                   const Tensor h = ops::conv2d(e, in[0], in[1], in[2], 2, 1, Activation::tanh);
                   return ops::conv_transpose2d(e, h, in[1], in[2], 2, 1, Activation::sigmoid);
                 }});
  const Input image{{2, 2, 5, 4}, Draw::distinct};
  all.push_back({"max_pool2d", {image}, [](Engine& e, Xs in) { return ops::max_pool2d(e, in[0], 2, 2); }});
  all.push_back({"max_pool2d, overlapping", {image}, [](Engine& e, Xs in) { return ops::max_pool2d(e, in[0], 3, 1); }});
  all.push_back({"avg_pool2d", {image}, [](Engine& e, Xs in) { return ops::avg_pool2d(e, in[0], 2, 2); }});
  all.push_back({"avg_pool2d, overlapping", {image}, [](Engine& e, Xs in) { return ops::avg_pool2d(e, in[0], 3, 1); }});
}

void add_norm(std::vector<Case>& all) {
  const Input gamma{{3}, Draw::plain, 0.5, 1.5}, beta{{3}};
  for (const Shape& s : {Shape{5, 3}, Shape{2, 3, 2, 2}})
    for (const std::size_t k : {0u, 1u, 2u})
      all.push_back({"batch_norm of " + s.text() + ", result " + std::to_string(k),
                     {{s}, gamma, beta},
                     [k](Engine& e, Xs x) { return ops::batch_norm(e, x[0], x[1], x[2], 1e-3)[k]; }});
  all.push_back({"layer_norm", {{{2, 2, 3}}, gamma, beta}, [](Engine& e, Xs x) {
                   return ops::layer_norm(e, x[0], x[1], x[2], 1e-3);
                 }});
  all.push_back({"dropout", {{{2, 3}}}, [](Engine& e, Xs x) {
                   const double keep[] = {1, 0, 1, 1, 0, 0};
                   return ops::dropout(e, x[0], ops::cast(e, e.copy_from(DType::f64, {2, 3}, keep), e.real()), 0.3);
                 }});
  all.push_back({"normalize", {{{3, 4}}}, [](Engine& e, Xs x) { return ops::normalize(e, x[0], 1e-6); }});
  all.push_back(
      {"normalize, shorter than eps", {{{3, 4}}}, [](Engine& e, Xs x) { return ops::normalize(e, x[0], 7); }});
  all.push_back(
      {"pairwise_sqdist", {{{3, 4}}, {{5, 4}}}, [](Engine& e, Xs x) { return ops::pairwise_sqdist(e, x[0], x[1]); }});
  all.push_back({"pairwise_sqdist by a product", {{{3, 20}}, {{2, 20}}}, [](Engine& e, Xs x) {
                   return ops::pairwise_sqdist(e, x[0], x[1]);
                 }});
}

void add_losses(std::vector<Case>& all) {
  const Input low{{3, 7}, Draw::plain, -1, -0.5}, high{{3, 7}, Draw::plain, 0.5, 1}, any{{3, 7}};
  const Input probability{{3, 7}, Draw::plain, 0.2, 0.8};
  const std::pair<const char*, Reduction> reductions[] = {
      {"mean", Reduction::mean}, {"sum", Reduction::sum}, {"batch", Reduction::batch}};
  for (const auto& [name, r] : reductions) {
    const std::string end = std::string(", ") + name;
    all.push_back({"mse" + end, {any, any}, [r = r](Engine& e, Xs x) { return ops::mse(e, x[0], x[1], r); }});
    all.push_back({"l1" + end, {low, high}, [r = r](Engine& e, Xs x) { return ops::l1(e, x[0], x[1], r); }});
    all.push_back({"huber" + end, {high, low}, [r = r](Engine& e, Xs x) { return ops::huber(e, x[0], x[1], 0.3, r); }});
    all.push_back(
        {"huber, inside" + end, {any, any}, [r = r](Engine& e, Xs x) { return ops::huber(e, x[0], x[1], 3, r); }});
    all.push_back(
        {"bce" + end, {probability, probability}, [r = r](Engine& e, Xs x) { return ops::bce(e, x[0], x[1], r); }});
    all.push_back({"bce_with_logits" + end, {{{3, 7}, Draw::off_zero, 0.1, 3}, probability}, [r = r](Engine& e, Xs x) {
                     return ops::bce_with_logits(e, x[0], x[1], r);
                   }});
  }
  all.push_back({"cross_entropy", {{{3, 5}, Draw::plain, -2, 2}}, [](Engine& e, Xs x) {
                   return ops::cross_entropy(e, x[0], index_of(e, {4, 0, 2}));
                 }});
}

}  // namespace

const std::vector<Case>& cases() {
  static const std::vector<Case> all = [] {
    std::vector<Case> list;
    add_unary(list);
    add_binary(list);
    add_reduce(list);
    add_shape(list);
    add_products(list);
    add_conv(list);
    add_norm(list);
    add_losses(list);
    return list;
  }();
  return all;
}

std::vector<std::vector<double>> draw(const Case& c, unsigned seed) {
  std::vector<std::vector<double>> all;
  for (std::size_t k = 0; k < c.inputs.size(); ++k) {
    const Input& in = c.inputs[k];
    Random random(seed, c.name + "/" + std::to_string(k));
    std::vector<double> v(static_cast<std::size_t>(in.shape.count()));
    random.uniform(v, in.lo, in.hi);
    if (in.draw == Draw::off_zero)
      for (double& x : v) x = random.next_uniform() < 0.5 ? -x : x;
    if (in.draw == Draw::distinct) {
      std::vector<i64> order(v.size());
      random.permutation(order);
      for (std::size_t i = 0; i < v.size(); ++i)
        v[i] = in.lo + (in.hi - in.lo) * (static_cast<double>(order[i]) + 0.5) / static_cast<double>(v.size());
    }
    all.push_back(std::move(v));
  }
  return all;
}

}  // namespace ubp::test
