// SPDX-License-Identifier: MIT
// What stands behind a callback's ubp_ctx: the engine, and the services that a trial gives to plugin code.
#pragma once

#include <span>
#include <string>
#include <unordered_map>
#include <utility>

#include <ubp/abi.h>

#include "engine/engine.hpp"
#include "engine/random.hpp"
#include "plugin/surroundings.hpp"

namespace ubp {

class Services;

/// Where a view's shape and strides lie.
struct ViewStorage {
  i64 shape[8], strides[8];
};

/// The extents of a mapped tensor, which all its views share.
struct Mapping {
  ViewStorage extents;
  int views = 0;  ///< mapped and not unmapped
};

}  // namespace ubp

/// One callback long, and never given to a plugin itself: see Callback. `owner` names the component's own parameters
/// and streams: a role, or "self" for the objective.
struct ubp_ctx {
  ubp::Engine* engine;
  ubp::Services* services;
  std::string owner;
  /// What views of mapped tensors point to, by tensor: it must stay where it is until unmap or the callback's end.
  std::unordered_map<std::uint64_t, ubp::Mapping> mappings = {};
};

namespace ubp {

/// Sets the context for a block: what the engine hands to custom ops. Plugins are handed a number in a pointer's
/// clothes, no two callbacks of a thread the same one, so that a context which was kept is known as stale: an address
/// would be another callback's by then.
class Callback {
 public:
  Callback(Engine& engine, Services& services, std::string owner)
      : ctx_{&engine, &services, std::move(owner)}, outer_(innermost_), outer_handed_(engine.context()) {
    innermost_ = this;
    engine.set_context(handed_);
  }
  ~Callback() {
    innermost_ = outer_;
    ctx_.engine->set_context(outer_handed_);
  }
  Callback(const Callback&) = delete;
  Callback& operator=(const Callback&) = delete;
  ubp_ctx* get() { return handed_; }

  /// What stands behind a context that was handed out; null once its callback has returned, and on other threads.
  static ubp_ctx* behind(const ubp_ctx* handed) {
    for (Callback* callback = innermost_; callback; callback = callback->outer_)
      if (callback->handed_ == handed) return &callback->ctx_;
    return nullptr;
  }

  /// For a block in which no context of this thread is known: around code of a plugin that other threads run, too.
  class Hidden {
   public:
    Hidden() : innermost_was_(std::exchange(innermost_, nullptr)) {}
    ~Hidden() { innermost_ = innermost_was_; }
    Hidden(const Hidden&) = delete;

   private:
    Callback* innermost_was_;
  };

 private:
  static inline thread_local Callback* innermost_ = nullptr;
  static inline thread_local std::uintptr_t handed_out_ = 0;
  ubp_ctx ctx_;
  ubp_ctx* handed_ = reinterpret_cast<ubp_ctx*>(handed_out_ += alignof(ubp_ctx));
  Callback* outer_;
  ubp_ctx* outer_handed_;  // the engine's, before
};

/// The part of the host's tables that needs a trial; implemented by train/. Functions mirror abi.h and throw
/// EngineError.
class Services {
 public:
  virtual ~Services() = default;

  virtual void data_info(const char* split, const char* field, i64* rows, ubp_shape* row) = 0;
  virtual void role_shape(const char* role, const ubp_shape& in, const ubp_shape& out) = 0;
  virtual ubp_shape method_shape(const char* role, const char* method) = 0;
  virtual void call_model(const char* role, const char* method, std::span<const Tensor> in, std::span<Tensor> out) = 0;
  virtual Tensor field(const ubp_batch&, const char* name) = 0;
  virtual void log(const ubp_ctx&, const char* name, Tensor scalar) = 0;
  virtual void log(const ubp_ctx&, const char* name, double value) = 0;
  virtual const ubp_step& step_now() = 0;
  virtual void end_stage(const char* reason) = 0;
  virtual void foreach_batch(const char* split, i64 batch, ubp_status (*fn)(void*, ubp_ctx*, const ubp_batch*),
                             void* user) = 0;
  virtual Tensor map_split(const char* split, const char* role, const char* method) = 0;
  virtual void kmeans(const ubp_ctx&, Tensor x, i64 k, i64 restarts, Tensor& centers, Tensor& assignment) = 0;

  virtual Tensor param(const ubp_ctx&, const char* name, const ubp_shape* shape, int init, double p0, double p1,
                       std::uint32_t flags) = 0;
  virtual Tensor state(const ubp_ctx&, const char* name, const ubp_shape* shape, double fill) = 0;
  virtual void assign(Tensor destination, Tensor value) = 0;
  virtual void assign_rows(Tensor destination, Tensor index, Tensor rows) = 0;
  virtual void ema_target(const char* role, const char* target) = 0;
  virtual void ema_update(const char* target, double momentum) = 0;

  virtual ubp_obj stream(const ubp_ctx&, const char* name) = 0;
  virtual Random& random(ubp_obj) = 0;

  virtual void append(std::span<const char* const> names, std::span<const Tensor> columns) = 0;
  virtual i64 table_rows() = 0;

  virtual void spaces(const ubp_space** observation, const ubp_space** action, std::uint32_t* n) = 0;
  virtual Tensor env_observe() = 0;
  virtual Tensor env_reset() = 0;
  virtual void env_step(Tensor action, ubp_env_step& out) = 0;
};

/// The tables that get_api hands out.
extern const ubp_tensor_api kTensorApi;
extern const ubp_math_api kMathApi;
extern const ubp_grad_api kGradApi;
extern const ubp_param_api kParamApi;
extern const ubp_rng_api kRngApi;
extern const ubp_run_api kRunApi;
extern const ubp_table_api kTableApi;
extern const ubp_env_api kEnvApi;

/// Keeps `message` as this thread's last error and returns the status.
ubp_status keep_error(ubp_status, std::string message);

/// The status, and the message kept, of what `body` throws.
template <class F>
ubp_status status_of(F&& body) noexcept {
  try {
    body();
    return UBP_OK;
  } catch (const EngineError& e) {
    return keep_error(e.status(), e.what());
  } catch (const std::bad_alloc&) {
    return keep_error(UBP_E_NO_MEMORY, "out of memory");
  } catch (const std::exception& e) {
    return keep_error(UBP_E_UNKNOWN, e.what());
  }
}

/// Runs the body of a host function, with what stands behind `ctx` in its place: exceptions become a status and a
/// message; no context, and one whose callback has returned, are refused.
template <class F>
ubp_status serve(ubp_ctx*& ctx, F&& body) noexcept {
  if (!has_usual_rounding()) set_usual_rounding();
  if (!ctx) return keep_error(UBP_E_STATE, "host call without a context: only inside a callback");
  ctx = Callback::behind(ctx);
  if (!ctx)
    return keep_error(
        UBP_E_STATE,
        "stale context: its callback has returned, or runs on another thread; a Ctx, and the tensors that "
        "were made with it, are for one callback");
  return status_of(body);
}

// --- between the ABI's structs and the engine's ---------------------------------------------------------------------
Shape shape_of(const ubp_shape&);
DType dtype_of(const ubp_shape&, const Engine&);  ///< dtype 0: the run's
ubp_shape abi_shape(const Engine&, Tensor);
inline Tensor tensor_of(ubp_tensor t) { return {t.id}; }
inline ubp_tensor abi_tensor(Tensor t) { return {t.id}; }

/// Fills a view's fields; its extents are written to `storage` and live there.
ubp_view view_of(DType, const Shape&, void* data, bool read_only, ViewStorage& storage);

}  // namespace ubp
