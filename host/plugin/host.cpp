// SPDX-License-Identifier: MIT
// The ubp_host that plugins see, and the errors and log lines that pass through it.
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <mutex>

#include <ubp/version.h>

#include "base/text.hpp"
#include "plugin/context.hpp"
#include "plugin/loader.hpp"

namespace ubp {
namespace {

thread_local std::string t_last_error;

void log_to_stderr(void*, int, const char* who, const char* text) { std::fprintf(stderr, "%s: %s\n", who, text); }
LogSink g_log = log_to_stderr;
void* g_log_user = nullptr;
std::atomic<const std::atomic<bool>*> g_stop = nullptr;

const void* get_api(const ubp_host*, const char* id) {
  const struct {
    const char* id;
    const void* table;
  } tables[] = {{UBP_API_TENSOR, &kTensorApi}, {UBP_API_MATH, &kMathApi}, {UBP_API_GRAD, &kGradApi},
                {UBP_API_PARAM, &kParamApi},   {UBP_API_RNG, &kRngApi},   {UBP_API_RUN, &kRunApi},
                {UBP_API_TABLE, &kTableApi},   {UBP_API_ENV, &kEnvApi}};
  for (const auto& t : tables)
    if (id && std::strcmp(t.id, id) == 0) return t.table;
  return nullptr;
}

void log_line(const ubp_host*, std::int32_t level, const char* who, const char* text) {
  static std::mutex one_at_a_time;  // from any thread, to a sink that is a trial's
  const std::lock_guard lock(one_at_a_time);
  g_log(g_log_user, std::clamp<std::int32_t>(level, UBP_LOG_DEBUG, UBP_LOG_ERROR), plain(who ? who : "plugin").c_str(),
        plain(text ? text : "", kMostSentence).c_str());
}

const char* last_error(const ubp_host*) { return t_last_error.c_str(); }

void set_error(const ubp_host*, ubp_status status, const char* message) {
  keep_error(status, plain(message ? message : "", kMostSentence));
}

std::int32_t cancelled(const ubp_host*) {
  const std::atomic<bool>* const stop = g_stop;
  return stop && *stop;
}

const ubp_host kHost = {sizeof(ubp_host), UBP_ABI_MAJOR, UBP_ABI_MINOR, nullptr,   "ubp",    UBP_VERSION,
                        get_api,          log_line,      last_error,    set_error, cancelled};

}  // namespace

const ubp_host& host_face() { return kHost; }

void set_log_sink(LogSink sink, void* user) {
  g_log = sink ? sink : log_to_stderr;
  g_log_user = user;
}

void set_stop_flag(const std::atomic<bool>* stop) { g_stop = stop; }

const std::string& last_plugin_error() { return t_last_error; }

ubp_status keep_error(ubp_status status, std::string message) {
  t_last_error = std::move(message);
  return status;
}

Shape shape_of(const ubp_shape& s) {
  if (s.nd < 0 || s.nd > 8) throw EngineError(UBP_E_SHAPE, "a shape has 0 to 8 axes, found " + std::to_string(s.nd));
  return Shape(s.dim, s.nd);
}

DType dtype_of(const ubp_shape& s, const Engine& engine) {
  switch (s.dtype) {
    case 0:
      return engine.real();
    case UBP_F32:
      return DType::f32;
    case UBP_F64:
      return DType::f64;
    case UBP_I64:
      return DType::i64;
    case UBP_U8:
      return DType::u8;
    default:
      throw EngineError(UBP_E_DTYPE, "this host has no tensors of dtype " + std::to_string(s.dtype));
  }
}

ubp_shape abi_shape(const Engine& engine, Tensor t) {
  const Shape& s = engine.shape(t);
  ubp_shape out{};
  out.dtype = static_cast<std::int32_t>(engine.dtype(t));
  out.nd = s.nd;
  std::memcpy(out.dim, s.dim, sizeof out.dim);
  return out;
}

ubp_view view_of(DType dtype, const Shape& shape, void* data, bool read_only, ViewStorage& storage) {
  i64 stride = 1;
  for (int axis = shape.nd - 1; axis >= 0; --axis) {
    storage.shape[axis] = shape.dim[axis];
    storage.strides[axis] = stride;
    stride *= shape.dim[axis];
  }
  ubp_view v{};
  v.size = sizeof v;
  v.flags = UBP_VIEW_CONTIGUOUS;
  if (read_only) v.flags |= UBP_VIEW_READONLY;
  v.data = data;
  v.device_type = UBP_DEV_CPU;
  v.ndim = shape.nd;
  v.dtype_code = dtype == DType::i64 ? 0 : dtype == DType::u8 ? 1 : 2;
  v.dtype_bits = static_cast<std::uint8_t>(8 * bytes_of(dtype));
  v.dtype_lanes = 1;
  v.shape = storage.shape;
  v.strides = storage.strides;
  return v;
}

}  // namespace ubp
