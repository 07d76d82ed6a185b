// SPDX-License-Identifier: MIT
// log_cosh: agreement of two views by an op of its own, written with xtensor.
#include <ubp/custom.hpp>
#include <ubp/sdk.hpp>
#include <ubp/xtensor.hpp>
#include <xtensor/xmath.hpp>
#include <xtensor/xview.hpp>
using namespace ubp;

/// Rowwise sum of log cosh(a - b), in one fused pass.  a, b [n, d] -> [n]
struct LogCosh {
  static constexpr const char* id = "log_cosh";
  static constexpr int n_in = 2;

  static Shape shape(const ubp_shape* in) {
    if (in[0].nd != 2 || !(Shape(in[0]) == Shape(in[1])))
      throw Error("two matrices of one shape are expected", UBP_E_SHAPE);
    return {in[0].dim[0]};
  }
  template <class T>
  static void forward(const std::vector<View>& in, View out) {
    auto a = as_xtensor<T>(in[0]), b = as_xtensor<T>(in[1]), o = as_xtensor<T>(out);
    o = xt::sum(xt::log(xt::cosh(a - b)), {1});
  }
  template <class T>
  static void backward(const std::vector<View>& in, View, View grad_out, const std::vector<View>& grad_in) {
    auto a = as_xtensor<T>(in[0]), b = as_xtensor<T>(in[1]), g = as_xtensor<T>(grad_out);
    const xt::xarray<T> d = xt::tanh(a - b) * xt::view(g, xt::all(), xt::newaxis());
    if (grad_in[0]) {
      auto x = as_xtensor<T>(grad_in[0]);
      x += d;
    }
    if (grad_in[1]) {
      auto x = as_xtensor<T>(grad_in[1]);
      x -= d;
    }
  }
};

/// The same, with its derivative also in host ops.
struct LogCoshTwice : LogCosh {
  static constexpr const char* id = "log_cosh_twice";
  static std::vector<Tensor> backward_graph(const std::vector<Tensor>& in, Tensor, Tensor grad_out) {
    const Tensor d = tanh(in[0] - in[1]) * reshape(grad_out, {-1, 1});
    return {d, -d};
  }
};

struct Agree : Objective {
  std::string op;
  double penalty;

  static void describe(Describe<Agree>& d) {
    d.id("log_cosh")
        .doc("Agreement of two views.")
        .views(2)
        .role("encoder", "encode")
        .choice(&Agree::op, "op", {"plain", "twice", "misshapen"}, "plain", 0,
                "Whose derivative can be differentiated again.")
        .param(&Agree::penalty, "penalty", 0, {0, 10}, 0, "Weight of the squared gradient by the first code.");
  }
  Tensor agreement(Tensor a, Tensor b) const {
    if (op == "misshapen") return mean(apply<LogCosh>({a, transpose(b)}));
    return mean(op == "twice" ? apply<LogCoshTwice>({a, b}) : apply<LogCosh>({a, b}));
  }
  Tensor loss(Ctx& c, const Batch& b) override {
    const Tensor z1 = c.call("encoder", "encode", b.view(0)), z2 = c.call("encoder", "encode", b.view(1));
    const Tensor loss = agreement(z1, z2);
    if (penalty == 0) return loss;
    return loss + penalty * sum(square(c.grad(loss, z1, /*create_graph=*/true)));
  }
};

UBP_EXPORT_PLUGIN("log_cosh", "1.0.0", "MIT", Agree);
