// SPDX-License-Identifier: MIT
#include "engine/memory.hpp"

#include <bit>
#include <cstdlib>
#include <new>

namespace ubp {
namespace {

constexpr std::int64_t kAlign = 64;

struct SizeClass {
  std::int32_t index;
  std::int64_t bytes;
};

SizeClass class_of(std::int64_t bytes) {
  if (bytes <= 4 * kAlign) {
    const std::int64_t k = bytes <= kAlign ? 0 : (bytes - 1) / kAlign;
    return {static_cast<std::int32_t>(k), (k + 1) * kAlign};
  }
  const auto log = static_cast<std::int64_t>(std::bit_width(static_cast<std::uint64_t>(bytes - 1))) -
                   1;  // 2^log < bytes <= 2^(log+1)
  const std::int64_t step = std::int64_t{1} << (log - 2);
  const std::int64_t quarters = (bytes + step - 1) / step;  // 5..8
  return {static_cast<std::int32_t>(4 * (log - 8) + quarters - 1), quarters * step};
}

}  // namespace

Pool::~Pool() {
  for (auto& s : all_)
    if (s->size_class >= 0) std::free(s->data);
}

Storage* Pool::fresh() {
  if (!spare_.empty()) {
    Storage* s = spare_.back();
    spare_.pop_back();
    return s;
  }
  all_.push_back(std::make_unique<Storage>());
  return all_.back().get();
}

Storage* Pool::take(std::int64_t bytes) {
  const SizeClass c = class_of(bytes);
  if (static_cast<std::size_t>(c.index) >= free_.size()) free_.resize(static_cast<std::size_t>(c.index) + 1);
  auto& free = free_[static_cast<std::size_t>(c.index)];
  if (!free.empty()) {
    Storage* s = free.back();
    free.pop_back();
    s->refs = 1;
    return s;
  }
  void* data = std::aligned_alloc(kAlign, static_cast<std::size_t>(c.bytes));
  if (!data) throw std::bad_alloc();
  Storage* s = fresh();
  *s = {data, c.bytes, 1, c.index};
  ++blocks_;
  bytes_ += c.bytes;
  return s;
}

Storage* Pool::borrow(void* data, std::int64_t bytes) {
  Storage* s = fresh();
  *s = {data, bytes, 1, -1};
  return s;
}

void Pool::drop(Storage* s) {
  if (--s->refs > 0) return;
  if (s->size_class >= 0)
    free_[static_cast<std::size_t>(s->size_class)].push_back(s);
  else
    spare_.push_back(s);
}

}  // namespace ubp
