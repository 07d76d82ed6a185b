/* ubp/abi/lifecycle.h - how an instance of a component comes to be, is saved and goes. SPDX-License-Identifier: MIT
 *
 * An instance is whatever create() makes: the host holds it as a void* and hands it back as the first argument of every
 * function of the component. A component may have several instances at once (one model in two roles, one optimizer for
 * each phase); they share no state that changes.
 *
 * The story of an instance, from the host's side. A trial is a process of its own; it loads the plugin, then
 *
 *   create(host, values, n, &self)      the parameters, checked (params.h)
 *   setup(), build() or open()          what its kind begins with
 *   load(self, stream)                  only if the trial goes on from a checkpoint: what save() wrote
 *   ... the callbacks of its kind ...
 *   save(self, stream)                  at a checkpoint, between two callbacks
 *   destroy(self)                       when the trial has ended; not if its process was killed
 *
 * Most components have nothing to save: parameters, state, streams and tables are the host's, and are in the checkpoint
 * anyhow. save() is for the rest, a counter, a running mean in plain memory. Test: tests/abi/trials.cpp
 */
#ifndef UBP_ABI_LIFECYCLE_H
#define UBP_ABI_LIFECYCLE_H
#include <ubp/abi/host.h>
#include <ubp/abi/params.h>
#ifdef __cplusplus
extern "C" {
#endif

/* Where save() writes to: the host's, and valid until save() returns. */
typedef struct ubp_ostream {
  uint32_t size;
  void* impl;
  /* [trial] n bytes, all or a status. */
  ubp_status (*write)(struct ubp_ostream*, const void*, uint64_t n);
} ubp_ostream;

/* Where load() reads from: the bytes that save() wrote, in order. */
typedef struct ubp_istream {
  uint32_t size;
  void* impl;
  /* [trial] At most n bytes; got: how many, 0 at the end. */
  ubp_status (*read)(struct ubp_istream*, void*, uint64_t n, uint64_t* got);
} ubp_istream;

typedef struct ubp_lifecycle {
  uint32_t size;
  /* [trial] values [n], one for each ubp_param_desc, in that order. What makes no sense together is refused here, with
   * UBP_E_INVALID_ARG and a sentence; then nothing has been made, and *self is not looked at.
   * Test: tests/fault/misbehaviour.py */
  ubp_status (*create)(const ubp_host*, const ubp_param_value* const* values, uint32_t n, void** self);
  /* [trial] |0 Frees the instance. */
  void (*destroy)(void* self);
  /* [trial] |0 What no parameter, state, stream or table holds. Two instances that would go on alike write the same
   * bytes. */
  ubp_status (*save)(void* self, ubp_ostream*);
  /* [trial] |0 Goes on where save() was. Refuses bytes that it does not know: they may be of another version.
   * Test: tests/abi/trials.cpp */
  ubp_status (*load)(void* self, ubp_istream*);
  /* [any] |0 The table of an extension by its id, NULL if it has none. The host asks for those that it knows:
   * ubp/names.h and ubp/nominal.h of data sets, ubp/nominal.h of metrics, ubp/expect.h of metrics and objectives.
   * Test: tests/abi/withheld_labels.cpp */
  const void* (*get_extension)(void* self, const char* ext_id);
} ubp_lifecycle;

#ifdef __cplusplus
}
#endif
#endif
