// SPDX-License-Identifier: MIT
#include "train/log.hpp"

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

}  // namespace

void TrialLog::add(const std::string& name, double value, std::int64_t step) {
  if (!std::isfinite(value))
    throw EngineError(UBP_E_NUMERIC, fmt::format("train.{} is {} at step {}", name, value, step));
  for (auto* sums : {&interval_, &epoch_}) {
    Sum& s = (*sums)[name];
    s.total += value;
    ++s.n;
  }
}

void TrialLog::flush(std::int64_t step) {
  for (const auto& [name, s] : interval_) point("train." + name, step, s.total / static_cast<double>(s.n));
  interval_.clear();
}

void TrialLog::point(const std::string& metric, std::int64_t step, double value) {
  last_[metric] = value;
  history_.push_back({metric, "", "", step, value});
  sink_.point(metric, step, value);
}

void TrialLog::artifact(const std::string& kind, const std::string& file, const std::string& mime, std::int64_t step) {
  history_.push_back({file, kind, mime, step, 0});
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
  for (const Entry& e : history_) {
    if (!e.kind.empty() || !std::isfinite(e.value)) continue;
    LoggedSeries& series = all[e.name];
    series.step.push_back(static_cast<double>(e.step)), series.value.push_back(e.value);
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
  for (const Entry& e : history_)
    put(text, e.name), put(text, e.kind), put(text, e.mime), put(text, e.step), put(text, e.value);
  c.put("log/history", text);
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
  history_.clear();
  for (Reader r{c.get("log/history")}; r.more();) {
    Entry e;
    e.name = r.text(), e.kind = r.text(), e.mime = r.text();
    e.step = r.value<std::int64_t>(), e.value = r.value<double>();
    if (e.kind.empty()) last_[e.name] = e.value;
    history_.push_back(std::move(e));
  }
}

void TrialLog::replay() const {
  for (const Entry& e : history_) {
    if (e.kind.empty())
      sink_.point(e.name, e.step, e.value);
    else
      sink_.artifact(e.kind, e.name, e.mime, e.step);
  }
}

}  // namespace ubp
