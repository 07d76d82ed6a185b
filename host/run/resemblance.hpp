// SPDX-License-Identifier: MIT
// What trials have learnt of the same rows, and how alike it is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "run/restore.hpp"
#include "search/similarity.hpp"

namespace ubp {

inline constexpr const char* kCodes = "embedding";  ///< the layer that metrics are given

/// Which trials, and what of them is looked at.
struct ResemblanceRequest {
  std::vector<std::int64_t> trials;                       ///< two or more
  std::optional<std::string> layer;                       ///< this one alone; kCodes: the codes. None: all layers
  std::optional<std::int64_t> at;                         ///< of the checkpoint of this step; none: of the last
  std::vector<std::optional<std::int64_t>> moments = {};  ///< by trial, instead of `at` where there is one; or empty
  std::int64_t rows = 1000;                               ///< at the most
};

struct LearntLayer {
  std::string name;
  search::Representation codes;
};

struct LearntTrial {
  std::string name;       ///< SWEEP/CONFIG.REPLICATE
  std::int64_t step = 0;  ///< -1: of the checkpoint that continues it
  std::vector<LearntLayer> layers;
};

/// What several trials make of the same held-out rows.
struct Resemblance {
  std::vector<LearntTrial> trials;  ///< as they were asked for
  std::string split;                ///< of the rows: "test"
  std::int64_t rows = 0, of = 0;    ///< so many rows of so many
  search::Cka estimate{};           ///< one for all layers, by the widest
  std::int64_t widest = 0;
  std::vector<std::string> notes;  ///< sentences: what differs from the records
};

/// Loads one trial after the other in this process, and keeps what its layers make of the rows. Throws Error (usage), a
/// sentence: as restore(); the rows are not the same ones in all trials, or too few; a trial has no encoder, or no such
/// layer; a layer's numbers are not finite.
Resemblance resemblance_of(Reader&, Registry&, const ResemblanceRequest&);

/// What a layer of one trial finds among those of another.
struct LayerMatch {
  std::string layer, found;
  double own = 0, best = 0;  ///< how alike the layer of the same name is, and the one that was found
};

/// Of each layer of `a` that `b` has under the same name, the layer of `b` that is most alike by linear CKA.
std::vector<LayerMatch> matches(const LearntTrial& a, const LearntTrial& b, search::Cka);

}  // namespace ubp
