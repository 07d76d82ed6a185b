// SPDX-License-Identifier: MIT
// A table of texts as a data set of numbers: what csv, arff and scikit-learn's tables have in common.
#pragma once

#include <unordered_set>

#include "columns.hpp"
#include "files.hpp"

namespace datasets {

/// A table in memory: one split, rows as doubles, a mask only if a cell is missing, a label only if one is named.
class TableDataset : public ubp::Dataset {
 public:
  std::vector<ubp_field> fields() override {
    std::vector<ubp_field> all{ubp::field("x", {width_}, UBP_FIELD_INPUT, UBP_F64)};
    if (!mask_.empty()) all.push_back(ubp::field("mask", {width_}, UBP_FIELD_MASK, UBP_U8));
    if (!label_.empty()) all.push_back(ubp::field("label", {}, UBP_FIELD_LABEL, UBP_I64));
    if (!weight_.empty()) all.push_back(ubp::field("weight", {}, UBP_FIELD_WEIGHT, UBP_F64));
    return all;
  }
  std::int64_t count(const std::string& split) override { return split == "train" ? rows_ : 0; }
  std::vector<ubp::Columns> nominal() override { return nominal_; }
  std::vector<std::string> class_names() override { return class_names_; }
  std::vector<std::string> column_names() override { return column_names_; }

  void read(const std::string& split, const std::int64_t* rows, std::uint32_t n,
            const std::vector<ubp::FieldOut>& out) override {
    const auto width = static_cast<std::size_t>(width_);
    for (std::uint32_t i = 0; i < n; ++i) {
      if (rows[i] < 0 || rows[i] >= count(split))
        throw ubp::Error("row " + std::to_string(rows[i]) + " does not exist");
      const auto r = static_cast<std::size_t>(rows[i]);
      std::size_t field = 0;
      std::copy_n(&x_[r * width], width, out[field++].view().row<double>(i));
      if (!mask_.empty()) std::copy_n(&mask_[r * width], width, out[field++].bytes(i));
      if (!label_.empty()) *out[field++].view().row<std::int64_t>(i) = label_[r];
      if (!weight_.empty()) *out[field].view().row<double>(i) = weight_[r];
    }
  }

 protected:
  void fill(std::int64_t width, std::vector<double> x, std::vector<std::int64_t> label,
            std::vector<std::string> class_names) {
    width_ = width, rows_ = static_cast<std::int64_t>(x.size()) / width;
    x_ = std::move(x), label_ = std::move(label), class_names_ = std::move(class_names);
    mask_.clear(), nominal_.clear(), column_names_.clear(), weight_.clear();
  }
  void fill(const RawTable& raw, const TableOptions& options);

  std::int64_t width() const { return width_; }
  bool has_mask() const { return !mask_.empty(); }
  bool has_label() const { return !label_.empty(); }
  const double* x(std::size_t row) const { return &x_[row * static_cast<std::size_t>(width_)]; }
  const std::uint8_t* mask(std::size_t row) const { return &mask_[row * static_cast<std::size_t>(width_)]; }
  std::int64_t label(std::size_t row) const { return label_[row]; }

 private:
  using Encodings = std::vector<detail::Encoding>;
  void write(const RawTable& raw, const Encodings& encodings, const Notation& notation);
  void name(const RawTable& raw, const Encodings& encodings);
  void note(const RawTable& raw, const Encodings& encodings, const TableOptions& options) const;
  bool is_known(std::size_t at) const { return mask_.empty() || mask_[at]; }
  bool is_constant(std::size_t column) const;
  bool is_identifier(std::size_t column) const;

  std::int64_t rows_ = 0, width_ = 0;
  std::vector<double> x_;
  std::vector<std::uint8_t> mask_;
  std::vector<ubp::Columns> nominal_;
  std::vector<std::int64_t> label_;
  std::vector<double> weight_;
  std::vector<std::string> class_names_, column_names_;
};

namespace detail {

/// Columns that the user may want to drop, named in one line of the log: "about 'a', 'b': advice".
class Note {
 public:
  Note(const std::string& path, const std::string& about, std::string advice)
      : text_(path + ": " + about), advice_(std::move(advice)) {}
  void add(const std::string& column) {
    if (++n_ <= kNamed) text_ += (n_ > 1 ? ", '" : " '") + column + "'";
  }
  void tell() const {
    const ubp_host* host = ubp::detail::g.host;
    if (n_ == 0 || !UBP_HAS(host, log)) return;
    const std::string more = n_ > kNamed ? " and " + std::to_string(n_ - kNamed) + " more" : "";
    host->log(host, UBP_LOG_WARN, "table", (text_ + more + ": " + advice_).c_str());
  }

 private:
  static constexpr std::size_t kNamed = 10;
  std::string text_, advice_;
  std::size_t n_ = 0;
};

/// The columns that options name must be there, and be named to one end.
inline void require_columns(const RawTable& raw, const TableOptions& options) {
  for (const std::string& name : options.names) {
    raw.find(name, "of names");
    if (holds(options.numbers, name))
      throw ubp::Error(raw.path + ": column '" + name + "' is said to be of names and of numbers");
  }
  for (const std::string& name : options.numbers) raw.find(name, "of numbers");
}

/// Columns whose cells decide what they are.
inline std::vector<bool> undecided(const RawTable& raw, const std::vector<bool>& is_left_out,
                                   const TableOptions& options) {
  std::vector<bool> is_wanted(raw.columns.size());
  for (std::size_t c = 0; c < raw.columns.size(); ++c) {
    const RawTable::Column& column = raw.columns[c];
    is_wanted[c] = !is_left_out[c] && !column.is_nominal && !column.is_number && !holds(options.names, column.name) &&
                   !holds(options.numbers, column.name);
  }
  return is_wanted;
}

}  // namespace detail

inline void TableDataset::fill(const RawTable& raw, const TableOptions& options) {
  if (raw.rows() == 0) throw ubp::Error(raw.path + ": holds no rows", UBP_E_IO);
  detail::require_columns(raw, options);
  std::vector<bool> is_left_out(raw.columns.size(), false);
  for (const std::string& name : options.drop) is_left_out[raw.find(name, "to drop")] = true;
  const std::size_t label = options.label.empty() ? raw.columns.size() : raw.find(options.label, "the label");
  if (label < raw.columns.size()) is_left_out[label] = false;
  std::vector<double> weights = detail::weights_of(raw, options);
  if (!weights.empty()) is_left_out[raw.find(options.weight, "the weight")] = true;
  const std::vector<detail::Seen> seen =
      detail::seen_in(raw, detail::undecided(raw, is_left_out, options), options.notation);

  detail::Classes classes;
  if (label < raw.columns.size()) classes = detail::classes_of(raw, label, seen[label], options);
  Encodings encodings;
  std::int64_t width = 0;
  for (std::size_t c = 0; c < raw.columns.size(); ++c)
    if (!is_left_out[c] && c != label)
      width += encodings.emplace_back(detail::encoding_of(raw, c, seen[c], options)).width();
  if (width == 0) throw ubp::Error(raw.path + ": no column is left", UBP_E_IO);

  const double cells = static_cast<double>(raw.rows()) * static_cast<double>(width);
  require_room(raw.path, raw.bytes() + cells * static_cast<double>(sizeof(double)));
  fill(width, std::vector<double>(raw.rows() * static_cast<std::size_t>(width)), std::move(classes.label),
       std::move(classes.names));
  weight_ = std::move(weights);
  write(raw, encodings, options.notation);
  name(raw, encodings);
  note(raw, encodings, options);
}

inline void TableDataset::write(const RawTable& raw, const Encodings& encodings, const Notation& notation) {
  std::size_t at = 0;
  for (std::size_t r = 0; r < raw.rows(); ++r)
    for (const detail::Encoding& e : encodings) {
      const auto w = static_cast<std::size_t>(e.width());
      if (!raw.cell(r, e.source).data()) {  // all columns of an unknown value are unknown
        if (mask_.empty()) mask_.assign(x_.size(), 1);
        std::fill_n(&mask_[at], w, std::uint8_t{0});
      } else if (!e.names) {
        x_[at] = detail::number_in(raw, r, e.source, notation);
      } else {
        const std::int64_t index = detail::index_in(raw, r, e.source, *e.names);
        if (e.is_one_hot)
          x_[at + static_cast<std::size_t>(index)] = 1;
        else
          x_[at] = static_cast<double>(index);
      }
      at += w;
    }
}

inline void TableDataset::name(const RawTable& raw, const Encodings& encodings) {
  std::int64_t first = 0;
  for (const detail::Encoding& e : encodings) {
    if (e.names) nominal_.push_back({first, first + e.width() - 1});
    first += e.width();
    detail::append_column_names(column_names_, raw, e);
  }
}

inline bool TableDataset::is_constant(std::size_t column) const {
  const double* first = nullptr;
  for (std::size_t at = column; at < x_.size(); at += static_cast<std::size_t>(width_)) {
    if (!is_known(at)) continue;
    if (first && x_[at] != *first) return false;
    first = &x_[at];
  }
  return true;
}

/// Each row that is known holds another whole number.
inline bool TableDataset::is_identifier(std::size_t column) const {
  std::unordered_set<double> values;
  for (std::size_t at = column; at < x_.size(); at += static_cast<std::size_t>(width_))
    if (is_known(at) && (x_[at] != std::floor(x_[at]) || !values.insert(x_[at]).second)) return false;
  return !values.empty();
}

inline void TableDataset::note(const RawTable& raw, const Encodings& encodings, const TableOptions& options) const {
  constexpr std::int64_t kEnough = 12;  // rows to tell an identifier by
  detail::Note constant(raw.path, "nothing changes in", "drop what tells nothing");
  detail::Note identifier(raw.path, "every row holds another whole number or text in", "drop what is an identifier");
  detail::Note index(raw.path,
                     std::to_string(options.value_cap) + " different texts or more are read as their index in",
                     "drop what is a name");
  std::size_t first = 0;
  for (const detail::Encoding& e : encodings) {
    const RawTable::Column& c = raw.columns[e.source];
    const bool is_told = !c.values.empty() || detail::holds(options.names, c.name);
    const bool is_unique = e.names ? !is_told && e.names->count() == rows_ : is_identifier(first);
    if (!e.is_one_hot && is_constant(first))
      constant.add(c.name);
    else if (e.names && e.names->count() >= options.value_cap && !is_told)
      index.add(c.name);
    else if (rows_ >= kEnough && is_unique)
      identifier.add(c.name);
    first += static_cast<std::size_t>(e.width());
  }
  constant.tell(), identifier.tell(), index.tell();
}

}  // namespace datasets
