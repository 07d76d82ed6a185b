// SPDX-License-Identifier: MIT
// No sweep is declared whose data cannot be read, or cannot give what the spec wants of its rows.
#pragma once

#include <string>
#include <vector>

#include "plan/plan.hpp"
#include "train/data/facts.hpp"

namespace ubp {

/// Of one DataUse.
struct DataReport {
  DataFacts facts;
  std::string refused_by;  ///< the table whose component cannot work with these rows; "" if all can
  std::string refusal;     ///< its sentence
};

/// What require_data() leaves to say.
struct DataFindings {
  std::vector<std::string> notes;              ///< what a person should know before the first trial, a sentence each
  std::vector<std::vector<SourceFile>> files;  ///< behind each of plan.data; none where a plugin crashed
};

/// Has a child of ubp decode every data set of the plan into the cache (train/data/cache.hpp) where it is not there
/// yet, open it as each trial will, and ask the objective and the metrics what they expect of the rows (ubp/expect.h).
/// One report for each of plan.data; none at all if a plugin crashes there: that is left to the trials, which report
/// it. Throws Error (usage): the place in the spec, and the sentence of the data set.
std::vector<DataReport> read_data(const Plan&, Detail);

/// The same, and refuses what no trial could do: a component's refusal, missing cells under an objective that takes
/// none, a metric to choose or stop by whose rows do not exist; and a plan by_program, whose trials ubp cannot run.
/// Throws Error (usage) with the place in the spec.
DataFindings require_data(const Plan&);

/// The body of the child: stdin lists the uses as JSON; prints, on a line of its own, the reports, or {"error":
/// sentence} for the first data set that cannot be read. Returns the exit code.
int decode_in_this_process();

}  // namespace ubp
