// SPDX-License-Identifier: MIT
#include "train/parts/log.hpp"

#include <cmath>
#include <cstring>

#include "base/error.hpp"
#include "engine/engine.hpp"

namespace ubp {
namespace {

void put(std::string& out, const std::string& s) {
  const auto n = static_cast<std::uint32_t>(s.size());
  out.append(reinterpret_cast<const char*>(&n), sizeof n);
  out += s;
}
template <class T>
void put(std::string& out, T value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

// Reads back in the order of writing; the checkpoint's hash vouches for the lengths.
struct Reader {
  const std::string& in;
  std::size_t at = 0;
  bool more() const { return at < in.size(); }
  template <class T>
  T value() {
    T v;
    std::memcpy(&v, in.data() + at, sizeof v);
    at += sizeof v;
    return v;
  }
  std::string text() {
    const auto n = value<std::uint32_t>();
    at += n;
    return in.substr(at - n, n);
  }
};

template <class Map>
void require_room(const Map& known, const std::string& name) {
  if (known.size() >= kMostMetrics && !known.contains(name))
    throw EngineError(UBP_E_INVALID_ARG,
                      fmt::format("'{}' is one metric too many: a trial has at most {}, each a series over the steps",
                                  name, kMostMetrics));
}

}  // namespace

void TrialLog::add(const std::string& name, double value, std::int64_t step) {
  if (!std::isfinite(value))
    throw EngineError(UBP_E_NUMERIC, fmt::format("train.{} is {} at step {}", name, value, step));
  require_room(epoch_, name);
  for (auto* sums : {&interval_, &epoch_}) {
    Sum& s = (*sums)[name];
    s.total += value;
    ++s.n;
  }
}

std::int64_t TrialLog::elapsed_ms() const {
  return before_ms_ + std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began_).count();
}

void TrialLog::flush(std::int64_t step) {
  for (const auto& [name, s] : interval_) point("train." + name, step, s.total / static_cast<double>(s.n));
  interval_.clear();
}

void TrialLog::point(const std::string& metric, std::int64_t step, double value) {
  require_room(last_, metric);
  last_[metric] = value;
  const std::int64_t t_ms = elapsed_ms();
  history_.push_back({metric, "", "", step, value, t_ms});
  sink_.point(metric, step, value, t_ms);
}

void TrialLog::artifact(const std::string& kind, const std::string& file, const std::string& mime, std::int64_t step) {
  history_.push_back({file, kind, mime, step, 0, elapsed_ms()});
  sink_.artifact(kind, file, mime, step);
}

std::map<std::string, double> TrialLog::end_epoch() {
  std::map<std::string, double> means;
  for (const auto& [name, s] : epoch_) means["train." + name] = s.total / static_cast<double>(s.n);
  epoch_.clear();
  return means;
}

double TrialLog::last(const std::string& metric, double otherwise) const {
  const auto found = last_.find(metric);
  return found == last_.end() ? otherwise : found->second;
}

void TrialLog::require(const std::string& metric) const {
  if (metric.empty() || last_.contains(metric)) return;
  const std::string name = metric.substr(metric.find('.') + 1);
  std::vector<std::string> all, alike;  // the likeliest mistake is the other split
  for (const auto& [other, value] : last_) {
    all.push_back(other);
    if (other.ends_with("." + name)) alike.push_back(other);
  }
  fail(Exit::usage, "sweep.metric: '{}' was never recorded by this trial{}", metric,
       suggestion(metric, alike.empty() ? all : alike));
}

std::map<std::string, LoggedSeries> TrialLog::series() const {
  std::map<std::string, LoggedSeries> all;
  for (const Entry& entry : history_) {
    if (!entry.kind.empty() || !std::isfinite(entry.value)) continue;
    LoggedSeries& series = all[entry.name];
    series.step.push_back(static_cast<double>(entry.step)), series.value.push_back(entry.value);
  }
  return all;
}

void TrialLog::save(Checkpoint& c) const {
  std::string text;
  for (const auto* sums : {&interval_, &epoch_}) {
    put(text, static_cast<std::uint64_t>(sums->size()));
    for (const auto& [name, s] : *sums) put(text, name), put(text, s.total), put(text, s.n);
  }
  c.put("log/sums", text);
  text.clear();
  for (const Entry& entry : history_)
    put(text, entry.name), put(text, entry.kind), put(text, entry.mime), put(text, entry.step), put(text, entry.value),
        put(text, entry.t_ms);
  c.put("log/history", text);
  c.put_values("log/elapsed_ms", std::vector<std::int64_t>{elapsed_ms()});
}

void TrialLog::load(const Checkpoint& c) {
  Reader sums{c.get("log/sums")};
  for (auto* map : {&interval_, &epoch_}) {
    map->clear();
    for (auto n = sums.value<std::uint64_t>(); n > 0; --n) {
      const std::string name = sums.text();
      Sum& s = (*map)[name];
      s.total = sums.value<double>();
      s.n = sums.value<std::int64_t>();
    }
  }
  before_ms_ = c.values<std::int64_t>("log/elapsed_ms").at(0);
  began_ = Clock::now();
  history_.clear();
  for (Reader r{c.get("log/history")}; r.more();) {
    Entry entry;
    entry.name = r.text(), entry.kind = r.text(), entry.mime = r.text();
    entry.step = r.value<std::int64_t>(), entry.value = r.value<double>(), entry.t_ms = r.value<std::int64_t>();
    if (entry.kind.empty()) last_[entry.name] = entry.value;
    history_.push_back(std::move(entry));
  }
}

void TrialLog::replay() const {
  for (const Entry& entry : history_) {
    if (entry.kind.empty())
      sink_.point(entry.name, entry.step, entry.value, entry.t_ms);
    else
      sink_.artifact(entry.kind, entry.name, entry.mime, entry.step);
  }
}

}  // namespace ubp
