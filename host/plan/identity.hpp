// SPDX-License-Identifier: MIT
// What makes two declarations the same sweep, and what makes two configs the same computation.
#pragma once

#include "plan/compose.hpp"

namespace ubp {

/// SHA-256 of everything that can change a result: the experiment's and the sweep's name, metric, sampler, seeds and
/// space; of every component that some config uses its id, the version of its behaviour and its parameters; the host's
/// tables.
///
/// Not part of it: keys declared UBP_PF_NOT_IDENTITY, the references of objectives, and the number of replicates and of
/// random configs: raising those lets a sweep grow without a change to what it has. Binaries and data join it in
/// seal().
std::string declaration_of(const Draft&, const Plan&, Components&);

/// A config's whole computation as canonical JSON: {"components": [...], "dataset", "train", "artifacts"}. [train].seed
/// is left out unless the space varies it.
nlohmann::json resolved(const Composed&, bool with_seed);

}  // namespace ubp
