// SPDX-License-Identifier: MIT
// The reverse sweep over the tape.
#include <algorithm>
#include <cstring>

#include "engine/op_support.hpp"
#include "engine/simd.hpp"
#include "engine/tape.hpp"

namespace ubp {

Sink* Engine::Impl::row_sink(std::size_t i) { return i < sinks.size() && sinks[i].data ? &sinks[i] : nullptr; }

Sink* Engine::Impl::sink(std::size_t i) {
  Sink* s = row_sink(i);
  if (!s || s->rows) return nullptr;
  s->used = true;
  return s;
}

Engine::Impl::Pass& Engine::Impl::open_pass() {
  if (n_passes == passes.size()) passes.push_back(std::make_unique<Pass>());
  Pass& p = *passes[n_passes++];
  p.grad.assign(slots.size(), Tensor{});
  p.target.assign(slots.size(), 0);
  p.needed.assign(n_nodes, 0);
  return p;
}

namespace {

using Impl = Engine::Impl;

/// One sweep; restores the engine's mode at its end, also when an op throws.
class Sweep {
 public:
  Sweep(Engine& e, bool create_graph)
      : e_(e), m_(e.impl()), op_(m_.op), first_order_(m_.first_order), sinks_(m_.sinks), recording_(e, create_graph) {
    m_.first_order = !create_graph;
    m_.sinks = {};
    pass_ = &m_.open_pass();
    depth_ = m_.frames.size();
  }
  ~Sweep() {
    m_.op = op_;
    m_.first_order = first_order_;
    m_.sinks = sinks_;
    while (m_.frames.size() > depth_) e_.pop_scope();
    m_.close_pass();
  }
  Sweep(const Sweep&) = delete;

  std::int32_t& target(Tensor x) {
    m_.at(x);
    return pass_->target[Impl::index_of(x)];
  }
  Tensor& grad(Tensor x) { return pass_->grad[Impl::index_of(x)]; }

  void seed(Tensor y, Tensor dy) {
    const i64 node = m_.at(y).node;
    if (node < 0 && !target(y)) return;
    last_ = std::max(last_, node);
    accumulate(y, dy, false);
  }

  void deliver_to(std::span<const GradTarget> targets, std::vector<bool>& reached) {
    targets_ = targets;
    reached_ = &reached;
  }

  void run() {
    const auto n = static_cast<std::size_t>(last_ + 1);
    for (std::size_t k = 0; k < n; ++k) pass_->needed[k] = is_needed(*m_.tape[k]);
    for (std::size_t k = n; k-- > 0;)
      if (pass_->needed[k]) visit(*m_.tape[k]);
  }

 private:
  bool is_needed(const Node& n) const {
    return std::any_of(n.in.begin(), n.in.end(), [&](Tensor x) { return x && wants(x); });
  }

  bool wants(Tensor x) const {
    if (pass_->target[Impl::index_of(x)]) return true;
    const i64 node = m_.at(x).node;
    return node >= 0 && node <= last_ && pass_->needed[static_cast<std::size_t>(node)];
  }

  void visit(Node& n) {
    auto& dout = pass_->dout;
    auto& din = pass_->din;
    dout.clear();
    for (Tensor y : n.out) {
      const Tensor dy = grad(y);
      // An asked-for gradient is passed on as an alias, lest the derivative overwrites it.
      dout.push_back(dy && m_.first_order && target(y) ? m_.alias(dy, e_.shape(dy)) : dy);
    }
    if (std::none_of(dout.begin(), dout.end(), [](Tensor t) { return bool(t); })) return;
    n.wanted.clear();
    for (Tensor x : n.in) n.wanted.push_back(x && wants(x));
    din.assign(n.in.size(), Tensor{});
    const ops::Op* const outer = std::exchange(m_.op, n.op);
    const i64 since = m_.profiling ? clock_ns() : 0;
    if (m_.first_order)
      visit_once(n);
    else
      visit_again(n);
    if (m_.profiling) m_.profile.add(n.op, true, clock_ns() - since);
    m_.op = outer;
  }

  // With create_graph everything stays: the graph of the gradient refers to it.
  void visit_again(Node& n) {
    n.backward(e_, n, pass_->dout, pass_->din);
    for (std::size_t i = 0; i < n.in.size(); ++i)
      if (n.wanted[i] && pass_->din[i]) accumulate(n.in[i], pass_->din[i], false);
  }

  void visit_once(Node& n) {
    auto& din = pass_->din;
    lend_sinks(n);
    e_.push_scope();
    const auto inner = static_cast<std::int32_t>(m_.frames.size());
    n.backward(e_, n, pass_->dout, din);
    m_.sinks = {};
    fresh_.assign(din.size(), 0);
    for (std::size_t i = 0; i < din.size(); ++i) {
      const auto same = [&](Tensor t) { return t.id == din[i].id; };
      const bool repeated = std::any_of(din.begin(), din.begin() + static_cast<std::ptrdiff_t>(i), same);
      fresh_[i] = din[i] && !repeated && m_.at(din[i]).depth == inner;
    }
    e_.pop_scope(din);
    for (std::size_t i = 0; i < din.size(); ++i) {
      note_sink(n, i);
      if (n.wanted[i] && din[i]) accumulate(n.in[i], din[i], fresh_[i]);
    }
    for (Tensor y : n.out)
      if (Tensor& dy = grad(y); dy && !target(y)) m_.release(std::exchange(dy, Tensor{}));
  }

  void lend_sinks(const Node& n) {
    if (targets_.empty()) return;
    pass_->sinks.assign(n.in.size(), Sink{});
    for (std::size_t i = 0; i < n.in.size(); ++i) {
      const std::int32_t t = n.in[i] ? target(n.in[i]) : 0;
      const auto same = [&](Tensor x) { return x.id == n.in[i].id; };
      if (!t || std::any_of(n.in.begin(), n.in.begin() + static_cast<std::ptrdiff_t>(i), same)) continue;
      const auto k = static_cast<std::size_t>(t - 1);
      pass_->sinks[i] = {targets_[k].grad, (*reached_)[k], targets_[k].rows, false};
    }
    m_.sinks = pass_->sinks;
  }

  void note_sink(const Node& n, std::size_t i) {
    if (targets_.empty() || !pass_->sinks[i].used) return;
    const auto k = static_cast<std::size_t>(target(n.in[i]) - 1);
    (*reached_)[k] = true;
    if (targets_[k].finite) *targets_[k].finite = pass_->sinks[i].finite;
  }

  /// Adds dx to the gradient of x. `owned`: dx belongs to the sweep, else it is shared.
  void accumulate(Tensor x, Tensor dx, bool owned) {
    if (!targets_.empty())
      if (const std::int32_t t = target(x)) return deliver(static_cast<std::size_t>(t - 1), dx);
    Tensor& g = grad(x);
    if (!m_.first_order) {
      g = g ? ops::add(e_, g, dx) : dx;
      return;
    }
    if (!g) {
      g = owned ? dx : m_.alias(dx, e_.shape(dx));
      return;
    }
    if (m_.at(g).storage->refs > 1) {
      const Tensor both = ops::add(e_, g, dx);
      m_.release(g);
      g = both;
    } else {
      ops::with_real(e_.dtype(g), "gradient", [&](auto t) {
        using T = decltype(t);
        simd::add_to(e_.shape(g).count(), ops::out<T>(e_, g), e_.data<T>(dx));
      });
    }
    if (owned) m_.release(dx);
  }

  void deliver(std::size_t k, Tensor dx) {
    const GradTarget& to = targets_[k];
    const i64 n = e_.shape(dx).count();
    ops::with_real(e_.dtype(dx), "gradient", [&](auto t) {
      using T = decltype(t);
      if ((*reached_)[k] || to.rows)
        simd::add_to(n, static_cast<T*>(to.grad), e_.data<T>(dx));
      else if (n > 0)
        std::memcpy(to.grad, e_.data(dx), static_cast<std::size_t>(n) * sizeof(T));
    });
    if (to.finite) *to.finite = false;
    if (to.rows)  // a dense gradient touches every row
      for (i64 r = 0; r < e_.shape(dx)[0]; ++r) to.rows->push_back(r);
    (*reached_)[k] = true;
  }

  Engine& e_;
  Impl& m_;
  Impl::Pass* pass_ = nullptr;
  const ops::Op* op_;
  bool first_order_;
  std::span<Sink> sinks_;
  Recording recording_;
  std::size_t depth_ = 0;
  i64 last_ = -1;
  std::span<const GradTarget> targets_;
  std::vector<bool>* reached_ = nullptr;
  std::vector<std::uint8_t> fresh_;
};

}  // namespace

std::vector<Tensor> Engine::grad(std::span<const Tensor> outputs, std::span<const Tensor> seeds,
                                 std::span<const Tensor> inputs, bool create_graph) {
  if (!seeds.empty() && seeds.size() != outputs.size())
    ops::refuse(UBP_E_INVALID_ARG, "grad: {} outputs and {} seeds", outputs.size(), seeds.size());
  std::vector<Tensor> result;
  {
    Sweep sweep(*this, create_graph);
    for (std::size_t i = 0; i < inputs.size(); ++i) sweep.target(inputs[i]) = static_cast<std::int32_t>(i) + 1;
    for (std::size_t k = 0; k < outputs.size(); ++k) {
      const Tensor y = outputs[k];
      if (seeds.empty() && shape(y).count() != 1)
        ops::refuse(UBP_E_SHAPE, "grad: an output of shape {} needs a seed", shape(y).text());
      if (!seeds.empty()) {
        ops::same_shape(*this, "grad: output and seed", y, seeds[k]);
        ops::same_dtype(*this, "grad: output and seed", y, seeds[k]);
      }
      sweep.seed(y, seeds.empty() ? full(dtype(y), shape(y), 1.0) : seeds[k]);
    }
    sweep.run();
    for (Tensor x : inputs) result.push_back(sweep.grad(x));
  }
  // The same input listed twice shares one tensor; an unused one gets zeros.
  for (std::size_t i = 0; i < inputs.size(); ++i)
    if (!result[i]) result[i] = full(dtype(inputs[i]), shape(inputs[i]), 0.0);
  return result;
}

std::vector<bool> Engine::backward(Tensor loss, std::span<const GradTarget> targets) {
  if (shape(loss).count() != 1)
    ops::refuse(UBP_E_SHAPE, "backward: the loss must be one number, its shape is {}", shape(loss).text());
  std::vector<bool> reached(targets.size(), false);
  {
    const Scope scope(*this);
    Sweep sweep(*this, false);
    for (const GradTarget& to : targets)
      if (to.finite) *to.finite = false;
    for (std::size_t k = 0; k < targets.size(); ++k)
      if (requires_grad(targets[k].tensor)) sweep.target(targets[k].tensor) = static_cast<std::int32_t>(k) + 1;
    sweep.deliver_to(targets, reached);
    sweep.seed(loss, full(dtype(loss), shape(loss), 1.0));
    sweep.run();
  }
  for (std::size_t k = 0; k < targets.size(); ++k) {
    const GradTarget& to = targets[k];
    if (to.rows) {
      std::sort(to.rows->begin(), to.rows->end());
      to.rows->erase(std::unique(to.rows->begin(), to.rows->end()), to.rows->end());
    } else if (!reached[k] && shape(to.tensor).count() > 0) {
      std::memset(to.grad, 0, static_cast<std::size_t>(shape(to.tensor).count() * bytes_of(dtype(to.tensor))));
    }
  }
  return reached;
}

}  // namespace ubp
