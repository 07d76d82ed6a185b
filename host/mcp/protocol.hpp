// SPDX-License-Identifier: MIT
// The Model Context Protocol, https://modelcontextprotocol.io/specification: JSON-RPC 2.0, as far as a server with
// tools and nothing else needs it. Revisions 2024-11-05 to 2025-11-25 begin with `initialize`; since 2026-07-28 every
// request names its revision itself (params._meta), and nothing is remembered between two of them. Both are answered,
// each request as what it is.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace ubp::mcp {

/// One client, from the first message to the last.
class Session {
 public:
  explicit Session(std::string database) : database_(std::move(database)) {}

  /// The answer to one message, any bytes; nothing: none is due, as to a notification or to an answer.
  std::optional<nlohmann::json> answer(std::string_view message);

 private:
  std::optional<nlohmann::json> answer_one(const nlohmann::json& message);
  std::optional<nlohmann::json> answer_batch(const nlohmann::json& messages);
  nlohmann::json result_of(const std::string& method, const nlohmann::json& params);
  nlohmann::json initialize(const nlohmann::json& params);

  std::string database_;
  std::string revision_;  // as initialize() agreed; "": not yet
};

/// JSON-RPC's answer to what is no request.
nlohmann::json error_answer(const nlohmann::json& id, int code, const std::string& sentence,
                            const nlohmann::json& data = nullptr);

constexpr int kParseError = -32700, kInvalidRequest = -32600, kMethodNotFound = -32601, kInvalidParams = -32602,
              kInternalError = -32603, kUnsupportedRevision = -32022;

}  // namespace ubp::mcp
