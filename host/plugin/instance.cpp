// SPDX-License-Identifier: MIT
#include "plugin/instance.hpp"

#include <deque>
#include <vector>

#include "base/error.hpp"
#include "engine/engine.hpp"
#include "plugin/condition.hpp"
#include "plugin/describe.hpp"
#include "plugin/loader.hpp"
#include "plugin/manifest.hpp"
#include "plugin/surroundings.hpp"
#include "plugin/value.hpp"

namespace ubp {
namespace {

// The values of one create() call and the memory they point to.
struct Values {
  std::deque<ubp_param_value> values;
  std::deque<std::string> texts;
  std::deque<std::vector<double>> reals;
  std::deque<std::vector<std::int64_t>> integers;
  std::vector<const ubp_param_value*> pointers;

  void add(const ubp_param_desc& d, const nlohmann::json& j) {
    ubp_param_value v{};
    v.size = sizeof v, v.type = d.type;
    switch (d.type) {
      case UBP_P_FLOAT:
        v.f = j.get<double>();
        break;
      case UBP_P_INT:
        v.i = j.get<std::int64_t>();
        break;
      case UBP_P_BOOL:
        v.i = j.get<bool>();
        break;
      case UBP_P_ENUM:
        v.i = index_of(d, j.get<std::string>());
        break;
      case UBP_P_INT_LIST: {
        const auto& list = integers.emplace_back(j.get<std::vector<std::int64_t>>());
        v.il = list.data(), v.n = list.size();
        break;
      }
      case UBP_P_FLOAT_LIST: {
        const auto& list = reals.emplace_back(j.get<std::vector<double>>());
        v.fl = list.data(), v.n = list.size();
        break;
      }
      default:
        v.s = texts.emplace_back(j.get<std::string>()).c_str();
    }
    pointers.push_back(&values.emplace_back(v));
  }

  static std::int64_t index_of(const ubp_param_desc& d, const std::string& choice) {
    for (std::int64_t i = 0; d.choices[i]; ++i)
      if (choice == d.choices[i]) return i;
    fail(Exit::usage, "{}: '{}' is none of its choices", d.name, choice);
  }
};

struct Buffer {
  std::string bytes;
  std::size_t read = 0;
};

ubp_status write_to(ubp_ostream* stream, const void* data, std::uint64_t n) {
  static_cast<Buffer*>(stream->impl)->bytes.append(static_cast<const char*>(data), n);
  return UBP_OK;
}

ubp_status read_from(ubp_istream* stream, void* data, std::uint64_t n, std::uint64_t* got) {
  auto* buffer = static_cast<Buffer*>(stream->impl);
  *got = std::min<std::uint64_t>(n, buffer->bytes.size() - buffer->read);
  std::memcpy(data, buffer->bytes.data() + buffer->read, *got);
  buffer->read += *got;
  return UBP_OK;
}

/// `params`, but for a parameter that is not active at this point its default.
nlohmann::json effective(const ubp_component& component, nlohmann::json params) {
  const nlohmann::json written = params;
  const auto value = [&](const std::string& name) { return written.value(name, nlohmann::json()); };
  for (std::uint32_t i = 0; i < component.n_params; ++i)
    if (const ParamDecl p = declared(*component.params[i]); !holds(read_condition(p.active_if, p.name), value))
      params[p.name] = p.fallback;
  return params;
}

}  // namespace

void require_ok(ubp_status status, const std::string& who, const char* callback) {
  if (rounding_was_changed())
    tell_changed(fmt::format("{}, {}: changed the floating-point mode: put back", who, callback));
  if (status == UBP_OK) return;
  const std::string& message = last_plugin_error();
  throw EngineError(
      status, fmt::format("{}, {}: {}", who, callback, message.empty() ? fmt::format("status {}", status) : message));
}

void require_slots(const std::string& who, std::initializer_list<std::pair<const char*, bool>> slots) {
  for (const auto& [name, filled] : slots)
    if (!filled) throw EngineError(UBP_E_UNSUPPORTED, fmt::format("{} has no {}()", who, name));
}

Instance::Instance(const std::string& file, std::int32_t kind, const std::string& id, const nlohmann::json& params)
    : component_(&component_of(load_plugin(file), kind, id)),
      who_(fmt::format("{} '{}'", kind_name(kind), id)),
      params_(effective(*component_, params)) {
  Values values;
  for (std::uint32_t i = 0; i < component_->n_params; ++i) {
    const ubp_param_desc& d = *component_->params[i];
    if (!params.contains(d.name)) fail(Exit::internal, "{}: parameter '{}' was not resolved", who_, d.name);
    values.add(d, params_.at(d.name));
  }
  require_ok(created(values.pointers), who_, "create");
}

ubp_status Instance::created(const std::vector<const ubp_param_value*>& values) {
  const KeptSurroundings kept(who_, "while it was created");
  return component_->life->create(&host_face(), values.data(), static_cast<std::uint32_t>(values.size()), &self_);
}

Instance::~Instance() {
  if (self_ && component_->life->destroy) component_->life->destroy(self_);
}

std::string Instance::save() const {
  if (!UBP_HAS(component_->life, save)) return {};
  Buffer buffer;
  ubp_ostream stream{sizeof stream, &buffer, write_to};
  require_ok(component_->life->save(self_, &stream), who_, "save");
  return buffer.bytes;
}

void Instance::load(const std::string& bytes) const {
  if (!UBP_HAS(component_->life, load)) return;
  Buffer buffer{bytes};
  ubp_istream stream{sizeof stream, &buffer, read_from};
  require_ok(component_->life->load(self_, &stream), who_, "load");
}

double Instance::number(ubp_num text, double fallback) const {
  if (!text) return fallback;
  const auto parameter = params_.find(text);
  if (parameter != params_.end()) return parameter->get<double>();
  const std::optional<double> value = number_of(text);
  if (!value)
    throw EngineError(UBP_E_INVALID_ARG,
                      fmt::format("{}: '{}' is neither a number nor one of its parameters", who_, text));
  return *value;
}

}  // namespace ubp
