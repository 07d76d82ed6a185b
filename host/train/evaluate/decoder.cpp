// SPDX-License-Identifier: MIT
#include "train/evaluate/decoder.hpp"

#include <algorithm>

#include "engine/ops.hpp"
#include "plugin/context.hpp"
#include "train/data/rows.hpp"
#include "train/evaluate/evaluate.hpp"

namespace ubp {
namespace {

constexpr i64 kRows = 1000;

}  // namespace

TrialDecoder::TrialDecoder(Composition& parts, TrialServices& services) : parts_(parts), services_(services) {
  Engine& engine = parts_.engine;
  const Recording off(engine, false);
  const Scope scope(engine);
  const i64 first = 0;
  const Tensor x = parts_.data->gather(engine, "train", nullptr, std::span(&first, 1));
  const Tensor z = services_.call_one(*parts_.role_with("encode"), "encode", x);
  const Tensor y = services_.call_one(*parts_.role_with("decode"), "decode", z);
  code_ = row_of(engine.shape(z));
  face_.size = sizeof(ubp_decoder);
  face_.width = code_.count(), face_.row = row_of(engine.shape(y)).count();
  face_.self = this;
  face_.decode = [](const ubp_decoder* decoder, const double* codes, std::int64_t n, double* rows) {
    const TrialDecoder& self = *static_cast<const Face*>(decoder)->self;
    return status_of([&] { self.decode(codes, n, rows); });
  };
}

void TrialDecoder::decode(const double* codes, i64 n, double* rows) const {
  Engine& engine = parts_.engine;
  const Recording off(engine, false);
  Role& role = *parts_.role_with("decode");
  for (i64 at = 0; at < n; at += kRows) {
    const Scope scope(engine);
    const Shape shape = of_rows(std::min(kRows, n - at), code_);
    const Tensor z = ops::cast(engine, engine.copy_from(DType::f64, shape, codes + at * face_.width), engine.real());
    const std::vector<double> decoded = doubles(engine, services_.call_one(role, "decode", z));
    std::copy(decoded.begin(), decoded.end(), rows + at * face_.row);
  }
}

}  // namespace ubp
