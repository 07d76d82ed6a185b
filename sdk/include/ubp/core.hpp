// SPDX-License-Identifier: MIT
// Foundations of the C++ face: the host's tables, errors, shapes, the guard at the boundary, a hash for reproducible
// data.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <exception>
#include <initializer_list>
#include <string>
#include <vector>

#include <ubp/abi.h>

#if !defined(__SANITIZE_ADDRESS__) && !defined(__clang__) && defined(__x86_64__) && defined(__gnu_linux__)
/// Before a function with a hot loop: compiled for several vector widths, chosen when the plugin is loaded.
#define UBP_VECTORIZED __attribute__((optimize("O3"), target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define UBP_VECTORIZED
#endif

/// Of every namespace here: two plugins built with two versions of this header may live in one process.
#define UBP_HIDDEN [[gnu::visibility("hidden")]]

namespace ubp {
inline namespace UBP_HIDDEN v0 {

/// What a plugin throws to refuse something with a sentence; any other exception is reported as a defect of the plugin.
class Error : public std::exception {
 public:
  explicit Error(std::string message, ubp_status status = UBP_E_INVALID_ARG)
      : message_(std::move(message)), status_(status) {}
  const char* what() const noexcept override { return message_.c_str(); }
  ubp_status status() const { return status_; }

 private:
  std::string message_;
  ubp_status status_;
};

/// A host call failed; its message stays with the host. Let it pass through.
struct HostError : std::exception {
  explicit HostError(ubp_status s) : status(s) {}
  const char* what() const noexcept override { return "a host call failed"; }
  ubp_status status;
};

namespace detail {

struct Host {
  const ubp_host* host = nullptr;
  const ubp_tensor_api* tensor = nullptr;
  const ubp_math_api* math = nullptr;
  const ubp_grad_api* grad = nullptr;
  const ubp_param_api* param = nullptr;
  const ubp_rng_api* rng = nullptr;
  const ubp_run_api* run = nullptr;
  const ubp_table_api* table = nullptr;
  const ubp_env_api* env = nullptr;
};
inline Host g;  // set once, by init()

inline void check(ubp_status s) {
  if (s != UBP_OK) throw HostError(s);
}

// What only runs when something is refused is compiled once, apart from the callers: a plugin builds faster.
[[noreturn, gnu::cold, gnu::noinline]] inline void lacks(const char* what) {
  throw Error(std::string("this host lacks ") + what, UBP_E_UNSUPPORTED);
}

inline void require(const void* table, bool has, const char* what) {
  if (!table || !has) lacks(what);
}

/// Calls a host function after testing that this host has it.
#define UBP_HOST(table, slot, ...)                                                                          \
  (::ubp::detail::require(::ubp::detail::g.table, UBP_HAS(::ubp::detail::g.table, slot), #table "." #slot), \
   ::ubp::detail::check(::ubp::detail::g.table->slot(__VA_ARGS__)))

/// Inside a catch block: the status of what was caught, its message left with the host.
[[gnu::cold, gnu::noinline]] inline ubp_status caught() noexcept {
  try {
    throw;
  } catch (const HostError& e) {
    return e.status;
  } catch (const Error& e) {
    g.host->set_error(g.host, e.status(), e.what());
    return e.status();
  } catch (const std::bad_alloc&) {
    g.host->set_error(g.host, UBP_E_NO_MEMORY, "out of memory");
    return UBP_E_NO_MEMORY;
  } catch (const std::exception& e) {
    g.host->set_error(g.host, UBP_E_PLUGIN_EXCEPTION, e.what());
  } catch (...) {
    g.host->set_error(g.host, UBP_E_PLUGIN_EXCEPTION, "an exception that is no std::exception");
  }
  return UBP_E_PLUGIN_EXCEPTION;
}

/// Turns whatever `body` throws into a status; nothing leaves the plugin.
template <class F>
ubp_status guard(F&& body) noexcept {
  try {
    body();
    return UBP_OK;
  } catch (...) {
    return caught();
  }
}

}  // namespace detail

/// Up to eight extents; `Shape{}` is a scalar, `Shape::free()` leaves the choice to the other side.
struct Shape : ubp_shape {
  Shape() : ubp_shape{} {}
  Shape(const ubp_shape& s) : ubp_shape(s) {}
  Shape(std::initializer_list<std::int64_t> dims) : ubp_shape{} {
    for (std::int64_t d : dims) push(d);
  }
  static Shape free() {
    Shape s;
    s.nd = -1;
    return s;
  }
  bool is_free() const { return nd < 0; }
  void push(std::int64_t d) {
    if (nd == 8) throw Error("a tensor has at most eight axes", UBP_E_SHAPE);
    dim[nd++] = d;
  }
  std::int64_t operator[](int axis) const { return dim[axis < 0 ? axis + nd : axis]; }
  std::int64_t count() const {
    std::int64_t n = 1;
    for (int i = 0; i < nd; ++i) n *= dim[i];
    return n;
  }
  /// This shape with `n` put in front: rows of it.
  Shape batched(std::int64_t n) const {
    Shape s{n};
    for (int i = 0; i < nd; ++i) s.push(dim[i]);
    return s;
  }
  /// This shape with an element type, UBP_*; without one it is the run's.
  Shape of(std::int32_t type) const {
    Shape s = *this;
    s.dtype = type;
    return s;
  }
  bool operator==(const Shape& o) const {
    return nd == o.nd && (nd <= 0 || std::memcmp(dim, o.dim, sizeof(dim[0]) * static_cast<std::size_t>(nd)) == 0);
  }
};

/// A pure function of what it is given, then of how often it was asked: for data sets and environments, whose content
/// must not depend on order or threads. (splitmix64; Steele et al., OOPSLA 2014.)
class Hash {
 public:
  template <class... Parts>
  explicit Hash(const Parts&... parts) {
    (mix(parts), ...);
  }

  std::uint64_t word() { return finish(state_ += 0x9e3779b97f4a7c15ull); }
  double uniform() { return static_cast<double>(word() >> 11) * 0x1p-53; }  ///< [0, 1)
  double uniform(double lo, double hi) { return lo + (hi - lo) * uniform(); }
  std::int64_t below(std::int64_t n) {  // 0 .. n-1, for n far below 2^53
    return static_cast<std::int64_t>(uniform() * static_cast<double>(n));
  }
  double normal() {  // Box-Muller; 1 - u is never 0
    const double r = std::sqrt(-2.0 * std::log(1.0 - uniform()));
    return r * std::cos(6.283185307179586 * uniform());
  }

 private:
  static std::uint64_t finish(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }
  void mix(const std::string& text) {
    for (char ch : text) mix(static_cast<std::int64_t>(ch));
  }
  void mix(const char* text) { mix(std::string(text)); }
  template <class Int>
  void mix(const Int& part) {
    state_ = finish(state_ + 0x9e3779b97f4a7c15ull + static_cast<std::uint64_t>(part));
  }

  std::uint64_t state_ = 0;
};

/// Borrowed memory of the host: a ubp_view with typed access. Rows are the first axis.
class View {
 public:
  View() = default;
  View(const ubp_view* v) : v_(v) {}
  explicit operator bool() const { return v_ != nullptr; }
  const ubp_view& raw() const { return *v_; }
  int nd() const { return v_->ndim; }
  std::int64_t dim(int axis) const { return v_->shape[axis < 0 ? axis + v_->ndim : axis]; }
  std::int64_t rows() const { return v_->ndim ? v_->shape[0] : 1; }
  std::int64_t count() const {
    std::int64_t n = 1;
    for (int i = 0; i < v_->ndim; ++i) n *= v_->shape[i];
    return n;
  }
  std::int64_t row_count() const { return rows() ? count() / rows() : 0; }  ///< numbers in a row
  template <class T>
  T* data() const {
    return reinterpret_cast<T*>(static_cast<char*>(v_->data) + v_->byte_offset);
  }
  template <class T>
  T* row(std::int64_t i) const {
    return data<T>() + i * row_count();
  }

 private:
  const ubp_view* v_ = nullptr;
};

}  // namespace v0
}  // namespace ubp
