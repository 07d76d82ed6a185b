// SPDX-License-Identifier: MIT
// Runs a metric on arrays, in batches of a chosen size, and gives what it emits.
#pragma once

#include <optional>

#include "harness.hpp"

namespace harness {

/// One split's arrays; those left empty are NULL for the metric.
struct Evaluated {
  std::optional<Doubles> input, mask, embedding, reconstruction, samples, score, imputed, withheld, episode_return,
      episode_length;
  std::optional<Ints> label, assignment;

  std::int64_t rows() const {
    for (const auto* a : {&input, &embedding, &score, &episode_return})
      if (*a) return (*a)->shape[0];
    return assignment ? assignment->shape[0] : label ? label->shape[0] : 0;
  }
};

inline void update(const Instance& metric, const Evaluated& all, bool is_train, std::int64_t batch) {
  for (std::int64_t first = 0; first < all.rows(); first += batch) {
    const std::int64_t n = std::min(batch, all.rows() - first);
    Evaluated part;
    ubp_metric_batch b{};
    b.size = sizeof b, b.n = static_cast<std::uint32_t>(n), b.is_train = is_train;
    const auto cut = [&](const auto& from, auto& to, const ubp_view*& view) {
      if (from) view = to.emplace(from->rows(first, n)).c_view();
    };
    cut(all.input, part.input, b.input), cut(all.mask, part.mask, b.mask), cut(all.label, part.label, b.label);
    cut(all.embedding, part.embedding, b.embedding), cut(all.reconstruction, part.reconstruction, b.reconstruction);
    cut(all.samples, part.samples, b.samples), cut(all.score, part.score, b.score),
        cut(all.imputed, part.imputed, b.imputed);
    cut(all.withheld, part.withheld, b.withheld), cut(all.assignment, part.assignment, b.assignment);
    cut(all.episode_return, part.episode_return, b.episode_return),
        cut(all.episode_length, part.episode_length, b.episode_length);
    check(metric.table<ubp_metric_vt>().update(metric.self(), nullptr, &b));
  }
}

using Emitted = std::map<std::string, double>;

/// Checks that nothing but what was declared is emitted.
inline Emitted evaluate(const Instance& metric, const Evaluated& test, const Evaluated* train = nullptr,
                        std::int64_t batch = 7) {
  const auto& vt = metric.table<ubp_metric_vt>();
  check(vt.begin(metric.self(), nullptr));
  if (train) update(metric, *train, true, batch);
  update(metric, test, false, batch);
  Emitted out;
  check(vt.finish(
      metric.self(), nullptr, [](void* user, const char* name, double v) { (*static_cast<Emitted*>(user))[name] = v; },
      &out));
  std::size_t declared_names = 0;
  for (std::uint32_t i = 0; i < vt.n_emits; ++i) declared_names += out.count(vt.emits[i]->name);
  CHECK(declared_names == out.size());
  return out;
}

inline Emitted evaluate(const std::string& id, const Params& params, const Evaluated& test,
                        const Evaluated* train = nullptr, std::int64_t batch = 7) {
  const Instance metric(METRIC_PLUGINS, id, params);
  return evaluate(metric, test, train, batch);
}

}  // namespace harness
