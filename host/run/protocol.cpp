// SPDX-License-Identifier: MIT
#include "run/protocol.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

namespace ubp {
namespace {

constexpr std::array<std::string_view, 5> kHow = {"complete", "failed", "interrupted", "paused", "refused"};

void add(std::string& out, std::string_view text) {
  out += '\t';
  for (char c : text) switch (c) {
      case '\\':
        out += "\\\\";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      default:
        out += c;
    }
}

template <class Number>
void add_number(std::string& out, Number value) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out += '\t';
  out.append(digits, end);
}

struct Encoder {
  std::string& out;

  void operator()(const Started& m) { out += "started", add_number(out, m.step); }
  void operator()(const MetricPoint& m) {
    out += "point", add(out, m.metric), add_number(out, m.step), add_number(out, m.value), add_number(out, m.t_ms);
  }
  void operator()(const Made& m) {
    out += "artifact", add(out, m.kind), add(out, m.file), add(out, m.mime), add_number(out, m.step);
  }
  void operator()(const Note& m) { out += "note", add_number(out, m.level), add(out, m.who), add(out, m.text); }
  void operator()(const Progress& m) {
    out += "progress", add_number(out, m.step), add_number(out, m.fraction), add_number(out, m.rate);
  }
  void operator()(const Checkpointed& m) { out += "checkpoint", add_number(out, m.step); }
  void operator()(const TrialEnd& m) {
    out += "end", add(out, kHow[static_cast<std::size_t>(m.how)]), add(out, name_of(m.failure)), add(out, m.error);
  }
};

/// Takes the fields of a line one by one; a field that is missing or no number makes it bad.
class Fields {
 public:
  explicit Fields(std::string_view line) : rest_(line) {}

  std::string text() {
    std::string out;
    const std::string_view raw = next();
    for (std::size_t i = 0; i < raw.size(); ++i) {
      if (raw[i] != '\\' || i + 1 == raw.size()) {
        out += raw[i];
        continue;
      }
      const char c = raw[++i];
      out += c == 't' ? '\t' : c == 'n' ? '\n' : c == 'r' ? '\r' : c;
    }
    return out;
  }

  template <class Number>
  Number number() {
    const std::string_view raw = next();
    Number value{};
    const auto [end, error] = std::from_chars(raw.data(), raw.data() + raw.size(), value);
    if (error != std::errc() || end != raw.data() + raw.size()) bad_ = true;
    return value;
  }

  bool complete() const { return !bad_ && done_; }

 private:
  std::string_view next() {
    if (done_) bad_ = true;
    const std::size_t tab = rest_.find('\t');
    const std::string_view field = rest_.substr(0, tab);
    done_ = tab == rest_.npos;
    rest_ = done_ ? std::string_view() : rest_.substr(tab + 1);
    return field;
  }

  std::string_view rest_;
  bool done_ = false, bad_ = false;
};

// Braces fix the order in which the fields are taken.
std::optional<Message> read(const std::string& kind, Fields& f) {
  if (kind == "point")
    return MetricPoint{f.text(), f.number<std::int64_t>(), f.number<double>(), f.number<std::int64_t>()};
  if (kind == "progress") return Progress{f.number<std::int64_t>(), f.number<double>(), f.number<double>()};
  if (kind == "started") return Started{f.number<std::int64_t>()};
  if (kind == "artifact") return Made{f.text(), f.text(), f.text(), f.number<std::int64_t>()};
  if (kind == "note") return Note{f.number<int>(), f.text(), f.text()};
  if (kind == "checkpoint") return Checkpointed{f.number<std::int64_t>()};
  if (kind != "end") return {};
  const auto how = std::find(kHow.begin(), kHow.end(), f.text());
  const std::optional<Failure> failure = failure_named(f.text());
  TrialEnd end{static_cast<TrialEnd::How>(how - kHow.begin()), failure.value_or(Failure::none), f.text()};
  // A failure without its class or its sentence is none of ours: a plugin forged it.
  const bool failed = end.how == TrialEnd::How::failed, refused = end.how == TrialEnd::How::refused;
  const bool whole = failed == (end.failure != Failure::none) && (failed || refused) == !end.error.empty();
  if (how == kHow.end() || !failure || !whole) return {};
  return end;
}

}  // namespace

void encode(const Message& message, std::string& out) {
  std::visit(Encoder{out}, message);
  out += '\n';
}

std::optional<Message> decode(std::string_view line) {
  Fields fields(line);
  const std::string kind = fields.text();
  std::optional<Message> message = read(kind, fields);
  return fields.complete() ? message : std::nullopt;
}

}  // namespace ubp
