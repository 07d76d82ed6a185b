// SPDX-License-Identifier: MIT
// Runs a metric on arrays, in batches of a chosen size, and gives what it emits.
#pragma once

#include <functional>
#include <optional>

#include "harness.hpp"

namespace harness {

/// One split's arrays; those left empty are NULL for the metric.
struct Evaluated {
  std::optional<Doubles> input, mask, embedding, reconstruction, samples, score, imputed, withheld, episode_return,
      episode_length;
  std::optional<Ints> label, assignment;
  std::optional<Doubles> factors;
  std::vector<std::pair<std::string, bool>> factor_names;  ///< of each column of `factors`, and whether it is a class
  std::function<Doubles(const Doubles&)> decode;           ///< codes [n, width] -> rows [n, numbers]

  std::int64_t rows() const {
    for (const auto* a : {&input, &embedding, &score, &episode_return})
      if (*a) return (*a)->shape[0];
    return assignment ? assignment->shape[0] : label ? label->shape[0] : 0;
  }
};

/// `decode` behind the C table. Its width is that of the embedding.
class CDecoder {
 public:
  explicit CDecoder(const Evaluated& all) : all_(all) {
    if (!all.decode) return;
    const std::int64_t width = all.embedding->shape[1];
    table_.raw = {sizeof table_.raw, width, all.decode(Doubles({1, width})).shape[1], decode};
    table_.self = this;
  }
  CDecoder(const CDecoder&) = delete;
  CDecoder& operator=(const CDecoder&) = delete;
  const ubp_decoder* raw() const { return all_.decode ? &table_.raw : nullptr; }

 private:
  struct Table {
    ubp_decoder raw{};  // first: what a plugin gives back is the table
    const CDecoder* self = nullptr;
  };
  static ubp_status decode(const ubp_decoder* raw, const double* codes, std::int64_t n, double* rows) {
    const CDecoder& d = *reinterpret_cast<const Table*>(raw)->self;
    const Doubles out = d.all_.decode(Doubles({n, raw->width}, std::vector<double>(codes, codes + n * raw->width)));
    std::copy(out.values.begin(), out.values.end(), rows);
    return UBP_OK;
  }
  const Evaluated& all_;
  Table table_;
};

inline void update(const Instance& metric, const Evaluated& all, bool is_train, std::int64_t batch,
                   const CDecoder& decoder) {
  std::vector<ubp_factor> factors;
  std::vector<const ubp_factor*> list;
  for (const auto& [name, is_class] : all.factor_names) factors.push_back({sizeof(ubp_factor), is_class, name.c_str()});
  for (const ubp_factor& one : factors) list.push_back(&one);
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
    cut(all.factors, part.factors, b.factors);
    b.factor = list.data(), b.n_factors = static_cast<std::uint32_t>(list.size()), b.decoder = decoder.raw();
    check(metric.table<ubp_metric_vt>().update(metric.self(), nullptr, &b));
  }
}

using Emitted = std::map<std::string, double>;

/// Checks that nothing but what was declared is emitted.
inline Emitted evaluate(const Instance& metric, const Evaluated& test, const Evaluated* train = nullptr,
                        std::int64_t batch = 7) {
  const auto& vt = metric.table<ubp_metric_vt>();
  check(vt.begin(metric.self(), nullptr));
  const CDecoder decoder(test);
  if (train) update(metric, *train, true, batch, decoder);
  update(metric, test, false, batch, decoder);
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
