// SPDX-License-Identifier: MIT
#include "train/loop/flat_run.hpp"

#include <algorithm>

#include "plugin/context.hpp"

namespace ubp {

FlatRun::~FlatRun() {
  for (const Tensor t : adopted_) engine_.release_adopted(t);
}

ubp_tensor FlatRun::over(char* memory, i64 offset, const Shape& shape) {
  adopted_.push_back(
      engine_.adopt(engine_.real(), shape, memory + offset * bytes_of(engine_.real()), /*requires_grad=*/false));
  return abi_tensor(adopted_.back());
}

const ubp_tensor* FlatRun::over_slots(i64 offset, const Shape& shape) {
  slots_.emplace_back();
  for (char* const slot : memory_.slots) slots_.back().push_back(over(slot, offset, shape));
  return slots_.back().data();
}

void FlatRun::add(const Param& p, const Shape& shape) {
  ubp_segment s{};
  s.offset = static_cast<std::uint64_t>(end_), s.count = static_cast<std::uint64_t>(shape.count());
  s.name = p.name.c_str(), s.flags = p.flags;
  s.shape.nd = shape.nd;
  std::copy_n(shape.dim, 8, s.shape.dim);
  s.param = over(memory_.values, end_, shape), s.grad = over(memory_.grads, end_, shape);
  s.slots = over_slots(end_, shape);
  segments_.push_back(s);
  end_ += stride_of(shape.count());
}

void FlatRun::close() {
  const Shape all{end_};
  flat_.size = sizeof flat_, flat_.n_slots = static_cast<std::uint32_t>(memory_.slots.size());
  flat_.n = static_cast<std::uint64_t>(end_), flat_.dtype = static_cast<std::int32_t>(engine_.real());
  flat_.param = over(memory_.values, 0, all), flat_.grad = over(memory_.grads, 0, all);
  flat_.slots = over_slots(0, all);
  flat_.segments = segments_.data(), flat_.n_segments = static_cast<std::uint32_t>(segments_.size());
  flat_.segment_bytes = sizeof(ubp_segment);
}

const ubp_flat& FlatRun::told(i64 step, double lr, double decay) {
  if (flat_.size == 0) close();
  flat_.step = step, flat_.lr = lr, flat_.decay = decay;
  return flat_;
}

}  // namespace ubp
