// SPDX-License-Identifier: MIT
#include "tensorboard/event.hpp"

#include "base/json.hpp"
#include "tensorboard/wire.hpp"

namespace ubp::tensorboard {
namespace {

Message at(double time) { return std::move(Message().real(1, time)); }

/// google.protobuf.Value.
Message value_of(const nlohmann::json& value) {
  if (value.is_null()) return std::move(Message().integer(1, 0));
  if (value.is_boolean()) return std::move(Message().integer(4, value.get<bool>()));
  if (value.is_number()) return std::move(Message().real(2, value.get<double>()));
  return std::move(Message().text(3, value.is_string() ? value.get<std::string>() : json_text(value)));
}

/// A summary that says something to the hparams plugin; its value is a tensor of one 0, which nobody reads.
std::string hparams_event(double time, const std::string& tag, int kind, const Message& data) {
  const Message plugin =
      std::move(Message().text(1, "hparams").text(2, Message().integer(1, 0).message(kind, data).bytes()));
  const Message shape = std::move(Message().message(2, Message().integer(1, 1)));
  const Message tensor = std::move(Message().integer(1, 1).message(2, shape).single(5, 0));
  const Message value = std::move(Message().text(1, tag).message(8, tensor).message(9, Message().message(1, plugin)));
  return at(time).message(5, Message().message(1, value)).bytes();
}

}  // namespace

std::string version_event(double time) { return at(time).text(3, "brain.Event:2").bytes(); }

std::string scalar_event(double time, std::int64_t step, const std::vector<std::pair<std::string, double>>& by_tag) {
  Message summary;
  for (const auto& [tag, value] : by_tag)
    summary.message(1, Message().text(1, tag).single(2, static_cast<float>(value)));
  return at(time).integer(2, step).message(5, summary).bytes();
}

std::string start_event(double time, const nlohmann::json& params, const std::string& group) {
  Message start;
  for (const auto& [name, value] : params.items())
    start.message(1, Message().text(1, name).message(2, value_of(value)));
  start.text(4, group).real(5, time);
  return hparams_event(time, "_hparams_/session_start_info", 3, start);
}

std::string end_event(double time, RunStatus status) {
  return hparams_event(time, "_hparams_/session_end_info", 4,
                       Message().integer(1, static_cast<int>(status)).real(2, time));
}

}  // namespace ubp::tensorboard
