// SPDX-License-Identifier: MIT
#include "mcp/call.hpp"

#include <sys/wait.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>

#include "base/child.hpp"
#include "base/error.hpp"
#include "base/scratch.hpp"
#include "base/text.hpp"

namespace ubp::mcp {
namespace {

using nlohmann::json;

constexpr ChildLimits kLimits = {std::chrono::seconds(60), std::size_t{1} << 18};
constexpr std::uintmax_t kMostImageBytes = std::uintmax_t{1} << 23;

json text_content(const std::string& text) { return {{"type", "text"}, {"text", text}}; }

json failure(const std::string& sentence) {
  return {{"content", json::array({text_content(sentence)})}, {"isError", true}};
}

/// Where the picture of a call is written.
std::filesystem::path image_in(const ScratchFolder& folder) { return folder.path() / "picture.png"; }

std::string without_end(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

/// What ubp said on stderr, without its name before it.
std::string said(const std::string& err) {
  const std::string text = without_end(plain(err));
  constexpr std::string_view kName = "ubp: ";
  const std::size_t last = text.rfind('\n') + 1;  // the sentence of a failure is the last line
  return std::string_view(text).substr(last).starts_with(kName) ? text.substr(last + kName.size()) : text;
}

/// An answer is one where ubp has looked: it may have found nothing, and still lists it, or decided against.
bool is_answer(const LimitedEnd& end) {
  if (!WIFEXITED(end.wait_status)) return false;
  const auto code = static_cast<Exit>(WEXITSTATUS(end.wait_status));
  return code == Exit::ok || code == Exit::discarded || (code == Exit::nothing && !end.out.empty());
}

json image_content(const std::filesystem::path& file) {
  if (std::filesystem::file_size(file) > kMostImageBytes)
    fail(Exit::usage, "the picture has more than {} bytes: draw less of it", kMostImageBytes);
  std::ifstream in(file, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  return {{"type", "image"}, {"data", base64(bytes)}, {"mimeType", "image/png"}};
}

json result_of(const LimitedEnd& end, const std::optional<ScratchFolder>& drawn) {
  json result = {{"content", json::array()}, {"isError", false}};
  if (drawn) result["content"].push_back(image_content(image_in(*drawn)));
  if (!end.out.empty()) result["content"].push_back(text_content(plain(without_end(end.out))));
  if (!end.err.empty()) result["content"].push_back(text_content(without_end(plain(end.err))));
  if (json parsed = json::parse(end.out, nullptr, false); parsed.is_object())
    result["structuredContent"] = std::move(parsed);
  return result;
}

}  // namespace

json call(const Tool& tool, const json& arguments, const std::string& database) {
  try {
    std::vector<std::string> words = words_of(tool, arguments, database);
    std::optional<ScratchFolder> drawn;
    if (tool.draws) {
      drawn.emplace("mcp");
      words.insert(std::find(words.begin(), words.end(), "--"), "--output=" + image_in(*drawn).string());
    }
    const LimitedEnd end = run_limited_child(this_executable(), words, kLimits);
    if (end.took_too_long)
      return failure(fmt::format("{}: no answer within {} s: ask for less", tool.name, kLimits.time.count() / 1000));
    if (end.too_large)
      return failure(fmt::format("{}: the answer has more than {} bytes: ask for less, by a filter, columns or a limit",
                                 tool.name, kLimits.bytes));
    if (!is_answer(end)) return failure(end.err.empty() ? tool.name + ": ended without a word" : said(end.err));
    return result_of(end, drawn);
  } catch (const Error& e) {
    return failure(plain(e.what()));
  }
}

}  // namespace ubp::mcp
