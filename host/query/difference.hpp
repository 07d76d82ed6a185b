// SPDX-License-Identifier: MIT
// What differs between two recorded trials.
#pragma once

#include <string>
#include <vector>

#include "query/recorded_trial.hpp"

namespace ubp {

/// The file in `files` that stands for `file`: of its path, else of its name; null: none.
const SourceFile* counterpart(const std::vector<SourceFile>& files, const std::string& file);

/// One thing that differs. `a`, `b`: NULL where the trial has no such thing.
struct Difference {
  std::string part;  ///< trial | parameter | plugin | data | provenance | series | last
  std::string name;  ///< "optimizer.lr", "objective 'denoising'", "/data/table.csv", "cpu", "test.mse"
  Value step = {};   ///< of series: the first at which they differ; last: that of neither
  Value a, b;
};

/// In the order of the parts. Of a series that differs two: the first point at which it does, and the last values. Not
/// among them: ids, times, the wall clock's metrics, and where files lie whose bytes are equal.
std::vector<Difference> differences(Reader&, const RecordedTrial& a, const RecordedTrial& b);

}  // namespace ubp
