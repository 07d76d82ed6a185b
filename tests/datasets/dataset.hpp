// SPDX-License-Identifier: MIT
// Opens a data set as the host does, and reads whole splits of it.
#pragma once

#include <zlib.h>

#include <filesystem>

#include <ubp/names.h>

#include "../metrics/harness.hpp"

namespace harness {

/// A folder that is gone when the test ends.
struct Folder {
  std::string path;
  Folder() {
    char name[] = "/tmp/ubp-datasets-XXXXXX";
    if (!mkdtemp(name)) throw std::runtime_error("mkdtemp");
    path = name;
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string write(const std::string& name, const std::string& bytes, bool zipped = false) const {
    const std::string to = path + "/" + name;
    std::filesystem::create_directories(std::filesystem::path(to).parent_path());
    gzFile f = gzopen(to.c_str(), zipped ? "wb" : "wbT");  // T: plain
    gzwrite(f, bytes.data(), static_cast<unsigned>(bytes.size()));
    gzclose(f);
    return to;
  }
};

class Opened {
 public:
  Opened(const std::string& id, const Params& params, const std::string& data_dir = "")
      : instance_(DATASET_PLUGINS, id, params) {
    const char* lines = nullptr;
    check(vt().files(instance_.self(), data_dir.c_str(), &lines));
    files = lines;
    check(vt().open(instance_.self(), data_dir.c_str()));
    const ubp_field* const* list = nullptr;
    std::uint32_t n = 0;
    check(vt().fields(instance_.self(), &list, &n));
    for (std::uint32_t i = 0; i < n; ++i) {
      fields.push_back(*list[i]);
      names.emplace_back(list[i]->name);
    }
  }

  std::string files;
  std::vector<ubp_field> fields;
  std::vector<std::string> names;

  std::int64_t count(const std::string& split) const {
    std::int64_t n = -1;
    check(vt().count(instance_.self(), split.c_str(), &n));
    return n;
  }
  /// The field's numbers in `rows`, as doubles, row after row.
  std::vector<double> read(const std::string& split, const std::string& field,
                           const std::vector<std::int64_t>& rows) const {
    const auto n = static_cast<std::int64_t>(rows.size());
    std::vector<std::variant<Array<float>, Doubles, Ints, Array<std::uint8_t>>> arrays;
    std::vector<ubp_view*> views;
    for (const ubp_field& f : fields) {
      std::vector<std::int64_t> shape{n};
      shape.insert(shape.end(), f.shape.dim, f.shape.dim + f.shape.nd);
      switch (f.shape.dtype) {
        case UBP_F64:
          arrays.emplace_back(Doubles(shape));
          break;
        case UBP_I64:
          arrays.emplace_back(Ints(shape));
          break;
        case UBP_U8:
          arrays.emplace_back(Array<std::uint8_t>(shape));
          break;
        default:
          arrays.emplace_back(Array<float>(shape));
      }
    }
    for (auto& any : arrays) std::visit([&](auto& a) { views.push_back(a.c_view()); }, any);
    check(vt().read(instance_.self(), split.c_str(), rows.data(), static_cast<std::uint32_t>(n), views.data(),
                    static_cast<std::uint32_t>(views.size())));
    std::vector<double> out;
    for (std::size_t i = 0; i < fields.size(); ++i)
      if (names[i] == field) std::visit([&](auto& a) { out.assign(a.values.begin(), a.values.end()); }, arrays[i]);
    return out;
  }
  std::vector<double> all(const std::string& split, const std::string& field) const {
    std::vector<std::int64_t> rows(static_cast<std::size_t>(count(split)));
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<std::int64_t>(i);
    return read(split, field, rows);
  }

  std::vector<std::string> class_names() const { return names_of(&ubp_names_ext::classes); }
  std::vector<std::string> column_names() const { return names_of(&ubp_names_ext::columns); }

 private:
  using Ask = ubp_status (*)(void*, const char* const**, std::uint32_t*);
  std::vector<std::string> names_of(Ask ubp_names_ext::*list) const {
    const void* extension = instance_.component().life->get_extension(instance_.self(), UBP_EXT_NAMES);
    const char* const* found = nullptr;
    std::uint32_t n = 0;
    check((static_cast<const ubp_names_ext*>(extension)->*list)(instance_.self(), &found, &n));
    return {found, found + n};
  }
  const ubp_dataset_vt& vt() const { return instance_.table<ubp_dataset_vt>(); }
  Instance instance_;
};

/// What is said when the data set is opened with these parameters, from the name of the file on if that begins it; else
/// "accepted".
inline std::string refusal_of(const std::string& id, Params params, const Folder& folder, const std::string& name) {
  params["file"] = folder.path + "/" + name;
  try {
    Opened(id, params);
  } catch (const Refusal& e) {
    const std::string text = e.what();
    return text.rfind(folder.path + "/", 0) == 0 ? text.substr(folder.path.size() + 1) : text;
  }
  return "accepted";
}

}  // namespace harness
