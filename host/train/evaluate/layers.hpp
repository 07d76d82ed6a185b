// SPDX-License-Identifier: MIT
// What the layers of a trial's models make of rows. No plugin knows of it: layers are read off the tape.
#pragma once

#include <string>
#include <vector>

#include "train/evaluate/evaluate.hpp"

namespace ubp {

/// One layer's output, as it is handed to the next: [rows, width].
struct LayerCodes {
  std::string name;  ///< of its parameters: "autoencoder.encoder.0"; without the role if all layers are of one
  Matrix codes;
};

/// The layers of the models in the order in which they compute the reconstruction of rows or, where the objective gives
/// none, their embedding; in inference. A layer is what an op makes of rows by parameters of one name, "encoder.0" of
/// "encoder.0.weight" and "encoder.0.bias", and of that an activation that follows at once. Of one that is called
/// several times it is the last call. Empty: no op of a model takes parameters, or the objective gives neither.
std::vector<LayerCodes> layers_of(Composition&, Evaluator&, const std::string& split, const std::vector<i64>& rows);

}  // namespace ubp
