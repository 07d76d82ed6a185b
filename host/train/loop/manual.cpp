// SPDX-License-Identifier: MIT
#include "train/loop/manual.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "base/error.hpp"
#include "plugin/context.hpp"

namespace ubp {
namespace {

thread_local ManualGradients* t_current = nullptr;

}  // namespace

ManualGradients::ManualGradients(Composition& parts, std::vector<Param*>& trained) : parts_(parts), trained_(trained) {
  for (Param* p : trained_) {
    std::memset(parts_.params.grads(*p), 0,
                static_cast<std::size_t>(p->shape.count() * bytes_of(parts_.engine.real())));
    p->touched.clear();
  }
  t_current = this;
}

ManualGradients::~ManualGradients() { t_current = nullptr; }

ubp_status ManualGradients::put(ubp_ctx* ctx, ubp_tensor param, ubp_tensor grad) {
  return serve(ctx, [&] {
    ManualGradients* self = t_current;
    if (!self) throw EngineError(UBP_E_STATE, "put_grad: only inside manual()");
    const auto found = std::find_if(self->trained_.begin(), self->trained_.end(),
                                    [&](const Param* p) { return p->tensor.id == param.id; });
    if (found == self->trained_.end())
      throw EngineError(UBP_E_INVALID_ARG, "put_grad: this phase does not train that tensor");
    Param& p = **found;
    const Tensor g = tensor_of(grad);
    Engine& engine = self->parts_.engine;
    if (!(engine.shape(g) == p.shape) || engine.dtype(g) != engine.real())
      throw EngineError(UBP_E_SHAPE, fmt::format("put_grad: '{}' is {}, its gradient {}", p.full_name(), p.shape.text(),
                                                 engine.shape(g).text()));
    std::memcpy(self->parts_.params.grads(p), engine.data(g),
                static_cast<std::size_t>(p.shape.count() * bytes_of(engine.real())));
    if (p.row_sparse())
      p.touched.resize(static_cast<std::size_t>(p.shape[0])), std::iota(p.touched.begin(), p.touched.end(), i64{0});
    self->any_ = true;
  });
}

}  // namespace ubp
