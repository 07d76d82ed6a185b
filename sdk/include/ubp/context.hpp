// SPDX-License-Identifier: MIT
// Ctx: what the host offers inside a callback; Batch: the rows at hand.
#pragma once

#include <utility>

#include <ubp/tensor.hpp>

namespace ubp {
inline namespace UBP_HIDDEN v0 {

struct Init {
  std::int32_t kind;
  double p0 = 0, p1 = 0;
  static Init zeros() { return {UBP_INIT_ZERO}; }
  static Init constant(double v) { return {UBP_INIT_CONST, v}; }
  static Init uniform(double lo, double hi) { return {UBP_INIT_UNIFORM, lo, hi}; }
  static Init normal(double mean, double sd) { return {UBP_INIT_NORMAL, mean, sd}; }
  static Init kaiming() { return {UBP_INIT_KAIMING}; }  ///< U(-1/sqrt(fan_in), 1/sqrt(fan_in)), as PyTorch's layers
  static Init xavier() { return {UBP_INIT_XAVIER}; }    ///< Glorot uniform
  static Init orthogonal() { return {UBP_INIT_ORTHOGONAL}; }
};

class Ctx;

/// A tensor's numbers in place, from here to the end of the block. T: float, double, std::int64_t, matching the tensor;
/// writing (T not const) is for named state, what an optimizer is given, and tensors just made.
template <class T>
class Mapped {
 public:
  explicit Mapped(Tensor t) : tensor_(t) {
    using N = std::remove_const_t<T>;
    view_.size = sizeof view_;
    UBP_HOST(tensor, map, t.ctx, t.handle, std::is_const_v<T> ? UBP_MAP_READ : UBP_MAP_READ | UBP_MAP_WRITE, &view_);
    if (view_.dtype_bits != 8 * sizeof(N) || (view_.dtype_code == 2) != std::is_floating_point_v<N>)
      throw Error("Mapped: the tensor holds other numbers", UBP_E_DTYPE);
    n_ = View(&view_).count();
  }
  ~Mapped() { detail::g.tensor->unmap(tensor_.ctx, tensor_.handle); }
  Mapped(const Mapped&) = delete;
  Mapped& operator=(const Mapped&) = delete;
  T* data() const { return View(&view_).data<T>(); }
  T* begin() const { return data(); }
  T* end() const { return data() + n_; }
  std::int64_t size() const { return n_; }
  T& operator[](std::int64_t i) const { return data()[i]; }

 private:
  Tensor tensor_;
  ubp_view view_{};
  std::int64_t n_ = 0;
};

/// The rows of one step. view(0) is the input; further views are augmented.
class Batch {
 public:
  Batch(ubp_ctx* ctx, const ubp_batch* raw, std::uint32_t stage = 0, std::uint32_t phase = 0)
      : ctx_(ctx), raw_(raw), stage_(stage), phase_(phase) {}
  std::int64_t size() const { return raw_->n; }
  std::uint32_t n_views() const { return raw_->n_views; }
  Tensor view(std::uint32_t i) const {
    if (i >= raw_->n_views)
      throw Error("view " + std::to_string(i) + " asked for, but this batch has " + std::to_string(raw_->n_views) +
                  ": declare views(n)");
    return {raw_->views[i], ctx_};
  }
  Tensor indices() const { return {raw_->indices, ctx_}; }  ///< i64 [n], row numbers in the split or table
  bool has_mask() const { return raw_->mask.id != 0; }
  Tensor mask() const {  ///< 1 = known; all ones where nothing is missing
    if (has_mask()) return {raw_->mask, ctx_};
    Tensor ones{{0}, ctx_};
    const Shape s = view(0).shape();
    UBP_HOST(tensor, full, ctx_, &s, 1, &ones.handle);
    return ones;
  }
  bool has_weights() const { return raw_->weights.id != 0; }
  Tensor weights() const {  ///< [n], how much each row counts; all ones where the data set has none
    if (has_weights()) return {raw_->weights, ctx_};
    Tensor ones{{0}, ctx_};
    const Shape s{size()};
    UBP_HOST(tensor, full, ctx_, &s, 1, &ones.handle);
    return ones;
  }
  bool has_lengths() const { return raw_->lengths.id != 0; }
  Tensor lengths() const {  ///< i64 [n], entries of the first axis of each row; the rest is padding, 0 in mask()
    if (has_lengths()) return {raw_->lengths, ctx_};
    const Shape s = view(0).shape();
    Tensor all{{0}, ctx_};
    UBP_HOST(tensor, arange, ctx_, UBP_I64, static_cast<double>(s.nd > 1 ? s[1] : 1), 0.0, size(), &all.handle);
    return all;
  }
  Tensor operator[](const char* field) const {  ///< a named field of the data set or of collected rows
    Tensor t{{0}, ctx_};
    UBP_HOST(run, field, ctx_, raw_, field, &t.handle);
    return t;
  }
  Tensor input() const { return (*this)[nullptr]; }  ///< the rows before the run's [[transform]]s, [n, row...]
  /// "train", "valid", "test", or a name of the data set's own: which rows indices() counts; "" for collected rows.
  std::string split() const { return UBP_HAS(raw_, split) ? raw_->split : ""; }
  std::uint32_t stage() const { return stage_; }
  std::uint32_t phase() const { return phase_; }
  std::int64_t step() const { return raw_->step; }    ///< in this stage
  std::int64_t epoch() const { return raw_->epoch; }  ///< in this stage
  std::int64_t steps_per_epoch() const { return raw_->steps_per_epoch; }
  /// In loss(), manual() and after_step(): the phase's rate at this step, after schedule, plateau and stage; else 0.
  double lr() const { return UBP_IN(raw_, lr) ? raw_->lr : 0; }

 private:
  ubp_ctx* ctx_;
  const ubp_batch* raw_;
  std::uint32_t stage_, phase_;
};

struct Step {
  std::uint32_t stage, phase;
  std::int64_t step, epoch, rows;
  double lr;  ///< see ubp_step
};

struct EnvStep {
  Tensor next, reward, terminated, truncated, obs;  ///< see ubp_env_step
};

struct Space {
  bool discrete = false;
  std::int64_t n = 0;  ///< discrete: actions 0 .. n-1
  Shape shape;         ///< box
};

class Ctx {
 public:
  explicit Ctx(ubp_ctx* raw) : raw_(raw) {}
  ubp_ctx* raw() const { return raw_; }

  // --- making tensors ------------------------------------------------------------------------------------------------
  Tensor full(const Shape& s, double v) {
    Tensor t = null();
    UBP_HOST(tensor, full, raw_, &s, v, &t.handle);
    return t;
  }
  Tensor zeros(const Shape& s) { return full(s, 0); }
  Tensor ones(const Shape& s) { return full(s, 1); }
  Tensor eye(std::int64_t n) {
    Tensor t = null();
    UBP_HOST(tensor, eye, raw_, n, &t.handle);
    return t;
  }
  Tensor arange(double lo, double step, std::int64_t n) {
    Tensor t = null();
    UBP_HOST(tensor, arange, raw_, 0, lo, step, n, &t.handle);
    return t;
  }
  Tensor indices(const std::vector<std::int64_t>& values) {
    return filled<std::int64_t>(Shape{static_cast<std::int64_t>(values.size())}.of(UBP_I64), values.data());
  }
  /// Numbers from here to the host, in the run's dtype. `values` [count].
  Tensor from(const Shape& s, const std::vector<double>& values) {
    Tensor t = null();
    UBP_HOST(tensor, empty, raw_, &s, &t.handle);
    write(t, values);
    return t;
  }
  void write(Tensor t, const std::vector<double>& values) {
    ubp_view v = mapped(t, UBP_MAP_WRITE);
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (v.dtype_bits == 64)
        static_cast<double*>(v.data)[i] = values[i];
      else
        static_cast<float*>(v.data)[i] = static_cast<float>(values[i]);
    }
    UBP_HOST(tensor, unmap, raw_, t.handle);
  }
  /// Numbers from the host to here (synchronises).
  std::vector<double> values(Tensor t) {
    const ubp_view v = mapped(t, UBP_MAP_READ);
    std::vector<double> out(static_cast<std::size_t>(View(&v).count()));
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (v.dtype_code == 2)
        out[i] = v.dtype_bits == 64 ? static_cast<double*>(v.data)[i] : static_cast<float*>(v.data)[i];
      else
        out[i] = v.dtype_bits == 64 ? static_cast<double>(static_cast<std::int64_t*>(v.data)[i])
                                    : static_cast<std::uint8_t*>(v.data)[i];
    }
    UBP_HOST(tensor, unmap, raw_, t.handle);
    return out;
  }

  /// i64 numbers from the host to here.
  std::vector<std::int64_t> integers(Tensor t) {
    const Mapped<const std::int64_t> m(t);
    return {m.begin(), m.end()};
  }
  /// 1 at each index, else 0: index [n] or [n, 1] -> [n, choices].
  Tensor one_hot(Tensor index, std::int64_t choices) {
    return ubp::one_hot(cast(reshape(index, {-1}), "i64"), static_cast<int>(choices));
  }

  // --- models
  // ----------------------------------------------------------------------------------------------------------
  Tensor call(const char* role, const char* method, Tensor x) { return call_n(role, method, {x}, 1)[0]; }
  std::vector<Tensor> call_n(const char* role, const char* method, const std::vector<Tensor>& in, std::uint32_t n_out) {
    std::vector<ubp_tensor> handles, out(n_out);
    for (const Tensor& x : in) handles.push_back(x.handle);
    UBP_HOST(run, call_model, raw_, role, method, handles.data(), static_cast<std::uint32_t>(handles.size()),
             out.data(), n_out);
    std::vector<Tensor> result;
    for (ubp_tensor h : out) result.push_back({h, raw_});
    return result;
  }
  /// In setup: what a role takes and gives, without the row axis. Default: a data row -> free.
  void role_shape(const char* role, const Shape& in, const Shape& out) {
    UBP_HOST(run, role_shape, raw_, role, &in, &out);
  }
  Shape method_shape(const char* role, const char* method) {
    ubp_shape s{};
    UBP_HOST(run, method_shape, raw_, role, method, &s);
    return s;
  }
  void ema_target(const char* role, const char* target) { UBP_HOST(param, ema_target, raw_, role, target); }
  void ema_update(const char* target, double momentum) { UBP_HOST(param, ema_update, raw_, target, momentum); }

  // --- parameters and state
  // --------------------------------------------------------------------------------------------
  Tensor param(const char* name, const Shape& s, Init init, std::uint32_t flags = 0) {
    Tensor t = null();
    UBP_HOST(param, param, raw_, name, &s, init.kind, init.p0, init.p1, flags, &t.handle);
    return t;
  }
  Tensor param(const char* name) {
    Tensor t = null();
    UBP_HOST(param, param, raw_, name, nullptr, 0, 0.0, 0.0, 0u, &t.handle);
    return t;
  }
  Tensor state(const char* name, const Shape& s, double fill = 0) {
    Tensor t = null();
    UBP_HOST(param, state, raw_, name, &s, fill, &t.handle);
    return t;
  }
  Tensor state(const char* name) {
    Tensor t = null();
    UBP_HOST(param, state, raw_, name, nullptr, 0.0, &t.handle);
    return t;
  }
  void assign(Tensor destination, Tensor value) { UBP_HOST(param, assign, raw_, destination.handle, value.handle); }
  void assign_rows(Tensor destination, Tensor index, Tensor rows) {
    UBP_HOST(param, assign_rows, raw_, destination.handle, index.handle, rows.handle);
  }

  // --- randomness: a stream is named, and its position is part of the checkpoint
  // -----------------------------------------
  Tensor normal(const char* stream, const Shape& s) {
    Tensor t = null();
    UBP_HOST(rng, normal, raw_, rng(stream), &s, &t.handle);
    return t;
  }
  Tensor uniform(const char* stream, const Shape& s, double lo = 0, double hi = 1) {
    Tensor t = null();
    UBP_HOST(rng, uniform, raw_, rng(stream), &s, lo, hi, &t.handle);
    return t;
  }
  Tensor bernoulli(const char* stream, const Shape& s, double p) {
    Tensor t = null();
    UBP_HOST(rng, bernoulli, raw_, rng(stream), &s, p, &t.handle);
    return t;
  }
  Tensor permutation(const char* stream, std::int64_t n) {
    Tensor t = null();
    UBP_HOST(rng, permutation, raw_, rng(stream), n, &t.handle);
    return t;
  }
  Tensor categorical(const char* stream, Tensor logits) {
    Tensor t = null();
    UBP_HOST(rng, categorical, raw_, rng(stream), logits.handle, &t.handle);
    return t;
  }
  Tensor dropout(const char* stream, Tensor x, double p) {
    return p <= 0 ? x : ubp::dropout(x, bernoulli(stream, x.shape(), 1 - p), p);
  }

  // --- gradients
  // ---------------------------------------------------------------------------------------------------------
  Tensor leaf(Tensor x) {
    Tensor t = null();
    UBP_HOST(grad, leaf, raw_, x.handle, &t.handle);
    return t;
  }
  Tensor grad(Tensor output, Tensor input, bool create_graph = false) {
    Tensor t = null();
    UBP_HOST(grad, grad, raw_, &output.handle, nullptr, 1u, &input.handle, 1u, create_graph, &t.handle);
    return t;
  }
  std::vector<Tensor> grads(Tensor output, const std::vector<Tensor>& inputs, bool create_graph = false) {
    std::vector<ubp_tensor> in, out(inputs.size());
    for (const Tensor& x : inputs) in.push_back(x.handle);
    UBP_HOST(grad, grad, raw_, &output.handle, nullptr, 1u, in.data(), static_cast<std::uint32_t>(in.size()),
             create_graph, out.data());
    std::vector<Tensor> result;
    for (ubp_tensor h : out) result.push_back({h, raw_});
    return result;
  }
  /// Runs `body` without recording it on the tape.
  template <class F>
  auto no_grad(F&& body) {
    return recording(0, body);
  }
  /// Runs `body` on the tape where the host does not record (infer, on_event, collect): for gradients by leaves.
  template <class F>
  auto with_grad(F&& body) {
    return recording(1, body);
  }

  // --- the run
  // ------------------------------------------------------------------------------------------------------------
  void log(const char* name, Tensor scalar) { UBP_HOST(run, log_scalar, raw_, name, scalar.handle); }
  void log(const char* name, double v) { UBP_HOST(run, log_value, raw_, name, v); }
  void end_stage(const char* reason) { UBP_HOST(run, end_stage, raw_, reason); }
  /// Where the trial is: in loss(), manual() and after_step().
  Step step() {
    ubp_step s{};
    s.size = sizeof s;
    UBP_HOST(run, step, raw_, &s);
    return {s.stage, s.phase, s.step, s.epoch, s.rows, s.lr};
  }
  /// True: the process has been asked to stop. A callback that takes long asks now and then, and throws.
  bool cancelled() const {
    return UBP_HAS(detail::g.host, cancelled) && detail::g.host->cancelled(detail::g.host) != 0;
  }
  std::int64_t rows(const char* split = "train") {
    std::int64_t n = 0;
    UBP_HOST(run, data_info, raw_, split, nullptr, &n, nullptr);
    return n;
  }
  Shape row_shape(const char* field = nullptr) {  ///< of the input or a named field, without the row axis
    ubp_shape s{};
    UBP_HOST(run, data_info, raw_, "train", field, nullptr, &s);
    return s;
  }
  /// Over a split in order, not recorded. Each batch has its own scope: keep numbers, not tensors.
  template <class F>  // void(Ctx&, const Batch&)
  void for_each_batch(const char* split, std::uint32_t batch, const F& body) {
    auto trampoline = [](void* user, ubp_ctx* raw, const ubp_batch* b) -> ubp_status {
      return detail::guard([&] {
        Ctx c(raw);
        (*static_cast<const F*>(user))(c, Batch(raw, b));
      });
    };
    UBP_HOST(run, foreach_batch, raw_, split, batch, trampoline, const_cast<void*>(static_cast<const void*>(&body)));
  }
  /// role.method over a whole split, in order, not recorded: [rows, ...].
  Tensor map_split(const char* split, const char* role, const char* method) {
    Tensor t = null();
    UBP_HOST(run, map_split, raw_, split, role, method, &t.handle);
    return t;
  }
  /// Lloyd's algorithm from k-means++ starts, the best of `restarts`. x [n, d] -> {centers [k, d], assignment i64 [n]}.
  std::pair<Tensor, Tensor> kmeans(Tensor x, std::int64_t k, std::int32_t restarts) {
    Tensor centers = null(), assignment = null();
    UBP_HOST(run, kmeans, raw_, x.handle, k, restarts, &centers.handle, &assignment.handle);
    return {centers, assignment};
  }

  // --- collecting
  // ----------------------------------------------------------------------------------------------------------
  void append(const std::vector<std::pair<const char*, Tensor>>& columns) {
    std::vector<const char*> names;
    std::vector<ubp_tensor> handles;
    for (const auto& [name, t] : columns) {
      names.push_back(name);
      handles.push_back(t.handle);
    }
    UBP_HOST(table, append, raw_, names.data(), handles.data(), static_cast<std::uint32_t>(names.size()));
  }
  std::int64_t collected() {
    std::int64_t n = 0;
    UBP_HOST(table, count, raw_, &n);
    return n;
  }
  Space observations() { return space(true); }
  Space actions() { return space(false); }
  std::int64_t instances() {
    std::uint32_t n = 0;
    UBP_HOST(env, spaces, raw_, nullptr, nullptr, &n);
    return n;
  }
  Tensor env_observe() {
    Tensor t = null();
    UBP_HOST(env, observe, raw_, &t.handle);
    return t;
  }
  Tensor env_reset() {
    Tensor t = null();
    UBP_HOST(env, reset, raw_, &t.handle);
    return t;
  }
  EnvStep env_step(Tensor action) {
    ubp_env_step s{};
    s.size = sizeof s;
    UBP_HOST(env, step, raw_, action.handle, &s);
    return {{s.next, raw_}, {s.reward, raw_}, {s.terminated, raw_}, {s.truncated, raw_}, {s.obs, raw_}};
  }

 private:
  Tensor null() const { return {{0}, raw_}; }
  template <class F>
  auto recording(std::int32_t on, F& body) {
    struct Restore {
      ubp_ctx* ctx;
      std::int32_t was;
      ~Restore() {
        std::int32_t ignored;
        detail::g.grad->set_recording(ctx, was, &ignored);
      }
    };
    std::int32_t was = 0;
    UBP_HOST(grad, set_recording, raw_, on, &was);
    Restore restore{raw_, was};
    return body();
  }
  ubp_obj rng(const char* stream) {
    ubp_obj o{};
    UBP_HOST(rng, stream, raw_, stream, &o);
    return o;
  }
  ubp_view mapped(Tensor t, std::uint32_t mode) {
    ubp_view v{};
    v.size = sizeof v;
    UBP_HOST(tensor, map, raw_, t.handle, mode, &v);
    return v;
  }
  template <class T>
  Tensor filled(const Shape& s, const T* values) {
    Tensor t = null();
    UBP_HOST(tensor, empty, raw_, &s, &t.handle);
    const ubp_view v = mapped(t, UBP_MAP_WRITE);
    std::memcpy(v.data, values, sizeof(T) * static_cast<std::size_t>(s.count()));
    UBP_HOST(tensor, unmap, raw_, t.handle);
    return t;
  }
  Space space(bool observation) {
    const ubp_space *o = nullptr, *a = nullptr;
    UBP_HOST(env, spaces, raw_, &o, &a, nullptr);
    const ubp_space* s = observation ? o : a;
    return {s->kind == UBP_SPACE_DISCRETE, s->n, s->shape};
  }

  ubp_ctx* raw_;
};

}  // namespace v0
}  // namespace ubp
