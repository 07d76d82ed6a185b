// SPDX-License-Identifier: MIT
// Ops by name, with attributes: the ABI's math.call.
#include <algorithm>
#include <cmath>

#include "engine/op_support.hpp"

namespace ubp::ops {
namespace {

using Attrs = std::span<const ubp_attr* const>;

constexpr const char* kActivations[] = {"none", "relu", "leaky_relu", "sigmoid", "tanh",
                                        "elu",  "gelu", "softplus",   "silu"};
constexpr const char* kReductions[] = {"mean", "sum", "batch"};

/// One call: its inputs and attributes, taken by name. What is not taken is a mistake of the caller's.
class Call {
 public:
  Call(std::string_view op, std::span<const Tensor> in, Attrs attrs) : op_(op), in_(in), attrs_(attrs) {}

  Tensor in(std::size_t i) const { return i < in_.size() ? in_[i] : Tensor{}; }

  double number(const char* name, double otherwise) {
    const ubp_attr* a = take(name);
    if (!a) return otherwise;
    if (a->type == UBP_P_FLOAT) return a->f;
    if (a->type == UBP_P_INT || a->type == UBP_P_BOOL) return static_cast<double>(a->i);
    refuse(UBP_E_INVALID_ARG, "{}: attribute '{}' must be a number", op_, name);
  }

  i64 integer(const char* name, i64 otherwise) {
    const double v = number(name, static_cast<double>(otherwise));
    if (v != std::floor(v) || std::abs(v) > 1e15)
      refuse(UBP_E_INVALID_ARG, "{}: attribute '{}' must be an integer: {}", op_, name, v);
    return static_cast<i64>(v);
  }

  template <class E, std::size_t n>
  E choice(const char* name, const char* const (&options)[n]) {
    const ubp_attr* a = take(name);
    if (!a) return E{};
    const bool is_text = (a->type == UBP_P_STRING || a->type == UBP_P_ENUM) && a->s;
    for (std::size_t k = 0; is_text && k < n; ++k)
      if (std::string_view(a->s) == options[k]) return static_cast<E>(k);
    refuse(UBP_E_INVALID_ARG, "{}: attribute '{}' is '{}', it must be one of {}", op_, name, is_text ? a->s : "?",
           fmt::join(options, options + n, ", "));
  }

  Activation activation() { return choice<Activation>("activation", kActivations); }
  Reduction reduction() { return choice<Reduction>("reduction", kReductions); }

  void finish() const {
    for (const ubp_attr* a : attrs_)
      if (std::find(taken_.begin(), taken_.end(), a) == taken_.end())
        refuse(UBP_E_INVALID_ARG, "{}: there is no attribute '{}'", op_, a->name);
  }

 private:
  const ubp_attr* take(std::string_view name) {
    for (const ubp_attr* a : attrs_)
      if (name == a->name) {
        taken_.push_back(a);
        return a;
      }
    return nullptr;
  }

  std::string_view op_;
  std::span<const Tensor> in_;
  Attrs attrs_;
  std::vector<const ubp_attr*> taken_;
};

using Results = std::vector<Tensor>;

struct Entry {
  const char* name;
  std::size_t n_in;      ///< inputs that must be there
  std::size_t optional;  ///< and that may follow
  Results (*run)(Engine&, Call&);
};

const Entry kOps[] = {
    {"linear", 2, 1,
     [](Engine& e, Call& c) -> Results {
       const Activation act = c.activation();
       c.finish();
       return {linear(e, c.in(0), c.in(1), c.in(2), act)};
     }},
    {"conv2d", 2, 1,
     [](Engine& e, Call& c) -> Results {
       const i64 stride = c.integer("stride", 1), pad = c.integer("pad", 0);
       const Activation act = c.activation();
       c.finish();
       return {conv2d(e, c.in(0), c.in(1), c.in(2), stride, pad, act)};
     }},
    {"conv_transpose2d", 2, 1,
     [](Engine& e, Call& c) -> Results {
       const i64 stride = c.integer("stride", 1), pad = c.integer("pad", 0);
       const Activation act = c.activation();
       c.finish();
       return {conv_transpose2d(e, c.in(0), c.in(1), c.in(2), stride, pad, act)};
     }},
    {"max_pool2d", 1, 0,
     [](Engine& e, Call& c) -> Results {
       const i64 window = c.integer("window", 2), stride = c.integer("stride", window);
       c.finish();
       return {max_pool2d(e, c.in(0), window, stride)};
     }},
    {"avg_pool2d", 1, 0,
     [](Engine& e, Call& c) -> Results {
       const i64 window = c.integer("window", 2), stride = c.integer("stride", window);
       c.finish();
       return {avg_pool2d(e, c.in(0), window, stride)};
     }},
    {"batch_norm", 3, 0,
     [](Engine& e, Call& c) -> Results {
       const double eps = c.number("eps", 1e-5);
       c.finish();
       return batch_norm(e, c.in(0), c.in(1), c.in(2), eps);
     }},
    {"layer_norm", 3, 0,
     [](Engine& e, Call& c) -> Results {
       const double eps = c.number("eps", 1e-5);
       c.finish();
       return {layer_norm(e, c.in(0), c.in(1), c.in(2), eps)};
     }},
    {"dropout", 2, 0,
     [](Engine& e, Call& c) -> Results {
       const double p = c.number("p", 0.5);
       c.finish();
       return {dropout(e, c.in(0), c.in(1), p)};
     }},
    {"scatter_add", 3, 0,
     [](Engine& e, Call& c) -> Results {
       c.finish();
       return {scatter_add(e, c.in(0), c.in(1), c.in(2))};
     }},
    {"mse", 2, 0,
     [](Engine& e, Call& c) -> Results {
       const Reduction r = c.reduction();
       c.finish();
       return {mse(e, c.in(0), c.in(1), r)};
     }},
    {"l1", 2, 0,
     [](Engine& e, Call& c) -> Results {
       const Reduction r = c.reduction();
       c.finish();
       return {l1(e, c.in(0), c.in(1), r)};
     }},
    {"huber", 2, 0,
     [](Engine& e, Call& c) -> Results {
       const Reduction r = c.reduction();
       const double delta = c.number("delta", 1);
       c.finish();
       return {huber(e, c.in(0), c.in(1), delta, r)};
     }},
    {"bce", 2, 0,
     [](Engine& e, Call& c) -> Results {
       const Reduction r = c.reduction();
       c.finish();
       return {bce(e, c.in(0), c.in(1), r)};
     }},
    {"bce_with_logits", 2, 0,
     [](Engine& e, Call& c) -> Results {
       const Reduction r = c.reduction();
       c.finish();
       return {bce_with_logits(e, c.in(0), c.in(1), r)};
     }},
    {"cross_entropy", 2, 0,
     [](Engine& e, Call& c) -> Results {
       c.finish();
       return {cross_entropy(e, c.in(0), c.in(1))};
     }},
    {"normalize", 1, 0,
     [](Engine& e, Call& c) -> Results {
       const double eps = c.number("eps", 1e-12);
       c.finish();
       return {normalize(e, c.in(0), eps)};
     }},
    {"pairwise_sqdist", 2, 0,
     [](Engine& e, Call& c) -> Results {
       c.finish();
       return {pairwise_sqdist(e, c.in(0), c.in(1))};
     }},
};

}  // namespace

std::vector<std::string> names() {
  std::vector<std::string> all;
  for (const Entry& op : kOps) all.emplace_back(op.name);
  return all;
}

std::vector<Tensor> call(Engine& e, std::string_view name, std::span<const Tensor> in, Attrs attrs) {
  const auto op = std::find_if(std::begin(kOps), std::end(kOps), [&](const Entry& k) { return name == k.name; });
  if (op == std::end(kOps))
    refuse(UBP_E_NOT_FOUND, "there is no op '{}'; there are: {}", name, fmt::join(names(), ", "));
  if (in.size() < op->n_in || in.size() > op->n_in + op->optional)
    refuse(UBP_E_INVALID_ARG, "{}: {} inputs, it takes {}{}", name, in.size(), op->n_in,
           op->optional ? " and an optional bias" : "");
  Call c(name, in, attrs);
  return op->run(e, c);
}

}  // namespace ubp::ops
