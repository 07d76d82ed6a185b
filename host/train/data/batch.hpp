// SPDX-License-Identifier: MIT
// The ubp_batch that plugin code sees, and where its fields come from.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/random.hpp"
#include "plugin/instance.hpp"
#include "train/data/data.hpp"

namespace ubp {

class Table;

/// Plugin code holds a pointer to `abi`, or a copy of it, and hands that back with field().
struct BatchData {
  BatchData();
  ~BatchData();
  BatchData(const BatchData&) = delete;
  /// The batch that `abi` is, or is a copy of. Throws EngineError (BAD_HANDLE) if there is none, or no longer.
  static const BatchData& of(const ubp_batch& abi);

  ubp_batch abi{};
  std::string split;  ///< rows of the data set, or "" if of the table or given directly
  std::vector<i64> rows;
  const Table* table = nullptr;
  Tensor input{};                        ///< stands in for the rows of the data set; id 0: does not
  std::map<std::string, Tensor> fields;  ///< given directly, e.g. an observation
  std::vector<ubp_tensor> views;
  std::vector<const char*> names;  ///< ends with null
};

/// Augmentations in the order of the spec; each view of each row draws its own random words.
class Augment {
 public:
  Augment(std::vector<std::unique_ptr<Instance>> transforms) : transforms_(std::move(transforms)) {}
  bool empty() const { return transforms_.empty(); }
  /// A new tensor of x's shape. Transforms see f32.
  Tensor apply(Engine&, Tensor x, Random&) const;

 private:
  std::vector<std::unique_ptr<Instance>> transforms_;
};

/// Rows of a split as the plugin sees them. `n_views` > 0 with a Random: a training batch, augmented; else the bare
/// input.
std::unique_ptr<BatchData> make_batch(Engine&, const Data&, const std::string& split, std::vector<i64> rows,
                                      std::uint32_t n_views, const Augment*, Random*);

}  // namespace ubp
