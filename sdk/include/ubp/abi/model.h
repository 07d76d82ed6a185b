/* ubp/abi/model.h - a model: a network that fills roles. SPDX-License-Identifier: MIT
 *
 * An objective asks for roles ("encoder", with the method "encode"); the run says which model fills which role; one
 * model can fill several, as an instance each. A model has no parameters in its own memory: it makes them in the host
 * (param.h), whose owner is the role.
 *
 * The story of a role, from the host's side:
 *
 *   create(...)                                    hyperparameters: hidden sizes, activation
 *   build(self, ctx, {"encoder", in [784], out free})
 *                                                  once, after the objective's setup(): param->param(ctx, "w1", ...)
 *   out_shape(self, "encode", [784], &shape)       [32]: what comes out, without a ctx, any number of times
 *   call(self, ctx, "encode", 1, &x, 1, &z, 1)     x [n, 784] to z [n, 32]: in every loss(), training
 *   call(self, ctx, "encode", 0, &x, 1, &z, 1)     in evaluation
 *
 * A trial that goes on after an interruption builds again, and finds the parameters of the checkpoint.
 */
#ifndef UBP_ABI_MODEL_H
#define UBP_ABI_MODEL_H
#include <ubp/abi/types.h>
#ifdef __cplusplus
extern "C" {
#endif

/* A method, by name. Those that others know: encode, decode, reconstruct, generate, score, predict, policy, value, q.
 * The host itself uses encode (the embedding), reconstruct, and decode of encode. Test: tests/plan/roles.cpp
 * In and out it takes and gives so many tensors, each with the row axis first; doc: one sentence. */
typedef struct ubp_method {
  uint32_t size;
  const char* name;
  uint32_t n_in, n_out;
  const char* doc;
} ubp_method;

/* What a role is to be: one row of its input and of its output, without the row axis. out: nd -1 where the model may
 * choose. Borrowed until build() returns. */
typedef struct ubp_build {
  uint32_t size;
  const char* role;
  ubp_shape in, out;
} ubp_build;

typedef struct ubp_model_vt {
  uint32_t size;
  /* [n_methods], each name once. A role that asks for more is refused before anything runs.
   * Test: tests/abi/descriptions.cpp, tests/plan/roles.cpp */
  const ubp_method* const* methods;
  uint32_t n_methods;
  /* [trial] Makes the parameters of the role. Refuses shapes that it cannot take, UBP_E_SHAPE.
   * Test: tests/abi/loader.cpp */
  ubp_status (*build)(void* self, ubp_ctx*, const ubp_build*);
  /* [trial] A method, on in [n_in]; out [n_out] is made. training: 1 in loss() and manual(): dropout, statistics of the
   * batch. What it logs is recorded as train.ROLE.NAME. Test: tests/abi/mistakes.cpp */
  ubp_status (*call)(void* self, ubp_ctx*, const char* method, int32_t training, const ubp_tensor* in, uint32_t n_in,
                     ubp_tensor* out, uint32_t n_out);
  /* [trial] One row of what a method gives. in: one row of the role's input, whatever the method takes. */
  ubp_status (*out_shape)(void* self, const char* method, const ubp_shape* in, ubp_shape* out);
} ubp_model_vt;

#ifdef __cplusplus
}
#endif
#endif
