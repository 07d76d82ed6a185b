// SPDX-License-Identifier: MIT
#include "train/data/batch.hpp"

#include "engine/ops.hpp"
#include "plugin/context.hpp"

namespace ubp {
namespace {

// Those that live, the newest last: two or three at a time. `impl` holds a number that no other batch ever has, not an
// address, so that what a plugin makes up is looked up and never followed.
thread_local std::vector<const BatchData*> t_live;
thread_local std::uintptr_t t_made = 0;

}  // namespace

BatchData::BatchData() {
  abi.size = sizeof abi;
  abi.steps_per_epoch = -1;
  abi.impl = reinterpret_cast<const void*>(++t_made);
  t_live.push_back(this);
}

BatchData::~BatchData() { std::erase(t_live, this); }

const BatchData& BatchData::of(const ubp_batch& abi) {
  if (UBP_HAS(&abi, impl))
    for (const BatchData* each : t_live)
      if (each->abi.impl == abi.impl) return *each;
  throw EngineError(
      UBP_E_BAD_HANDLE,
      "this is no batch of the host's, or no longer: a batch lives as long as the callback it is given to");
}

Tensor Augment::apply(Engine& engine, Tensor x, Random& random) const {
  const Shape shape = engine.shape(x);
  const Recording off(engine, false);
  Tensor now = ops::cast(engine, x, DType::f32);
  for (const auto& t : transforms_) {
    const auto calls = t->table<ubp_transform_vt>();
    std::vector<std::uint64_t> words(static_cast<std::size_t>(shape[0]) * calls.random_words);
    random.words(words);
    const Tensor next = engine.empty(DType::f32, shape);
    ViewStorage in_storage, out_storage;
    const ubp_view in = view_of(DType::f32, shape, const_cast<void*>(engine.data(now)), true, in_storage);
    ubp_view out = view_of(DType::f32, shape, engine.mutable_data(next), false, out_storage);
    require_ok(calls.apply(t->self(), &in, &out, words.data(), static_cast<std::uint32_t>(words.size())), t->who(),
               "apply");
    now = next;
  }
  return ops::cast(engine, now, engine.real());
}

std::unique_ptr<BatchData> make_batch(Engine& engine, const Data& data, const std::string& split, std::vector<i64> rows,
                                      std::uint32_t n_views, const Augment* augment, Random* random) {
  auto b = std::make_unique<BatchData>();
  b->split = split;
  b->rows = std::move(rows);
  const i64 n = static_cast<i64>(b->rows.size());
  b->abi.n = static_cast<std::uint32_t>(n);
  const Tensor input = data.gather(engine, split, nullptr, b->rows);
  const bool augmented = augment && !augment->empty() && random;
  for (std::uint32_t v = 0; v < std::max(1u, n_views); ++v)
    b->views.push_back(abi_tensor(augmented ? augment->apply(engine, input, *random) : input));
  b->abi.views = b->views.data();
  b->abi.n_views = static_cast<std::uint32_t>(b->views.size());
  b->abi.indices = abi_tensor(engine.copy_from(DType::i64, Shape{n}, b->rows.data()));
  if (data.has_mask()) b->abi.mask = abi_tensor(data.mask(engine, split, b->rows));
  if (data.has_weights()) b->abi.weights = abi_tensor(data.weights(engine, split, b->rows));
  if (data.has_lengths()) b->abi.lengths = abi_tensor(data.lengths(engine, split, b->rows));
  b->abi.fields = data.field_names().data();
  b->abi.split = b->split.c_str();
  return b;
}

}  // namespace ubp
