// SPDX-License-Identifier: MIT
// A data set plugin, linked in, reads bytes from a file as the host would have it read them. What it accepts must be
// sound: numbers finite, masks 0 or 1, classes among those that have names.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <ubp/abi.h>
#include <ubp/names.h>

extern "C" const ubp_entry ubp_entry_v1;

namespace fuzz {

inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "unsound: %s\n", what);
  std::abort();
}

inline const ubp_host* host() {
  static ubp_host h{};
  h.size = sizeof h, h.abi_major = UBP_ABI_MAJOR, h.abi_minor = UBP_ABI_MINOR, h.name = "fuzz", h.version = "0";
  h.get_api = [](const ubp_host*, const char*) -> const void* { return nullptr; };
  h.log = [](const ubp_host*, std::int32_t, const char*, const char*) {};
  h.last_error = [](const ubp_host*) { return ""; };
  h.set_error = [](const ubp_host*, ubp_status, const char* text) {
    require(text && *text, "a refusal without a text");
  };
  return &h;
}

/// A folder for the time of the process, in memory where the system has one there.
class Scratch {
 public:
  Scratch() {
    for (const char* root : {"/dev/shm", "/tmp"})
      if (path_ = std::string(root) + "/ubp-fuzz-XXXXXX"; mkdtemp(path_.data())) break;
    setenv("UBP_MAX_DATA", "64MiB", 1);
  }
  ~Scratch() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }
  std::string write(const std::string& name, const std::uint8_t* data, std::size_t size) const {
    const std::string to = path_ + "/" + name;
    std::ofstream(to, std::ios::binary).write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
    return to;
  }

 private:
  std::string path_;
};

using Params = std::map<std::string, std::string>;

class Dataset {
 public:
  explicit Dataset(const Params& params) {
    static const bool is_ready = ubp_entry_v1.init(host(), "") == UBP_OK;
    require(is_ready, "the plugin does not load");
    std::vector<ubp_param_value> values;
    for (std::uint32_t i = 0; i < component_.n_params; ++i) {
      const ubp_param_desc& p = *component_.params[i];
      ubp_param_value v{};
      v.size = sizeof v, v.type = p.type, v.f = p.f_def, v.i = p.i_def, v.s = p.s_def;
      if (const auto given = params.find(p.name); given != params.end()) v.s = given->second.c_str();
      values.push_back(v);
    }
    std::vector<const ubp_param_value*> list;
    for (const ubp_param_value& v : values) list.push_back(&v);
    const ubp_status made =
        component_.life->create(host(), list.data(), static_cast<std::uint32_t>(list.size()), &self_);
    require(made == UBP_OK, "the parameters of the target are refused");
  }
  Dataset(const Dataset&) = delete;
  Dataset& operator=(const Dataset&) = delete;
  ~Dataset() { component_.life->destroy(self_); }

  /// Reads all of it, or is refused.
  void read() {
    const ubp_field* const* fields = nullptr;
    std::uint32_t n = 0;
    if (calls_.open(self_, "") != UBP_OK || calls_.fields(self_, &fields, &n) != UBP_OK) return;
    read_names(fields[0]->shape);
    for (const char* split : {"train", "test"}) {
      std::int64_t rows = 0;
      require(calls_.count(self_, split, &rows) == UBP_OK && rows >= 0, "no count");
      for (std::int64_t row = 0; row < rows; ++row) read_row(split, row, fields, n);
    }
  }

 private:
  void read_names(const ubp_shape& row) {
    const auto* names = static_cast<const ubp_names_ext*>(component_.life->get_extension(self_, UBP_EXT_NAMES));
    const char* const* list = nullptr;
    std::uint32_t n = 0;
    require(names->columns(self_, &list, &n) == UBP_OK && (n == 0 || n == row.dim[0]), "names of other columns");
    require(names->classes(self_, &list, &n) == UBP_OK, "no classes");
    classes_ = n;
  }

  void read_row(const char* split, std::int64_t row, const ubp_field* const* fields, std::uint32_t n) {
    std::vector<std::vector<std::int64_t>> shapes(n), strides(n);
    std::vector<std::vector<std::uint64_t>> numbers(n);
    std::vector<ubp_view> views(n);
    std::vector<ubp_view*> pointers;
    for (std::uint32_t f = 0; f < n; ++f) {
      const ubp_shape& s = fields[f]->shape;
      shapes[f] = {1};
      shapes[f].insert(shapes[f].end(), s.dim, s.dim + s.nd);
      strides[f].assign(shapes[f].size(), 1);
      std::int64_t count = 1;
      for (std::size_t axis = shapes[f].size(); axis-- > 0; count *= shapes[f][axis]) strides[f][axis] = count;
      numbers[f].resize(static_cast<std::size_t>(count));
      const bool is_float = s.dtype == UBP_F32 || s.dtype == UBP_F64 || s.dtype == 0;
      ubp_view& v = views[f];
      v.size = sizeof v, v.flags = UBP_VIEW_CONTIGUOUS, v.data = numbers[f].data(), v.device_type = UBP_DEV_CPU;
      v.ndim = static_cast<std::int32_t>(shapes[f].size()), v.dtype_code = is_float ? 2 : s.dtype == UBP_U8 ? 1 : 0;
      v.dtype_bits = s.dtype == UBP_U8 ? 8 : s.dtype == UBP_F64 || s.dtype == UBP_I64 ? 64 : 32;
      v.dtype_lanes = 1, v.shape = shapes[f].data(), v.strides = strides[f].data();
      pointers.push_back(&v);
    }
    require(calls_.read(self_, split, &row, 1, pointers.data(), n) == UBP_OK, "a row that counts cannot be read");
    for (std::uint32_t f = 0; f < n; ++f) check(*fields[f], numbers[f]);
  }

  void check(const ubp_field& field, const std::vector<std::uint64_t>& numbers) const {
    const auto at = [&](std::size_t i, auto kind) {
      decltype(kind) v;
      std::memcpy(&v, reinterpret_cast<const char*>(numbers.data()) + i * sizeof v, sizeof v);
      return v;
    };
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      if (field.flags & UBP_FIELD_MASK) require(at(i, std::uint8_t{}) <= 1, "a mask that is neither 0 nor 1");
      if (field.shape.dtype == UBP_F64) require(std::isfinite(at(i, 0.0)), "a number that is not finite");
      if (field.shape.dtype == UBP_F32) require(std::isfinite(at(i, 0.0f)), "a number that is not finite");
      if (field.flags & UBP_FIELD_LABEL) {
        const auto label = at(i, std::int64_t{});
        require(label >= 0 && label < classes_, "a class without a name");
      }
    }
  }

  const ubp_component& component_ = *ubp_entry_v1.get(0);
  const ubp_dataset_vt& calls_ = *static_cast<const ubp_dataset_vt*>(component_.vtable);
  void* self_ = nullptr;
  std::int64_t classes_ = 0;
};

/// The plugin reads these bytes as a file of this name; `params` besides `file`.
inline void read_file(const std::string& name, Params params, const std::uint8_t* data, std::size_t size) {
  static const Scratch scratch;
  params["file"] = scratch.write(name, data, size);
  Dataset(params).read();
}

}  // namespace fuzz
