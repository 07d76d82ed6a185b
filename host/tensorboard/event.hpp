// SPDX-License-Identifier: MIT
// TensorBoard's events: the messages of tensorflow/core/util/event.proto, and of its hparams plugin, by their numbers.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace ubp::tensorboard {

/// Each is one record. Times are seconds since 1970.
std::string version_event(double time);  ///< the first of a file

/// TensorBoard's scalars are single precision.
std::string scalar_event(double time, std::int64_t step, const std::vector<std::pair<std::string, double>>& by_tag);

/// `params`: by name, JSON of any kind. Runs of one `group` are repetitions of one setting.
std::string start_event(double time, const nlohmann::json& params, const std::string& group);

enum class RunStatus { success = 1, failure = 2, running = 3 };
std::string end_event(double time, RunStatus);

}  // namespace ubp::tensorboard
