// SPDX-License-Identifier: MIT
#include "query/print.hpp"

#include <algorithm>
#include <cmath>

#include <unistd.h>

#include "base/json.hpp"
#include "base/text.hpp"
#include "query/print_table.hpp"

namespace ubp {

const std::vector<std::string> kListingFormats = {"table", "csv", "json", "md", "latex"};

const std::vector<std::string> kJsonColumns = {"params", "plugins", "spec", "space", "sampler", "data"};

Format format_of(const std::string& name, const std::vector<std::string>& allowed) {
  static const std::vector<std::string> kNames = {"table", "csv", "json", "jsonl", "md", "latex"};
  if (std::find(allowed.begin(), allowed.end(), name) == allowed.end())
    fail(Exit::usage, "--format: found '{}', expected one of: {}", name, fmt::join(allowed, ", "));
  return static_cast<Format>(std::find(kNames.begin(), kNames.end(), name) - kNames.begin());
}

std::string json_of(const Value& value) {
  if (is_null(value)) return "null";
  if (const auto* text = std::get_if<std::string>(&value)) return json_text(*text);
  if (const auto* d = std::get_if<double>(&value); d && std::isinf(*d)) return *d > 0 ? "9e999" : "-9e999";
  return text_of(value);
}

std::string human(const Value& value) {
  if (is_null(value)) return "-";
  if (const auto* d = std::get_if<double>(&value)) return fmt::format("{:.5g}", *d);
  return plain_line(text_of(value));  // a record must not be able to steer the reader's terminal
}

namespace {

class CsvPrinter : public RowSink {
 public:
  explicit CsvPrinter(std::FILE* out) : out_(out), shown_(isatty(fileno(out))) {}
  void columns(const std::vector<std::string>& names) override { line({names.begin(), names.end()}); }
  void row(const Row& row) override { line(row); }

 private:
  void line(const Row& row) {
    buffer_.clear();
    for (std::size_t c = 0; c < row.size(); ++c) {
      if (c) buffer_ += ',';
      const std::string text = shown_ ? plain(text_of(row[c])) : text_of(row[c]);
      if (text.find_first_of(",\"\r\n") == std::string::npos) {
        buffer_ += text;
        continue;
      }
      buffer_ += '"';
      for (const char ch : text) buffer_ += ch == '"' ? "\"\"" : std::string(1, ch);
      buffer_ += '"';
    }
    buffer_ += '\n';
    std::fwrite(buffer_.data(), 1, buffer_.size(), out_);
  }
  std::FILE* out_;
  bool shown_;  // on a terminal, which a record must not steer
  std::string buffer_;
};

class JsonPrinter : public RowSink {
 public:
  JsonPrinter(std::FILE* out, bool lines) : out_(out), lines_(lines) {}
  void columns(const std::vector<std::string>& names) override {
    for (const std::string& name : names) {
      keys_.push_back(json_text(name));
      embedded_.push_back(std::find(kJsonColumns.begin(), kJsonColumns.end(), name) != kJsonColumns.end());
    }
    if (!lines_) std::fputs("[", out_);
  }
  void row(const Row& row) override {
    std::string text = lines_ ? "{" : count_ ? ",\n{" : "\n{";
    for (std::size_t c = 0; c < row.size(); ++c) {
      text += (c ? "," : "") + keys_[c] + ":";
      const auto* s = std::get_if<std::string>(&row[c]);
      // A user's own column may carry one of these names and hold anything.
      text += s && embedded_[c] && nlohmann::json::accept(*s) ? *s : json_of(row[c]);
    }
    text += lines_ ? "}\n" : "}";
    std::fwrite(text.data(), 1, text.size(), out_);
    ++count_;
  }
  void end() override {
    if (!lines_) std::fputs(count_ ? "\n]\n" : "]\n", out_);
  }

 private:
  std::FILE* out_;
  bool lines_;
  std::int64_t count_ = 0;
  std::vector<std::string> keys_;
  std::vector<bool> embedded_;
};

}  // namespace

std::unique_ptr<RowSink> printer(Format format, std::FILE* out) {
  switch (format) {
    case Format::csv:
      return std::make_unique<CsvPrinter>(out);
    case Format::json:
      return std::make_unique<JsonPrinter>(out, false);
    case Format::jsonl:
      return std::make_unique<JsonPrinter>(out, true);
    default:
      return table_printer(format, out);
  }
}

}  // namespace ubp
