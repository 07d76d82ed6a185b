// SPDX-License-Identifier: MIT
// Plugins under test behind their real boundary: dlopen, the entry, the C tables. The host is a fake without APIs that
// keeps the last message.
#pragma once

#include <dlfcn.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <variant>
#include <vector>

#include <ubp/abi.h>

namespace harness {

/// What the fake host was told last.
struct Told {
  std::string error;
  std::vector<std::string> log;
};
inline Told told;

inline const ubp_host* host() {
  static ubp_host h{};
  h.size = sizeof h, h.abi_major = UBP_ABI_MAJOR, h.abi_minor = UBP_ABI_MINOR, h.name = "harness", h.version = "0";
  h.get_api = [](const ubp_host*, const char*) -> const void* { return nullptr; };
  h.log = [](const ubp_host*, std::int32_t, const char*, const char* text) { told.log.emplace_back(text); };
  h.last_error = [](const ubp_host*) { return told.error.c_str(); };
  h.set_error = [](const ubp_host*, ubp_status, const char* text) { told.error = text; };
  return &h;
}

/// A plugin's refusal, as the host sees it.
struct Refusal : std::runtime_error {
  Refusal(ubp_status s, const std::string& text) : std::runtime_error(text), status(s) {}
  ubp_status status;
};
inline void check(ubp_status s) {
  if (s != UBP_OK) throw Refusal(s, told.error);
}

using Param = std::variant<double, std::string>;
using Params = std::map<std::string, Param>;

/// One instance of the component in PLUGINS/<kind>/<id>.so, made with its defaults but for `params`.
class Instance {
 public:
  Instance(const std::string& folder, const std::string& id, Params params = {}) {
    const std::string path = folder + "/" + id + ".so";
    void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library) throw std::runtime_error(dlerror());
    const auto* entry = static_cast<const ubp_entry*>(dlsym(library, UBP_ENTRY_SYMBOL));
    check(entry->init(host(), path.c_str()));
    component_ = entry->get(0);
    if (component_->id != id) throw std::runtime_error(path + " holds " + component_->id);

    std::vector<ubp_param_value> values;
    for (std::uint32_t i = 0; i < component_->n_params; ++i) {
      const ubp_param_desc& p = *component_->params[i];
      ubp_param_value v{};
      v.size = sizeof v, v.type = p.type, v.f = p.f_def, v.i = p.i_def, v.s = p.s_def;
      if (const auto given = params.extract(p.name)) set(v, p, given.mapped());
      values.push_back(v);
    }
    if (!params.empty()) throw std::runtime_error(id + " has no parameter " + params.begin()->first);
    std::vector<const ubp_param_value*> list;
    for (const ubp_param_value& v : values) list.push_back(&v);
    check(component_->life->create(host(), list.data(), static_cast<std::uint32_t>(list.size()), &self_));
  }
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;
  ~Instance() {
    if (self_) component_->life->destroy(self_);
  }

  const ubp_component& component() const { return *component_; }
  void* self() const { return self_; }
  template <class Table>
  const Table& table() const {
    return *static_cast<const Table*>(component_->vtable);
  }

 private:
  void set(ubp_param_value& v, const ubp_param_desc& p, const Param& given) {
    if (std::holds_alternative<std::string>(given) != (p.type == UBP_P_STRING || p.type == UBP_P_ENUM))
      throw std::runtime_error(std::string("the test gives parameter ") + p.name + " another type");
    if (const auto* text = std::get_if<std::string>(&given)) {
      v.s = texts_.emplace_back(std::make_unique<std::string>(*text))->c_str();
      for (std::int64_t c = 0; p.type == UBP_P_ENUM && p.choices[c]; ++c)
        if (*text == p.choices[c]) v.i = c;
    } else {
      v.f = std::get<double>(given), v.i = static_cast<std::int64_t>(v.f);
    }
  }
  const ubp_component* component_ = nullptr;
  void* self_ = nullptr;
  std::vector<std::unique_ptr<std::string>> texts_;
};

/// Owned numbers with the view that a plugin sees. T: double, float, std::int64_t, std::uint8_t.
template <class T>
struct Array {
  std::vector<std::int64_t> shape, strides;
  std::vector<T> values;
  ubp_view view{};

  explicit Array(std::vector<std::int64_t> s, std::vector<T> v = {})
      : shape(std::move(s)), strides(shape.size(), 1), values(std::move(v)) {
    std::int64_t n = 1;
    for (std::size_t axis = shape.size(); axis-- > 0; n *= shape[axis]) strides[axis] = n;
    values.resize(static_cast<std::size_t>(n));
  }
  ubp_view* c_view() {
    view = {};
    view.size = sizeof view, view.flags = UBP_VIEW_CONTIGUOUS, view.data = values.data(),
    view.device_type = UBP_DEV_CPU;
    view.ndim = static_cast<std::int32_t>(shape.size());
    view.dtype_code = std::is_floating_point_v<T> ? 2 : std::is_signed_v<T> ? 0 : 1;
    view.dtype_bits = 8 * sizeof(T), view.dtype_lanes = 1, view.shape = shape.data(), view.strides = strides.data();
    return &view;
  }
  std::int64_t row_count() const { return shape[0] ? static_cast<std::int64_t>(values.size()) / shape[0] : 0; }
  /// Rows [first, first + n).
  Array rows(std::int64_t first, std::int64_t n) const {
    std::vector<std::int64_t> s = shape;
    s[0] = n;
    return Array(s, std::vector<T>(values.begin() + first * row_count(), values.begin() + (first + n) * row_count()));
  }
};
using Doubles = Array<double>;
using Ints = Array<std::int64_t>;

/// A checked-in matrix: a line of text per row, numbers separated by commas.
inline Doubles read_matrix(const std::string& path) {
  std::ifstream in(path);
  if (!in) throw std::runtime_error(path + " is missing: run reference.py");
  Doubles m({0, 0});
  for (std::string line; std::getline(in, line);) {
    std::istringstream cells(line);
    m.shape[1] = 0;
    for (std::string cell; std::getline(cells, cell, ','); ++m.shape[1]) m.values.push_back(std::stod(cell));
    ++m.shape[0];
  }
  return Doubles(m.shape, m.values);
}
inline Ints as_labels(const Doubles& m) {
  return Ints({m.shape[0]}, std::vector<std::int64_t>(m.values.begin(), m.values.end()));
}

}  // namespace harness
