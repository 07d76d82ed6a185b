// SPDX-License-Identifier: MIT
#include "mcp/protocol.hpp"

#include <algorithm>
#include <array>

#include <ubp/version.h>

#include "base/error.hpp"
#include "base/text.hpp"
#include "mcp/call.hpp"
#include "mcp/tools.hpp"

namespace ubp::mcp {
namespace {

using nlohmann::json;

constexpr std::array<const char*, 4> kRevisions = {"2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"};
constexpr int kMostLevels = 100;                // of arrays and objects in each other
constexpr const char* kBatches = "2025-03-26";  // the one revision that has them
constexpr const char* kStateless = "2026-07-28";
constexpr const char* kRevisionKey = "io.modelcontextprotocol/protocolVersion";
constexpr const char* kCapabilitiesKey = "io.modelcontextprotocol/clientCapabilities";
constexpr const char* kServerKey = "io.modelcontextprotocol/serverInfo";

constexpr const char* kInstructions =
    "Results of sweeps: a sweep has configs (points of its space), a config has trials, one for each replicate (seed). "
    "SWEEP is a sweep's name or id, SWEEP/CONFIG a config, SWEEP/CONFIG.REPLICATE or an id a trial. Differences "
    "between "
    "configs may be chance: ask `compare`, and decide on a change by `keep_or_discard`.";

struct Refusal {
  int code;
  std::string sentence;
  json data = nullptr;
};

json server_info() { return {{"name", "ubp"}, {"title", "ubp, a workbench for research"}, {"version", UBP_VERSION}}; }

json capabilities() { return {{"tools", json::object()}}; }

json tool_list() {
  json all = json::array();
  for (const Tool& tool : tools()) all.push_back(description_of(tool));
  return {{"tools", all}};
}

json call_tool(const json& params, const std::string& database) {
  const auto name = params.find("name");
  if (name == params.end() || !name->is_string()) throw Refusal{kInvalidParams, "params.name: expected a tool's name"};
  const auto tool = std::find_if(tools().begin(), tools().end(), [&](const Tool& t) { return t.name == *name; });
  if (tool == tools().end()) {
    std::vector<std::string> names;
    for (const Tool& each : tools()) names.push_back(each.name);
    const std::string text = name->get<std::string>();
    throw Refusal{kInvalidParams, fmt::format("there is no tool '{}'{}", plain(text, 100), suggestion(text, names))};
  }
  const json arguments = params.value("arguments", json());
  if (!arguments.is_null() && !arguments.is_object())
    throw Refusal{kInvalidParams, fmt::format("params.arguments: expected an object, found {}", arguments.type_name())};
  return call(*tool, arguments.is_null() ? json::object() : arguments, database);
}

/// Whether a request names its revision itself; then it has to be one that we know.
bool is_stateless(const std::string& method, const json& params) {
  const auto meta = params.find("_meta");
  if (meta == params.end() || !meta->is_object() || !meta->contains(kRevisionKey)) {
    if (method == "server/discover")
      throw Refusal{kInvalidParams,
                    fmt::format("params._meta: expected an object with {} and {}", kRevisionKey, kCapabilitiesKey)};
    return false;
  }
  const json& revision = meta->at(kRevisionKey);
  if (!revision.is_string())
    throw Refusal{kInvalidParams, fmt::format("params._meta: {}: expected a text", kRevisionKey)};
  if (!meta->contains(kCapabilitiesKey) || !meta->at(kCapabilitiesKey).is_object())
    throw Refusal{kInvalidParams, fmt::format("params._meta: {}: expected an object", kCapabilitiesKey)};
  if (revision != kStateless)
    throw Refusal{
        kUnsupportedRevision, "Unsupported protocol version", {{"supported", {kStateless}}, {"requested", revision}}};
  return true;
}

/// Of the revision that keeps nothing between two requests.
json stateless_result(const std::string& method, const json& params, const std::string& database) {
  json result;
  if (method == "server/discover")
    result = {{"supportedVersions", {kStateless}}, {"capabilities", capabilities()}, {"instructions", kInstructions}};
  else if (method == "tools/list")
    result = tool_list();
  else if (method == "tools/call")
    result = call_tool(params, database);
  else
    throw Refusal{kMethodNotFound, fmt::format("there is no method '{}'", plain(method, 100))};
  if (method != "tools/call") {  // the same for everybody, and for as long as this ubp is the one that answers
    result["ttlMs"] = 60 * 60 * 1000;
    result["cacheScope"] = "public";
  }
  result["resultType"] = "complete";
  result["_meta"] = {{kServerKey, server_info()}};
  return result;
}

bool is_id(const json& id) { return id.is_string() || id.is_number_integer(); }

}  // namespace

json error_answer(const json& id, int code, const std::string& sentence, const json& data) {
  json error = {{"code", code}, {"message", sentence}};
  if (!data.is_null()) error["data"] = data;
  return {{"jsonrpc", "2.0"}, {"id", id}, {"error", error}};
}

json Session::initialize(const json& params) {
  const auto wanted = params.find("protocolVersion");
  if (wanted == params.end() || !wanted->is_string())
    throw Refusal{kInvalidParams, "params.protocolVersion: expected a revision, such as 2025-11-25"};
  const auto known = std::find(kRevisions.begin(), kRevisions.end(), wanted->get<std::string>());
  revision_ = known == kRevisions.end() ? kRevisions.back() : *known;
  return {{"protocolVersion", revision_},
          {"capabilities", capabilities()},
          {"serverInfo", server_info()},
          {"instructions", kInstructions}};
}

json Session::result_of(const std::string& method, const json& params) {
  if (is_stateless(method, params)) return stateless_result(method, params, database_);
  if (method == "initialize") return initialize(params);
  if (method == "ping") return json::object();
  if (method != "tools/list" && method != "tools/call")
    throw Refusal{kMethodNotFound, fmt::format("there is no method '{}'", plain(method, 100))};
  if (revision_.empty())
    throw Refusal{kInvalidRequest, fmt::format("{}: initialize comes first, or params._meta names a revision", method)};
  return method == "tools/list" ? tool_list() : call_tool(params, database_);
}

std::optional<json> Session::answer_one(const json& message) {
  if (!message.is_object())
    return error_answer(nullptr, kInvalidRequest, fmt::format("expected an object, found {}", message.type_name()));
  const auto id = message.find("id");
  const json known_id = id != message.end() && is_id(*id) ? *id : json();
  if (message.value("jsonrpc", json()) != "2.0")
    return error_answer(known_id, kInvalidRequest, "jsonrpc: expected \"2.0\"");
  const auto method = message.find("method");
  // An answer: we ask nothing, so that there is nothing it could belong to.
  if (method == message.end() && (message.contains("result") || message.contains("error"))) return {};
  if (method == message.end() || !method->is_string())
    return error_answer(known_id, kInvalidRequest, "method: expected a text");
  if (id == message.end()) return {};  // a notification, of which none asks for anything here
  if (!is_id(*id))
    return error_answer(nullptr, kInvalidRequest,
                        fmt::format("id: expected a text or a whole number, found {}", id->type_name()));
  const json params = message.value("params", json::object());
  try {
    if (!params.is_object())
      throw Refusal{kInvalidParams, fmt::format("params: expected an object, found {}", params.type_name())};
    return json{{"jsonrpc", "2.0"}, {"id", *id}, {"result", result_of(method->get<std::string>(), params)}};
  } catch (const Refusal& refusal) {
    return error_answer(*id, refusal.code, refusal.sentence, refusal.data);
  } catch (const std::exception& e) {
    return error_answer(*id, kInternalError, plain(e.what()));
  }
}

std::optional<json> Session::answer_batch(const json& messages) {
  if (revision_ != kBatches)
    return error_answer(nullptr, kInvalidRequest,
                        fmt::format("expected one message, found several: only revision {} has batches", kBatches));
  if (messages.empty()) return error_answer(nullptr, kInvalidRequest, "the batch is empty");
  json answers = json::array();
  for (const json& message : messages)
    if (auto answer = answer_one(message)) answers.push_back(std::move(*answer));
  return answers.empty() ? std::nullopt : std::optional(answers);
}

std::optional<json> Session::answer(std::string_view message) {
  bool too_deep = false;  // what is deeper is left out: copies of it would be as deep on the stack
  const auto keeps = [&](int depth, json::parse_event_t, const json&) {
    too_deep = too_deep || depth > kMostLevels;
    return depth <= kMostLevels;
  };
  const json parsed = json::parse(message, keeps, false);
  if (too_deep)
    return error_answer(nullptr, kInvalidRequest, fmt::format("the message has more than {} levels", kMostLevels));
  if (parsed.is_discarded()) return error_answer(nullptr, kParseError, "the message is no JSON");
  return parsed.is_array() ? answer_batch(parsed) : answer_one(parsed);
}

}  // namespace ubp::mcp
