// SPDX-License-Identifier: MIT
// The files that a trial left, for figures.
#pragma once

#include <string>
#include <vector>

#include "figures/chart.hpp"
#include "query/drawn.hpp"

namespace ubp::figures {

/// The files of one kind that the selected trial left; where none was named, the best trial of the sweep that left any.
/// Throws Error (nothing) if none did. `key`: of [artifacts], that asks for them.
std::vector<DrawnArtifact> files_of(Reader&, const ChartRequest&, const std::string& kind, const std::string& key);

/// Throws Error (nothing), one sentence, if it cannot be read.
std::string bytes_of(const DrawnArtifact&);

/// The numbers of an NPY file of doubles, as trials write them.
struct Array {
  std::vector<double> values;
  std::size_t rows = 0, width = 1;
};
/// Throws Error (nothing), one sentence that names the file, if it is no such file.
Array array_of(const DrawnArtifact&);

}  // namespace ubp::figures
