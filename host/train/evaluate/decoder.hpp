// SPDX-License-Identifier: MIT
// From codes back to rows, as metrics are given it.
#pragma once

#include <optional>

#include "train/parts/composition.hpp"
#include "train/parts/services.hpp"

namespace ubp {

/// The models' `decode`, in inference. `abi()` is valid as long as this, which must not move.
class TrialDecoder {
 public:
  /// Of a composition with models that have encode and decode.
  TrialDecoder(Composition&, TrialServices&);
  TrialDecoder(const TrialDecoder&) = delete;
  TrialDecoder& operator=(const TrialDecoder&) = delete;

  const ubp_decoder* abi() const { return &face_; }
  Shape code() const { return code_; }  ///< of one row, without the row axis

  /// codes [n, width] to rows [n, row]. Throws EngineError.
  void decode(const double* codes, i64 n, double* rows) const;

 private:
  struct Face : ubp_decoder {
    const TrialDecoder* self;
  };
  Composition& parts_;
  TrialServices& services_;
  Shape code_;
  Face face_{};
};

}  // namespace ubp
