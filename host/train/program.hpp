// SPDX-License-Identifier: MIT
// The objective's stages and phases with every number resolved: what the trainer runs, step by step.
#pragma once

#include <string>
#include <vector>

#include "train/composition.hpp"

namespace ubp {

struct Phase {
  std::string name;
  const char* train = nullptr;  ///< null: everything
  i64 repeat = 1, every = 1;
  bool is_active(i64 round) const { return every <= 1 || round % every == 0; }
  double lr = 1;
  const char* decay = nullptr;
  std::string optimizer;
};

struct Plateau {
  std::string scalar;
  i64 window = 1;
  double gain = 1e-3, factor = 0.5, floor = 1e-5, tol = 1e-12;
};

struct Collect {
  i64 capacity = 0, min_rows = 1, epochs = 1, batches = 0, batch = 0;
  bool ring = false;
};

struct Stage {
  std::string name;
  std::uint32_t flags = 0;
  std::vector<Phase> phases;
  i64 epochs = 0;  ///< 0: until its plateau, end_stage or [train].steps
  i64 steps = 0;   ///< 0: by epochs
  double lr = 1;
  bool has_plateau = false, collects = false;
  Plateau plateau;
  Collect collect;
};

/// Throws EngineError for a ubp_num that is neither a number nor a parameter of the objective.
std::vector<Stage> program_of(const Composition&);

}  // namespace ubp
