// SPDX-License-Identifier: MIT
// The tables that scikit-learn carries: lines of numbers, the class last.
#pragma once

#include "table.hpp"

namespace datasets {

class SklearnTable : public TableDataset {
 public:
  virtual std::string id() const = 0;
  virtual std::string file_name() const = 0;
  virtual bool has_header() const { return true; }  ///< a line "rows,columns,class names"
  virtual std::string folder() const = 0;           ///< as the user set it

  std::vector<std::string> files(const std::string& data_dir) override {
    std::vector<std::string> where{folder()};
    if (folder().empty()) where = {data_dir, "/usr/lib/python3/dist-packages/sklearn/datasets/data"};
    for (const std::string& f : where)
      if (const std::string path = join(f, file_name()); !f.empty() && is_file(path)) return {path};
    throw ubp::Error(id() + ": " + join(where.back(), file_name()) + " is missing: install it with `apt-get install " +
                         "python3-sklearn`, or set `folder` to sklearn/datasets/data of another scikit-learn",
                     UBP_E_IO);
  }

  void open(const std::string& data_dir) override {
    const std::string path = files(data_dir).front(), text = ByteFile(path).read_all();
    std::vector<double> x, row;
    std::vector<std::int64_t> label;
    std::size_t columns = 0;
    std::int64_t line = 0;
    for (std::size_t at = 0, end; at < text.size(); at = end + 1) {
      end = std::min(text.find('\n', at), text.size());
      if (++line == 1 && has_header()) continue;
      row.clear();
      for (const std::string& cell : split_list(text.substr(at, end - at))) {
        const auto number = to_number(trim(cell));
        if (!number) throw ubp::Error(path + ":" + std::to_string(line) + ": '" + cell + "' is not a number", UBP_E_IO);
        row.push_back(*number);
      }
      if (columns == 0) columns = row.size();
      if (row.size() != columns || columns < 2)
        throw ubp::Error(path + ":" + std::to_string(line) + ": " + std::to_string(row.size()) + " fields, expected " +
                             std::to_string(columns),
                         UBP_E_IO);
      x.insert(x.end(), row.begin(), row.end() - 1);
      label.push_back(static_cast<std::int64_t>(row.back()));
    }
    if (label.empty()) throw ubp::Error(path + ": holds no rows", UBP_E_IO);
    for (double& v : x) v *= scale();
    fill(static_cast<std::int64_t>(columns) - 1, std::move(x), std::move(label));
  }

 protected:
  virtual double scale() const { return 1; }
};

}  // namespace datasets
