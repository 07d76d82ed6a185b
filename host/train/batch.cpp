// SPDX-License-Identifier: MIT
#include "train/batch.hpp"

#include "engine/ops.hpp"
#include "plugin/context.hpp"

namespace ubp {

Tensor Augment::apply(Engine& e, Tensor x, Random& random) const {
  const Shape shape = e.shape(x);
  const Recording off(e, false);
  Tensor now = ops::cast(e, x, DType::f32);
  for (const auto& t : transforms_) {
    const auto vt = t->table<ubp_transform_vt>();
    std::vector<std::uint64_t> words(static_cast<std::size_t>(shape[0]) * vt.random_words);
    random.words(words);
    const Tensor next = e.empty(DType::f32, shape);
    ViewStorage in_storage, out_storage;
    const ubp_view in = view_of(DType::f32, shape, const_cast<void*>(e.data(now)), true, in_storage);
    ubp_view out = view_of(DType::f32, shape, e.mutable_data(next), false, out_storage);
    require_ok(vt.apply(t->self(), &in, &out, words.data(), static_cast<std::uint32_t>(words.size())), t->who(),
               "apply");
    now = next;
  }
  return ops::cast(e, now, e.real());
}

std::unique_ptr<BatchData> make_batch(Engine& e, const Data& data, const std::string& split, std::vector<i64> rows,
                                      std::uint32_t n_views, const Augment* augment, Random* random) {
  auto b = std::make_unique<BatchData>();
  b->split = split;
  b->rows = std::move(rows);
  const i64 n = static_cast<i64>(b->rows.size());
  b->abi.size = sizeof(ubp_batch);
  b->abi.n = static_cast<std::uint32_t>(n);
  const Tensor input = data.gather(e, split, nullptr, b->rows);
  const bool augmented = augment && !augment->empty() && random;
  for (std::uint32_t v = 0; v < std::max(1u, n_views); ++v)
    b->views.push_back(abi_tensor(augmented ? augment->apply(e, input, *random) : input));
  b->abi.views = b->views.data();
  b->abi.n_views = static_cast<std::uint32_t>(b->views.size());
  b->abi.indices = abi_tensor(e.copy_from(DType::i64, Shape{n}, b->rows.data()));
  if (data.has_mask()) b->abi.mask = abi_tensor(data.mask(e, split, b->rows));
  b->abi.fields = data.field_names().data();
  b->abi.steps_per_epoch = -1;
  b->abi.split = b->split.c_str();
  return b;
}

}  // namespace ubp
