/* ubp/abi/grad.h - gradients on demand, and ops of the plugin's own. SPDX-License-Identifier: MIT
 *
 * Most plugins never call this: an objective returns a loss, and the host differentiates it by the parameters that the
 * phase trains. It is for losses that contain a gradient, and for ops that math.h lacks.
 *
 * The story of a gradient penalty (Gulrajani et al., arXiv:1704.00028), inside loss():
 *
 *   grad->leaf(ctx, mixed, &x);                               // a copy that a gradient can be asked for
 *   ... y = critic(x), [n, 1] ...                             // recorded
 *   grad->grad(ctx, &y, &ones, 1, &x, 1, 1, &g);              // create_graph 1: g is recorded, too
 *   ... loss += mean((norm(g) - 1)^2)                         // and can be differentiated by the critic's parameters
 *
 * The tape records in loss() and nowhere else, unless set_recording() says so. It ends with its callback.
 *
 * The story of an op of your own: describe it once with register_op(), in init() or create(); apply_op() in callbacks.
 * forward() writes the outputs; when a gradient is wanted the host calls backward() with the same inputs and outputs.
 * Both loop over views and make no tensors. They are called while apply_op() or the backward pass runs, on its thread.
 */
#ifndef UBP_ABI_GRAD_H
#define UBP_ABI_GRAD_H
#include <ubp/abi/host.h>
#include <ubp/abi/types.h>
#ifdef __cplusplus
extern "C" {
#endif

#define UBP_API_GRAD "ubp.grad/1"

/* An op on views. `user` comes back as the first argument of each function; the desc is copied when it is registered,
 * what `id` and `user` point to must stay. Arrays have n_in or n_out entries. Test: tests/gradient/custom_ops.cpp */
typedef struct ubp_custom_op_desc {
  uint32_t size;
  /* reserved: 0 */
  uint32_t flags;
  /* for sentences: "log_cosh" */
  const char* id;
  uint32_t n_in, n_out;
  void* user;
  /* [trial] The outputs' shapes by the inputs'; a dtype left 0 is the run's. The place to refuse inputs. */
  ubp_status (*infer)(void* user, const ubp_shape* in, ubp_shape* out);
  /* [trial] Writes every number of out. saved: saved_bytes of scratch, zeroed, kept until backward(); else NULL. */
  ubp_status (*forward)(void* user, const ubp_view* const* in, ubp_view* const* out, void* saved);
  /* [trial] grad_out: d loss / d out. grad_in[i]: NULL where not wanted, else zeroed by the host: ADD into it. */
  ubp_status (*backward)(void* user, const ubp_view* const* in, const ubp_view* const* out,
                         const ubp_view* const* grad_out, ubp_view* const* grad_in, void* saved);
  /* scratch from forward to backward */
  uint64_t saved_bytes;
  /* [trial] |0 The same derivative, made of host ops: then the op can be differentiated twice. grad_in[i]: a tensor of
   * in[i]'s shape, or null for zero. Without it a second derivative is UBP_E_NOT_TWICE_DIFF. */
  ubp_status (*backward_graph)(void* user, ubp_ctx*, const ubp_tensor* in, const ubp_tensor* out,
                               const ubp_tensor* grad_out, ubp_tensor* grad_in);
} ubp_custom_op_desc;

typedef struct ubp_grad_api {
  uint32_t size;
  /* [trial] d(sum(outputs * seeds)) / d(inputs): grads [n_in], each of its input's shape. seeds: |0 if every output is
   * a scalar. An input that the outputs do not depend on gets zeros. create_graph: 1 records the derivative, so that it
   * can be differentiated again. Test: tests/gradient/backward.cpp */
  ubp_status (*grad)(ubp_ctx*, const ubp_tensor* outputs, const ubp_tensor* seeds, uint32_t n_out,
                     const ubp_tensor* inputs, uint32_t n_in, int32_t create_graph, ubp_tensor* grads);
  /* [trial] A detached copy that a gradient can be asked for. */
  ubp_status (*leaf)(ubp_ctx*, ubp_tensor x, ubp_tensor*);
  /* [trial] Whether ops are recorded from here on; was: what it was, to be put back. Test: tests/gradient/engine.cpp */
  ubp_status (*set_recording)(ubp_ctx*, int32_t on, int32_t* was);
  /* [trial] The op by a handle, which is valid until the process ends; in init(), too. infer, forward and backward must
   * be there, else UBP_E_INVALID_ARG. Test: tests/abi/calls.cpp */
  ubp_status (*register_op)(const ubp_host*, const ubp_custom_op_desc*, ubp_obj* op);
  /* [trial] in [n_in], out [n_out], as registered. Test: tests/abi/stranger_gradients.cpp */
  ubp_status (*apply_op)(ubp_ctx*, ubp_obj op, const ubp_tensor* in, uint32_t n_in, ubp_tensor* out, uint32_t n_out);
} ubp_grad_api;

#ifdef __cplusplus
}
#endif
#endif
