// SPDX-License-Identifier: MIT
// The rows a trial trains and is evaluated on: which of the stored ones, how scaled, which cells hidden.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "train/data/cache.hpp"
#include "train/data/scale.hpp"

namespace ubp {

/// The data set as [dataset]'s host keys shape it.
///
/// Nothing that is withheld from training reaches it: masks hide it, inputs hold 0 there, and the statistics of `scale`
/// and of `missing_cells` are those of the known training cells. Cells of `validate` are drawn from the known ones and
/// hidden like the withheld ones, whose truth then reaches nobody.
class Data {
 public:
  Data(const ComponentUse&, const DataOptions&);

  bool has(const std::string& split) const;      ///< "train", "valid", "test", or a name of the data set's own
  std::vector<std::string> split_names() const;  ///< those that it has, in this order
  i64 rows(const std::string& split) const;
  bool has_mask() const { return (lacks_cells() && missing_ == Missing::refuse) || !hidden_.empty(); }
  bool has_labels() const { return label_field_ >= 0; }
  bool has_weights() const { return weight_field_ >= 0; }
  bool has_lengths() const { return length_field_ >= 0; }
  bool is_image() const;                     ///< the input is [channels, height, width]
  Shape row_shape(const char* field) const;  ///< null: the input. Throws EngineError (NOT_FOUND) listing the fields
  DType field_dtype(const char* field) const;
  bool is_label(const char* field) const;
  bool is_factor(const char* field) const;
  const std::vector<const char*>& field_names() const { return names_; }  ///< without factors; ends with null

  /// [n, row...]; the input is scaled, in `real`, with 0 in unknown cells; other fields keep integer types.
  Tensor gather(Engine&, const std::string& split, const char* field, std::span<const i64> rows) const;
  Tensor mask(Engine&, const std::string& split, std::span<const i64> rows) const;  ///< 1 = known to training
  /// 1 = the data set holds it, and training sees it; what `missing` fills is 0. [n, columns]
  std::vector<char> known_cells(const std::string& split, std::span<const i64> rows) const;
  std::vector<i64> labels(const std::string& split, std::span<const i64> rows) const;

  Tensor weights(Engine&, const std::string& split, std::span<const i64> rows) const;  ///< [n], how much a row counts
  Tensor lengths(Engine&, const std::string& split, std::span<const i64> rows) const;  ///< I64 [n], of the first axis

  // For metrics only: what training must not see.
  /// What rows were made from, where the data set says so: [n, factors().size()].
  std::vector<double> factor_values(const std::string& split, std::span<const i64> rows) const;
  const std::vector<ubp_factor>& factors() const { return factors_; }
  /// Input in raw units [n, columns] with every cell that the file knows.
  std::vector<double> raw_input(const std::string& split, std::span<const i64> rows) const;
  /// 1 = to be judged: hidden from training, its truth in raw_input. [n, columns]
  std::vector<double> withheld(const std::string& split, std::span<const i64> rows) const;
  bool withholds(const std::string& split) const {
    return !hidden_.empty() && this->split(split).stored == train_.stored;
  }
  const std::vector<i64>& nominal() const { return nominal_; }  ///< as StoredData's, of the columns that are left
  /// What a label is called: its name in the data, else its number.
  std::string class_name(i64 label) const;
  std::string column_name(i64 column) const;  ///< of the input as trials see it; "" if it has none
  /// The files behind it: those of the data set, then the mask of withheld cells.
  std::vector<SourceFile> sources() const;
  void unscale(std::span<double> values) const;  ///< [n, columns], in place, to raw units

 private:
  struct Split {
    const StoredSplit* stored = nullptr;
    std::vector<i64> rows;  ///< row numbers in `stored`
  };
  const Split& split(const std::string& name) const;
  const StoredField& field(const Split&, const char* name) const;
  void require_weights(const StoredSplit&, const std::string& split, const std::string& id) const;
  void require_lengths(const StoredSplit&, const std::string& split, const std::string& id) const;
  void choose_rows(const DataOptions&);
  void limit_training(const DataOptions&);
  enum class Hidden : std::uint8_t { no, withheld, validation };
  void hide(Hidden, const std::vector<char>& cells);
  void fit_scales(Scale);
  bool known(const Split&, i64 stored_row, i64 column) const;
  bool lacks_cells() const { return mask_field_ >= 0 || length_field_ >= 0; }
  bool is_padding(const Split&, i64 stored_row, i64 column) const;
  bool in_file(const Split&, i64 stored_row, i64 column) const;
  bool seen(const Split&, i64 stored_row, i64 column) const;
  double raw(const Split&, i64 stored_row, i64 column) const;
  bool is_plain() const { return kept_.empty() && fill_.empty(); }
  std::vector<i64> usable_rows(const Split&) const;
  void keep_whole_columns();
  void fit_fill();
  std::vector<double> seen_cells(i64 column) const;

  std::unique_ptr<StoredData> stored_;
  std::vector<SourceFile> mask_file_;  ///< none or one
  Split train_, valid_, test_;
  std::map<std::string, Split> named_;  ///< further ones
  int input_field_ = -1, label_field_ = -1, mask_field_ = -1, weight_field_ = -1, length_field_ = -1;
  std::vector<int> factor_fields_;
  std::vector<ubp_factor> factors_;
  i64 columns_ = 0;       ///< of the input as trials see it
  i64 data_columns_ = 0;  ///< of these, those that are no mask
  Missing missing_ = Missing::refuse;
  std::vector<i64> kept_;     ///< stored column of each; empty: all
  std::vector<double> fill_;  ///< by column, for cells that the data set lacks; empty: none is filled
  std::vector<i64> nominal_;
  std::vector<Hidden> hidden_;  ///< [stored training rows, data columns]
  Hidden judged_ = Hidden::withheld;
  std::vector<ColumnScale> scales_;  ///< by column; empty: as stored
  std::vector<const char*> names_;
};

}  // namespace ubp
