// SPDX-License-Identifier: MIT
#include "mcp/serve.hpp"

#include <unistd.h>

#include <cerrno>

#include "base/json.hpp"
#include "mcp/protocol.hpp"

namespace ubp::mcp {
namespace {

constexpr std::size_t kMostBytes = 1 << 20;

void send(std::FILE* out, const nlohmann::json& message) {
  std::fputs((json_text(message) + "\n").c_str(), out);
  std::fflush(out);
}

/// Bytes to lines, none of which is longer than kMostBytes.
class Lines {
 public:
  Lines(Session& session, std::FILE* out) : session_(session), out_(out) {}

  void add(std::string_view bytes) {
    for (std::size_t end = 0; (end = bytes.find('\n')) != bytes.npos; bytes.remove_prefix(end + 1)) {
      keep(bytes.substr(0, end));
      finish();
    }
    keep(bytes);
  }

  void finish() {
    if (too_long_)
      send(out_,
           error_answer(nullptr, kInvalidRequest,
                        "the message has more than " + std::to_string(kMostBytes) + " bytes: expected a shorter one"));
    else if (line_.find_first_not_of(" \t\r") != line_.npos)
      if (const auto answer = session_.answer(line_)) send(out_, *answer);
    line_.clear();
    too_long_ = false;
  }

 private:
  void keep(std::string_view bytes) {
    too_long_ = too_long_ || line_.size() + bytes.size() > kMostBytes;
    if (too_long_)
      line_.clear();
    else
      line_ += bytes;
  }

  Session& session_;
  std::FILE* out_;
  std::string line_;
  bool too_long_ = false;
};

}  // namespace

void serve(int in, std::FILE* out, const std::string& database) {
  Session session(database);
  Lines lines(session, out);
  char block[1 << 16];
  for (ssize_t n = 0; (n = read(in, block, sizeof block)) > 0 || (n < 0 && errno == EINTR);)
    if (n > 0) lines.add({block, static_cast<std::size_t>(n)});
  lines.finish();
}

}  // namespace ubp::mcp
