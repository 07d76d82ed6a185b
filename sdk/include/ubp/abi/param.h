/* ubp/abi/param.h - parameters, state and slow copies: what outlives callbacks. SPDX-License-Identifier: MIT
 *
 * The host owns it, under (owner, name). The owner follows from the callback: a role in the callbacks of its model,
 * "self" in those of the objective. So a checkpoint needs no code of the plugin, and the same model fills two roles
 * without a clash.
 *
 * The story, from the host's side. A role is built: the model's build() asks for param "w" [4, 8]; the host makes it,
 * draws its start from a stream of its own name (so that another layer moves no number of it), and puts its value, its
 * gradient and the optimizer's slots into long flat buffers. In call(), the model asks for "w" again, with NULL for the
 * shape, and gets the same tensor. A phase trains "encoder": its backward pass writes the gradients, the optimizer
 * moves the values, and the handles stay what they are. In a trial that goes on after an interruption the first param()
 * finds the bits of the checkpoint. Test: tests/boundary/resume.cpp
 *
 * A second param() or state() of a name with another shape is UBP_E_STATE; a look-up of what is not there is
 * UBP_E_NOT_FOUND, and the message lists what there is. Test: tests/abi/calls.cpp
 */
#ifndef UBP_ABI_PARAM_H
#define UBP_ABI_PARAM_H
#include <ubp/abi/types.h>
#ifdef __cplusplus
extern "C" {
#endif

#define UBP_API_PARAM "ubp.param/1"

/* How a parameter starts. fan_in and fan_out: rows and columns of [i, o]; of a kernel [o, c, kh, kw] c*kh*kw, o*kh*kw.
 *   ZERO   CONST p0   UNIFORM [p0, p1)   NORMAL mean p0, deviation p1
 *   KAIMING U(-1/sqrt(fan_in), 1/sqrt(fan_in))    XAVIER Glorot's uniform    ORTHOGONAL (arXiv:1312.6120) */
enum {
  UBP_INIT_ZERO = 1,
  UBP_INIT_CONST = 2,
  UBP_INIT_UNIFORM = 3,
  UBP_INIT_NORMAL = 4,
  UBP_INIT_KAIMING = 5,
  UBP_INIT_XAVIER = 6,
  UBP_INIT_ORTHOGONAL = 7
};

/* NO_DECAY    weight decay spares it: biases, scales. Test: tests/abi/trials.cpp
 * ROW_SPARSE  one row per row of the data set: a step moves the rows that its loss has gathered, and no other bit.
 *             Test: tests/abi/trials.cpp */
enum { UBP_PARAM_NO_DECAY = 1, UBP_PARAM_ROW_SPARSE = 2 };

typedef struct ubp_param_api {
  uint32_t size;
  /* [trial] A trained tensor, in the run's dtype: made the first time, then found. shape: |0 to look up only. */
  ubp_status (*param)(ubp_ctx*, const char* name, const ubp_shape* shape, int32_t init, double p0, double p1,
                      uint32_t flags, ubp_tensor*);
  /* [trial] A named tensor that no optimizer touches: a queue, running statistics, centres. Any dtype; `fill`
   * everywhere at first. shape: |0 to look up only. Test: tests/abi/trials.cpp */
  ubp_status (*state)(ubp_ctx*, const char* name, const ubp_shape* shape, double fill, ubp_tensor*);
  /* [trial] Overwrites a parameter, state, or a tensor that an optimizer is given; the value is converted to its dtype
   * and has its shape. Not recorded. Test: tests/abi/trials.cpp, tests/plugins/optimizers.cpp */
  ubp_status (*assign)(ubp_ctx*, ubp_tensor dst, ubp_tensor value);
  /* [trial] dst[idx[i]] = rows[i], idx I64 [n], rows [n, ...]. Not recorded. Test: tests/abi/trials.cpp */
  ubp_status (*assign_rows)(ubp_ctx*, ubp_tensor dst, ubp_tensor idx, ubp_tensor rows);
  /* [trial] A frozen copy of the parameters and state of a role, called like a role by the name `target`. Made once,
   * then found. Test: tests/abi/trials.cpp */
  ubp_status (*ema_target)(ubp_ctx*, const char* role, const char* target);
  /* [trial] target = momentum * target + (1 - momentum) * role, of parameters; state is copied. 0: a hard copy.
   * Test: tests/abi/trials.cpp */
  ubp_status (*ema_update)(ubp_ctx*, const char* target, double momentum);
} ubp_param_api;

#ifdef __cplusplus
}
#endif
#endif
