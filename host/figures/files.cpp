// SPDX-License-Identifier: MIT
#include "figures/files.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <fstream>
#include <sstream>

#include "figures/configs.hpp"

namespace ubp::figures {
namespace {

std::vector<DrawnArtifact> of_kind(Reader& reader, std::int64_t trial_id, const std::string& kind) {
  std::vector<DrawnArtifact> all = drawn_artifacts(reader, trial_id);
  std::erase_if(all, [&](const DrawnArtifact& a) { return a.kind != kind; });
  return all;
}

/// Its trials, best first.
std::vector<std::int64_t> best_trials(Reader& reader, const ChartRequest& request) {
  std::vector<std::int64_t> ids;
  if (request.sweep.metric.empty() && request.metric.empty()) {
    for (const DrawnExecution& each : drawn_executions(reader, request.sweep.sweep_id)) ids.push_back(each.trial_id);
    return ids;
  }
  for (const DrawnConfig& config : configs_of(reader, request, metric_of(request)))
    for (const DrawnTrial& trial : config.trials) ids.push_back(trial.trial_id);
  return ids;
}

}  // namespace

std::vector<DrawnArtifact> files_of(Reader& reader, const ChartRequest& request, const std::string& kind,
                                    const std::string& key) {
  if (request.trial) {
    const std::vector<DrawnArtifact> all = of_kind(reader, *request.trial, kind);
    if (all.empty())
      fail(Exit::nothing, "{}: left no {}: [artifacts] of its spec would ask for it with {}",
           place_of_trial(reader, *request.trial).name, kind, key);
    return all;
  }
  for (const std::int64_t id : best_trials(reader, request))
    if (const std::vector<DrawnArtifact> all = of_kind(reader, id, kind); !all.empty()) return all;
  fail(Exit::nothing, "sweep {} '{}': no trial left an {}: [artifacts] of its spec would ask for it with {}",
       request.sweep.sweep_id, request.sweep.name, kind, key);
}

std::string bytes_of(const DrawnArtifact& file) {
  std::ifstream in(file.file, std::ios::binary);
  std::stringstream bytes;
  bytes << in.rdbuf();
  if (!in || bytes.str().empty())
    fail(Exit::nothing, "{}: cannot be read, though {} recorded it", file.file.string(), file.trial);
  return bytes.str();
}

Array array_of(const DrawnArtifact& file) {
  const std::string bytes = bytes_of(file);
  const auto damaged = [&] { fail(Exit::nothing, "{}: is no NPY file of doubles in rows", file.file.string()); };
  if (bytes.size() < 10 || bytes.compare(0, 6, "\x93NUMPY") != 0) damaged();
  const std::size_t begin = 10 + static_cast<std::uint8_t>(bytes[8]) + 256 * static_cast<std::uint8_t>(bytes[9]);
  const std::size_t shape = bytes.find("'shape': (");
  if (begin > bytes.size() || shape == std::string::npos || bytes.find("'<f8'") > begin) damaged();
  std::vector<std::size_t> dims;
  for (const char* at = bytes.data() + shape + 10; *at != ')';) {
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(at, bytes.data() + begin, number);
    if (error != std::errc()) damaged();
    dims.push_back(number);
    for (at = end; *at == ',' || *at == ' ';) ++at;
  }
  Array array;
  array.values.resize((bytes.size() - begin) / sizeof(double));
  std::memcpy(array.values.data(), bytes.data() + begin, array.values.size() * sizeof(double));
  if (dims.empty() || dims.size() > 2) damaged();
  array.rows = dims[0], array.width = dims.size() == 2 ? dims[1] : 1;
  if (array.rows == 0 || array.width == 0 || array.values.size() / array.width != array.rows) damaged();
  return array;
}

}  // namespace ubp::figures
