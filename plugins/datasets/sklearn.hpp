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
    path_ = files(data_dir).front(), line_ = 0;
    const std::string text = ByteFile(path_).read_all();
    Rows rows;
    for (std::size_t at = 0, end; at < text.size(); at = end + 1) {
      end = std::min(text.find('\n', at), text.size());
      const std::vector<std::string> cells = split_list(text.substr(at, end - at));
      if (++line_ == 1 && has_header())
        read_header(cells, rows);
      else
        read_row(cells, rows);
    }
    require_whole(rows);
    for (double& v : rows.x) v *= scale();
    fill(static_cast<std::int64_t>(rows.columns) - 1, std::move(rows.x), std::move(rows.label), std::move(rows.names));
  }

 protected:
  virtual double scale() const { return 1; }
  /// The classes, where no header tells them.
  virtual std::vector<std::string> known_classes() const { return {}; }

 private:
  struct Rows {
    std::string announced;    ///< rows, by the header
    std::size_t columns = 0;  ///< with the class
    std::vector<double> x;
    std::vector<std::int64_t> label;
    std::vector<std::string> names;
  };

  [[noreturn]] void refuse(const std::string& what) const {
    throw ubp::Error(path_ + ":" + std::to_string(line_) + ": " + what, UBP_E_IO);
  }
  double number(const std::string& cell) const {
    const auto found = to_number(trim(cell));
    if (!found) refuse("'" + cell + "' is not a number");
    if (!std::isfinite(*found)) refuse("'" + cell + "' is not a finite number");
    return *found;
  }

  void read_header(const std::vector<std::string>& cells, Rows& rows) const {
    if (cells.size() < 3) refuse("a header of rows, columns and classes is expected");
    rows.announced = cells[0];
    for (std::size_t i = 2; i < cells.size(); ++i) rows.names.emplace_back(trim(cells[i]));
    const double columns = number(cells[1]);
    if (columns < 1 || columns != std::floor(columns) || columns > 1e6)
      refuse("'" + cells[1] + "' is no number of columns");
    rows.columns = static_cast<std::size_t>(columns) + 1;
  }

  void read_row(const std::vector<std::string>& cells, Rows& rows) const {
    if (rows.names.empty()) rows.names = known_classes();
    if (rows.columns == 0) rows.columns = cells.size();
    if (cells.size() != rows.columns || rows.columns < 2)
      refuse(std::to_string(cells.size()) + " fields, expected " + std::to_string(rows.columns));
    for (std::size_t c = 0; c + 1 < cells.size(); ++c) rows.x.push_back(number(cells[c]));
    const double label = number(cells.back());
    if (label < 0 || label != std::floor(label) || label >= static_cast<double>(rows.names.size()))
      refuse("class " + cells.back() + " is none of 0 to " + std::to_string(rows.names.size() - 1));
    rows.label.push_back(static_cast<std::int64_t>(label));
  }

  void require_whole(const Rows& rows) const {
    if (rows.label.empty()) throw ubp::Error(path_ + ": holds no rows", UBP_E_IO);
    const std::string found = std::to_string(rows.label.size());
    if (has_header() && rows.announced != found)
      throw ubp::Error(path_ + ": holds " + found + " rows, its header announces " + rows.announced, UBP_E_IO);
  }

  std::string path_;
  std::int64_t line_ = 0;
};

}  // namespace datasets
