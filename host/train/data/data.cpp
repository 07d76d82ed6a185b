// SPDX-License-Identifier: MIT
#include "train/data/data.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <numeric>
#include <set>
#include <type_traits>

#include "base/error.hpp"
#include "engine/flat.hpp"
#include "engine/ops.hpp"
#include "engine/parallel.hpp"
#include "train/data/cell_mask.hpp"
#include "train/data/rows.hpp"
#include "train/data/splits.hpp"

namespace ubp {
namespace {

double cell(const StoredField& f, i64 index) {
  switch (f.dtype) {
    case DType::f32:
      return static_cast<const float*>(f.data)[index];
    case DType::f64:
      return static_cast<const double*>(f.data)[index];
    case DType::i64:
      return static_cast<double>(static_cast<const i64*>(f.data)[index]);
    case DType::u8: {
      const double v = static_cast<const std::uint8_t*>(f.data)[index];
      return f.flags & UBP_FIELD_UNIT_BYTES ? v / 255.0 : v;
    }
  }
  return 0;
}

constexpr std::size_t kAhead = 3;  ///< rows

/// Rows come in random order, from memory mostly: the processor cannot guess the next one.
void fetch(const void* row, i64 bytes) {
  constexpr i64 kLine = 64, kMost = 64 * kLine;
  for (i64 at = 0; at < std::min(bytes, kMost); at += kLine) __builtin_prefetch(static_cast<const char*>(row) + at);
}

template <class T>
void gather_bytes(const StoredField& f, std::span<const i64> rows, i64 columns, T* out) {
  static const auto unit = [] {
    std::array<T, 256> table{};
    for (int i = 0; i < 256; ++i) table[static_cast<std::size_t>(i)] = static_cast<T>(i / 255.0);
    return table;
  }();
  const auto* bytes = static_cast<const std::uint8_t*>(f.data);
  if constexpr (sizeof(T) == 4) {
    for (std::size_t k = 0; k < rows.size(); ++k, out += columns) {
      if (k + kAhead < rows.size()) fetch(bytes + rows[k + kAhead] * columns, columns);
      flat::to_unit(columns, bytes + rows[k] * columns, out);
    }
  } else {
    for (i64 row : rows)
      for (i64 c = 0; c < columns; ++c) *out++ = unit[bytes[row * columns + c]];
  }
}

template <class T>
void gather_cells(const StoredField& f, std::span<const i64> rows, i64 columns, T* out) {
  const auto from = [&](auto cell_type) {
    using Cell = decltype(cell_type);
    const auto* cells = static_cast<const Cell*>(f.data);
    if constexpr (std::is_same_v<Cell, T>) {
      for (i64 row : rows) out = std::copy_n(cells + row * columns, columns, out);
      return;
    }
    for (i64 row : rows)
      for (i64 c = 0; c < columns; ++c) *out++ = static_cast<T>(static_cast<double>(cells[row * columns + c]));
  };
  switch (f.dtype) {
    case DType::f32:
      return from(float{});
    case DType::f64:
      return from(double{});
    case DType::i64:
      return from(i64{});
    case DType::u8:
      return f.flags & UBP_FIELD_UNIT_BYTES ? gather_bytes(f, rows, columns, out) : from(std::uint8_t{});
  }
}

std::vector<i64> every_row(i64 n) {
  std::vector<i64> all(static_cast<std::size_t>(n));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

void limit(std::vector<i64>& rows, i64 most) {
  if (most > 0 && most < static_cast<i64>(rows.size())) rows.resize(static_cast<std::size_t>(most));
}

double mean_of(const std::vector<double>& cells) {
  double mean = 0, n = 0;
  for (const double cell : cells) mean += (cell - mean) / ++n;
  return mean;
}

double median_of(std::vector<double> cells) {
  const auto middle = cells.begin() + static_cast<std::ptrdiff_t>(cells.size() / 2);
  std::nth_element(cells.begin(), middle, cells.end());
  if (cells.size() % 2 == 1) return *middle;
  return std::midpoint(*std::max_element(cells.begin(), middle), *middle);
}

}  // namespace

Data::Data(const ComponentUse& use, const DataOptions& options) : stored_(std::make_unique<StoredData>(use)) {
  const auto& splits = stored_->splits();
  const auto train = splits.find("train");
  if (train == splits.end()) fail(Exit::usage, "dataset '{}': has no training rows", use.id);
  train_.stored = &train->second;
  if (const auto valid = splits.find("valid"); valid != splits.end()) valid_.stored = &valid->second;
  if (const auto test = splits.find("test"); test != splits.end()) test_.stored = &test->second;
  for (const auto& [name, split] : splits)
    if (&split != train_.stored && &split != valid_.stored && &split != test_.stored) named_[name].stored = &split;
  for (std::size_t i = 0; i < train_.stored->fields.size(); ++i) {
    const StoredField& f = train_.stored->fields[i];
    if (f.flags & UBP_FIELD_INPUT) input_field_ = static_cast<int>(i);
    if (f.flags & UBP_FIELD_LABEL) label_field_ = static_cast<int>(i);
    if (f.flags & UBP_FIELD_MASK) mask_field_ = static_cast<int>(i);
    if (f.flags & UBP_FIELD_WEIGHT) weight_field_ = static_cast<int>(i);
    if (f.flags & UBP_FIELD_LENGTH) length_field_ = static_cast<int>(i);
    if (f.flags & UBP_FIELD_FACTOR) {
      factor_fields_.push_back(static_cast<int>(i));
      factors_.push_back({sizeof(ubp_factor), f.dtype == DType::i64, f.name.c_str()});
    } else {
      names_.push_back(f.name.c_str());
    }
  }
  for (const auto& [name, split] : splits) require_weights(split, name, use.id), require_lengths(split, name, use.id);
  names_.push_back(nullptr);
  if (input_field_ < 0) fail(Exit::usage, "dataset '{}': declares no input field", use.id);
  columns_ = data_columns_ = train_.stored->fields[static_cast<std::size_t>(input_field_)].row.count();
  nominal_ = stored_->nominal();
  missing_ = options.missing;
  if (has_lengths() && missing_ != Missing::refuse)
    fail(Exit::usage,
         "dataset.missing_cells: the rows of '{}' have different lengths, and what is behind their end is no missing "
         "cell: expected refuse",
         use.id);
  if (missing_ == Missing::drop_columns && lacks_cells()) keep_whole_columns();
  choose_rows(options);
  const auto draw = [&](double share, i64 seed, MaskStream stream) {
    return draw_cells(train_.stored->rows, data_columns_, share, static_cast<std::uint32_t>(seed), stream);
  };
  if (!options.withhold_file.empty()) {
    hide(Hidden::withheld, read_cells(train_.stored->rows, data_columns_, options.withhold_file));
    mask_file_ = {source_file(located(options.withhold_file))};
  }
  if (options.withhold > 0) hide(Hidden::withheld, draw(options.withhold, options.withhold_seed, MaskStream::withhold));
  if (options.validate > 0)
    hide(Hidden::validation, draw(options.validate, options.validate_seed, MaskStream::validate));
  if ((missing_ == Missing::mean || missing_ == Missing::median) && lacks_cells()) fit_fill();
  if (options.missing_mask && !fill_.empty()) columns_ *= 2;
  if (options.scale != Scale::none) fit_scales(options.scale);
}

void Data::require_weights(const StoredSplit& split, const std::string& name, const std::string& id) const {
  if (!has_weights()) return;
  const StoredField& weight = split.fields[static_cast<std::size_t>(weight_field_)];
  double sum = 0;
  for (i64 row = 0; row < split.rows; ++row) {
    const double w = cell(weight, row);
    if (!(w >= 0) || std::isinf(w))
      fail(Exit::usage, "dataset '{}': row {} of {}: weight '{}': found {}, expected a number from 0", id, row, name,
           weight.name, w);
    sum += w;
  }
  if (sum == 0)
    fail(Exit::usage, "dataset '{}': weight '{}' of {}: every row has 0: nothing counts", id, weight.name, name);
}

void Data::require_lengths(const StoredSplit& split, const std::string& name, const std::string& id) const {
  if (!has_lengths()) return;
  const StoredField& length = split.fields[static_cast<std::size_t>(length_field_)];
  const Shape& row = split.fields[static_cast<std::size_t>(input_field_)].row;
  if (row.nd == 0) fail(Exit::usage, "dataset '{}': rows of one number have no length: found '{}'", id, length.name);
  for (i64 at = 0; at < split.rows; ++at)
    if (const double found = cell(length, at); found < 1 || found > static_cast<double>(row[0]))
      fail(Exit::usage, "dataset '{}': row {} of {}: length '{}': found {}, expected 1 to {}", id, at, name,
           length.name, found, row[0]);
}

std::string Data::class_name(i64 label) const {
  const std::vector<std::string>& names = stored_->class_names();
  return label >= 0 && label < static_cast<i64>(names.size()) ? names[static_cast<std::size_t>(label)]
                                                              : std::to_string(label);
}

std::string Data::column_name(i64 column) const {
  const std::vector<std::string>& names = stored_->column_names();
  const bool is_mask = column >= data_columns_;
  i64 stored = is_mask ? column - data_columns_ : column;
  if (!kept_.empty()) stored = kept_[static_cast<std::size_t>(stored)];
  if (stored < 0 || stored >= static_cast<i64>(names.size())) return "";
  return names[static_cast<std::size_t>(stored)] + (is_mask ? " known" : "");
}

std::vector<SourceFile> Data::sources() const {
  std::vector<SourceFile> all = stored_->sources();
  all.insert(all.end(), mask_file_.begin(), mask_file_.end());
  return all;
}

// Order matters: first the splits, so that no option of the training rows moves a row that judges.
void Data::choose_rows(const DataOptions& options) {
  const std::vector<i64> usable = usable_rows(train_);
  RowsToSplit data{static_cast<i64>(usable.size()), {}, valid_.stored != nullptr, test_.stored != nullptr};
  train_.rows = usable;
  if (has_labels()) data.labels = labels("train", every_row(data.rows));
  RowSplits splits = split_rows(data, options);
  for (std::vector<i64>* rows : {&splits.train, &splits.valid, &splits.test})
    for (i64& row : *rows) row = usable[static_cast<std::size_t>(row)];
  train_.rows = std::move(splits.train);
  for (auto [split, rows] : {std::pair(&valid_, &splits.valid), std::pair(&test_, &splits.test)}) {
    if (split->stored) *rows = usable_rows(*split);
    if (!rows->empty() && !split->stored) split->stored = train_.stored;
    split->rows = std::move(*rows);
  }
  for (auto& [name, split] : named_) split.rows = usable_rows(split);
  limit_training(options);
  limit(test_.rows, options.test_rows);
  if (train_.rows.empty()) fail(Exit::usage, "dataset: its options leave no training row");
}

void Data::limit_training(const DataOptions& options) {
  const std::vector<i64>&wanted = options.classes, &unwanted = options.exclude_classes;
  const i64 per_class = options.per_class;
  if (!wanted.empty() || !unwanted.empty() || per_class > 0) {
    if (!has_labels()) fail(Exit::usage, "dataset: classes, exclude_classes and per_class need a data set with labels");
    const std::vector<i64> label = labels("train", every_row(static_cast<i64>(train_.rows.size())));
    const std::set<i64> want(wanted.begin(), wanted.end()), refuse(unwanted.begin(), unwanted.end());
    std::map<i64, i64> taken;
    std::vector<i64> kept;
    for (std::size_t i = 0; i < label.size(); ++i) {
      if ((!want.empty() && !want.count(label[i])) || refuse.count(label[i])) continue;
      if (per_class > 0 && taken[label[i]]++ >= per_class) continue;
      kept.push_back(train_.rows[i]);
    }
    train_.rows = std::move(kept);
  }
  limit(train_.rows, options.rows);
}

/// All, or those that lack no cell.
std::vector<i64> Data::usable_rows(const Split& s) const {
  std::vector<i64> rows = every_row(s.stored->rows);
  if (missing_ != Missing::drop_rows || !lacks_cells()) return rows;
  std::erase_if(rows, [&](i64 row) {
    for (i64 c = 0; c < data_columns_; ++c)
      if (!in_file(s, row, c)) return true;
    return false;
  });
  if (rows.empty())
    fail(Exit::usage, "dataset.missing_cells: every row lacks a cell: found drop_rows, which leaves none");
  return rows;
}

/// A column is whole if no row of any split lacks it.
void Data::keep_whole_columns() {
  if (field(train_, nullptr).row.nd != 1)
    fail(Exit::usage, "dataset.missing_cells: found drop_columns, but the rows of the data set are no rows of columns");
  std::vector<i64> whole;
  for (i64 c = 0; c < data_columns_; ++c) {
    bool is_whole = true;
    const auto look = [&](const Split& s) {
      for (i64 row = 0; s.stored && is_whole && row < s.stored->rows; ++row) is_whole = in_file(s, row, c);
    };
    for (const Split* s : {&train_, &valid_, &test_}) look(*s);
    for (const auto& [name, s] : named_) look(s);
    if (is_whole) whole.push_back(c);
  }
  if (whole.empty())
    fail(Exit::usage, "dataset.missing_cells: every column lacks a cell: found drop_columns, which leaves none");
  nominal_.clear();
  const auto place = [&](i64 c) { return std::lower_bound(whole.begin(), whole.end(), c) - whole.begin(); };
  for (std::size_t i = 0; i < stored_->nominal().size(); i += 2) {
    const i64 first = place(stored_->nominal()[i]), last = place(stored_->nominal()[i + 1] + 1) - 1;
    if (first <= last) nominal_.push_back(first), nominal_.push_back(last);
  }
  columns_ = data_columns_ = static_cast<i64>(whole.size());
  kept_ = std::move(whole);
}

std::vector<double> Data::seen_cells(i64 column) const {
  std::vector<double> cells;
  for (i64 row : train_.rows)
    if (seen(train_, row, column)) cells.push_back(raw(train_, row, column));
  return cells;
}

void Data::fit_fill() {
  if (field(train_, nullptr).row.nd != 1)
    fail(Exit::usage, "dataset.missing_cells: found {}, but the rows of the data set are no rows of columns",
         missing_ == Missing::mean ? "mean" : "median");
  std::vector<double> fill;
  for (i64 c = 0; c < data_columns_; ++c) {
    const std::vector<double> cells = seen_cells(c);
    if (cells.empty())
      fail(Exit::usage, "dataset.missing_cells: no training row knows column {}: nothing to fill it with", c);
    fill.push_back(missing_ == Missing::mean ? mean_of(cells) : median_of(cells));
  }
  fill_ = std::move(fill);
}

// The first column of a one-hot group speaks for the whole. What is hidden already stays what it is.
void Data::hide(Hidden as, const std::vector<char>& cells) {
  std::vector<std::size_t> first(static_cast<std::size_t>(data_columns_));
  std::iota(first.begin(), first.end(), std::size_t{0});
  for (std::size_t i = 0; i < nominal().size(); i += 2)
    std::fill(first.begin() + nominal()[i], first.begin() + nominal()[i + 1] + 1,
              static_cast<std::size_t>(nominal()[i]));
  hidden_.resize(cells.size());
  for (std::size_t at = 0; at < cells.size(); at += first.size())
    for (std::size_t c = 0; c < first.size(); ++c)
      if (cells[at + first[c]] && hidden_[at + c] == Hidden::no) hidden_[at + c] = as;
  judged_ = as;
}

bool Data::is_padding(const Split& s, i64 row, i64 column) const {
  if (!has_lengths()) return false;
  const Shape& shape = s.stored->fields[static_cast<std::size_t>(input_field_)].row;
  const double entry = static_cast<double>(column / (shape.count() / shape[0]));
  return entry >= cell(s.stored->fields[static_cast<std::size_t>(length_field_)], row);
}

bool Data::in_file(const Split& s, i64 row, i64 column) const {
  if (is_padding(s, row, column)) return false;
  if (mask_field_ < 0) return true;
  const StoredField& mask = s.stored->fields[static_cast<std::size_t>(mask_field_)];
  const i64 at = kept_.empty() ? column : kept_[static_cast<std::size_t>(column)];
  return cell(mask, row * mask.row.count() + at) != 0;
}

/// The data set holds it, and it is not hidden from training.
bool Data::seen(const Split& s, i64 row, i64 column) const {
  if (s.stored == train_.stored && !hidden_.empty() &&
      hidden_[static_cast<std::size_t>(row * data_columns_ + column)] != Hidden::no)
    return false;
  return in_file(s, row, column);
}

/// What training may use: seen, or filled.
bool Data::known(const Split& s, i64 row, i64 column) const {
  if (column >= data_columns_) return true;
  return seen(s, row, column) || (!fill_.empty() && !in_file(s, row, column));
}

double Data::raw(const Split& s, i64 row, i64 column) const {
  if (column >= data_columns_) return seen(s, row, column - data_columns_);
  if (is_padding(s, row, column)) return 0;
  if (!fill_.empty() && !in_file(s, row, column)) return fill_[static_cast<std::size_t>(column)];
  const StoredField& input = s.stored->fields[static_cast<std::size_t>(input_field_)];
  return cell(input, row * input.row.count() + (kept_.empty() ? column : kept_[static_cast<std::size_t>(column)]));
}

// Of rows of different lengths, a column is that of every entry: at the last ones there may be a row or two.
void Data::fit_scales(Scale kind) {
  const i64 apart = has_lengths() ? data_columns_ / row_shape(nullptr)[0] : data_columns_;
  for (i64 c = 0; c < apart; ++c)
    scales_.push_back(fit_scale(kind, [&](const std::function<void(double)>& take) {
      for (i64 row : train_.rows)
        for (i64 at = c; at < data_columns_; at += apart)
          if (seen(train_, row, at)) take(raw(train_, row, at));
    }));
  for (i64 c = apart; c < data_columns_; ++c) scales_.push_back(scales_[static_cast<std::size_t>(c - apart)]);
  scales_.resize(static_cast<std::size_t>(columns_));  // a mask stays as it is
}

const Data::Split& Data::split(const std::string& name) const {
  if (name == "train") return train_;
  if (name == "valid" && valid_.stored) return valid_;
  if (name == "test" && test_.stored) return test_;
  if (const auto named = named_.find(name); named != named_.end()) return named->second;
  std::string there;
  for (const std::string& each : split_names()) there += (there.empty() ? "" : ", ") + each;
  throw EngineError(UBP_E_NOT_FOUND, fmt::format("there is no split '{}'; there are: {}", name, there));
}

std::vector<std::string> Data::split_names() const {
  std::vector<std::string> all{"train"};
  if (valid_.stored) all.emplace_back("valid");
  if (test_.stored) all.emplace_back("test");
  for (const auto& [name, split] : named_) all.push_back(name);
  return all;
}

bool Data::has(const std::string& name) const {
  return name == "train" || (name == "valid" && valid_.stored) || (name == "test" && test_.stored) ||
         named_.contains(name);
}
i64 Data::rows(const std::string& name) const { return static_cast<i64>(split(name).rows.size()); }

const StoredField& Data::field(const Split& s, const char* name) const {
  if (!name) return s.stored->fields[static_cast<std::size_t>(input_field_)];
  std::vector<std::string> have;
  for (const StoredField& f : s.stored->fields) {
    if (f.name == name) return f;
    if (!(f.flags & UBP_FIELD_FACTOR)) have.push_back(f.name);
  }
  // "label" names the label field whatever the data set calls it.
  if (std::strcmp(name, "label") == 0 && has_labels()) return s.stored->fields[static_cast<std::size_t>(label_field_)];
  throw EngineError(UBP_E_NOT_FOUND, fmt::format("the data set has no field '{}'{}", name, suggestion(name, have)));
}

bool Data::is_image() const { return field(train_, nullptr).flags & UBP_FIELD_IMAGE_CHW; }
Shape Data::row_shape(const char* name) const {
  const StoredField& f = field(train_, name);
  return f.flags & UBP_FIELD_INPUT && !is_plain() ? Shape{columns_} : f.row;
}
DType Data::field_dtype(const char* name) const { return field(train_, name).dtype; }
bool Data::is_label(const char* name) const { return field(train_, name).flags & UBP_FIELD_LABEL; }
bool Data::is_factor(const char* name) const { return field(train_, name).flags & UBP_FIELD_FACTOR; }

Tensor Data::gather(Engine& engine, const std::string& name, const char* field_name, std::span<const i64> index) const {
  const Split& s = split(name);
  const StoredField& f = field(s, field_name);
  std::vector<i64> rows(index.size());
  for (std::size_t i = 0; i < index.size(); ++i) rows[i] = s.rows.at(static_cast<std::size_t>(index[i]));
  const bool input = f.flags & UBP_FIELD_INPUT;
  const i64 columns = input ? columns_ : f.row.count(), n = static_cast<i64>(rows.size());
  const DType dtype = f.dtype == DType::i64 && !input ? DType::i64 : engine.real();
  const Tensor t = engine.empty(dtype, of_rows(n, row_shape(field_name)));
  void* out = engine.mutable_data(t);
  if (dtype == DType::i64) {
    for (i64 i = 0; i < n; ++i)
      std::memcpy(static_cast<i64*>(out) + i * columns,
                  static_cast<const i64*>(f.data) + rows[static_cast<std::size_t>(i)] * columns,
                  static_cast<std::size_t>(columns) * sizeof(i64));
    return t;
  }
  const auto finish = [&](auto* values, i64 lo, i64 hi) {
    using Real = std::remove_reference_t<decltype(*values)>;
    if (!input || (scales_.empty() && is_plain()))
      gather_cells(f, std::span(rows).subspan(static_cast<std::size_t>(lo), static_cast<std::size_t>(hi - lo)), columns,
                   values + lo * columns);
    else
      for (i64 i = lo; i < hi; ++i)  // in double, and rounded once: an offset must not eat the digits
        for (i64 c = 0; c < columns; ++c) {
          const double value = raw(s, rows[static_cast<std::size_t>(i)], c);
          values[i * columns + c] =
              static_cast<Real>(scales_.empty() ? value : scales_[static_cast<std::size_t>(c)].scaled(value));
        }
    if (!input || !has_mask()) return;
    for (i64 i = lo; i < hi; ++i)
      for (i64 c = 0; c < columns; ++c)
        if (!known(s, rows[static_cast<std::size_t>(i)], c)) values[i * columns + c] = 0;
  };
  parallel_rows(n, columns, [&](i64 lo, i64 hi) {
    if (dtype == DType::f64)
      finish(static_cast<double*>(out), lo, hi);
    else
      finish(static_cast<float*>(out), lo, hi);
  });
  return t;
}

Tensor Data::mask(Engine& engine, const std::string& name, std::span<const i64> index) const {
  const Tensor t = engine.empty(engine.real(), of_rows(static_cast<i64>(index.size()), row_shape(nullptr)));
  void* out = engine.mutable_data(t);
  const Split& s = split(name);
  i64 at = 0;
  for (i64 i : index)
    for (i64 c = 0; c < columns_; ++c, ++at) {
      const bool is = known(s, s.rows.at(static_cast<std::size_t>(i)), c);
      if (engine.real() == DType::f64)
        static_cast<double*>(out)[at] = is;
      else
        static_cast<float*>(out)[at] = is;
    }
  return t;
}

Tensor Data::weights(Engine& engine, const std::string& name, std::span<const i64> index) const {
  const StoredField& weight = split(name).stored->fields[static_cast<std::size_t>(weight_field_)];
  return ops::reshape(engine, gather(engine, name, weight.name.c_str(), index), Shape{static_cast<i64>(index.size())});
}

Tensor Data::lengths(Engine& engine, const std::string& name, std::span<const i64> index) const {
  const StoredField& length = split(name).stored->fields[static_cast<std::size_t>(length_field_)];
  return ops::reshape(engine, gather(engine, name, length.name.c_str(), index), Shape{static_cast<i64>(index.size())});
}

std::vector<double> Data::factor_values(const std::string& name, std::span<const i64> index) const {
  const Split& s = split(name);
  std::vector<double> all;
  all.reserve(index.size() * factor_fields_.size());
  for (i64 i : index)
    for (int field : factor_fields_)
      all.push_back(cell(s.stored->fields[static_cast<std::size_t>(field)], s.rows.at(static_cast<std::size_t>(i))));
  return all;
}

std::vector<char> Data::known_cells(const std::string& name, std::span<const i64> index) const {
  const Split& s = split(name);
  std::vector<char> all;
  all.reserve(index.size() * static_cast<std::size_t>(columns_));
  for (i64 i : index)
    for (i64 c = 0; c < columns_; ++c)
      all.push_back(c >= data_columns_ || seen(s, s.rows.at(static_cast<std::size_t>(i)), c));
  return all;
}

std::vector<i64> Data::labels(const std::string& name, std::span<const i64> index) const {
  const Split& s = split(name);
  std::vector<i64> all;
  if (!has_labels()) return all;
  const StoredField& f = s.stored->fields[static_cast<std::size_t>(label_field_)];
  for (i64 i : index) all.push_back(static_cast<i64>(cell(f, s.rows.at(static_cast<std::size_t>(i)))));
  return all;
}

std::vector<double> Data::raw_input(const std::string& name, std::span<const i64> index) const {
  const Split& s = split(name);
  std::vector<double> all;
  all.reserve(index.size() * static_cast<std::size_t>(columns_));
  for (i64 i : index)
    for (i64 c = 0; c < columns_; ++c) all.push_back(raw(s, s.rows.at(static_cast<std::size_t>(i)), c));
  return all;
}

std::vector<double> Data::withheld(const std::string& name, std::span<const i64> index) const {
  const Split& s = split(name);
  std::vector<double> all(index.size() * static_cast<std::size_t>(columns_), 0);
  if (!withholds(name)) return all;
  std::size_t at = 0;
  for (i64 i : index) {
    const i64 row = s.rows.at(static_cast<std::size_t>(i));
    for (i64 c = 0; c < columns_; ++c, ++at)  // a cell that the file itself lacks has no truth to compare with
      all[at] = c < data_columns_ && hidden_[static_cast<std::size_t>(row * data_columns_ + c)] == judged_ &&
                in_file(s, row, c);
  }
  return all;
}

void Data::unscale(std::span<double> values) const {
  if (scales_.empty()) return;
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = scales_[i % static_cast<std::size_t>(columns_)].raw(values[i]);
}

}  // namespace ubp
