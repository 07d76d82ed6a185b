/* ubp/abi/entry.h - what a library exports, and the description of a component. SPDX-License-Identifier: MIT
 *
 * The story of a library, from the host's side. Somewhere on the plugin path lies mine.so.
 *
 *   1  Its section "ubpplug1" says, without any code of it running, that it is a plugin.
 *   2  A process of its own loads it, and reads ubp_entry_v1: a constant, so nothing has to be called to know of which
 *      version it is. Another draft is refused by a sentence that says what has changed since.
 *   3  init(); count() and get(): the descriptions are read, checked against each other, kept in a cache by the sum of
 *      the file, and shown with `ubp plugin describe`.
 *   4  A trial that uses the component loads the library again, init(), and makes instances (lifecycle.h).
 *
 * File, plugin and component have one name: mine.so holds the plugin "mine", whose component is "mine". A library may
 * hold one component of each kind. Test: tests/abi/loader.cpp, tests/abi/descriptions.cpp
 *
 * In C:
 *   UBP_EXPORT_SYM UBP_SECTION const ubp_entry ubp_entry_v1 = {
 *       sizeof(ubp_entry), UBP_ABI_MAJOR, UBP_ABI_MINOR, UBP_TARGET_MINOR, UBP_ABI_DRAFT,
 *       "mine", "1.0.0", "MIT", "gcc 12, -O2", init, count, get};
 */
#ifndef UBP_ABI_ENTRY_H
#define UBP_ABI_ENTRY_H
#include <ubp/abi/host.h>
#include <ubp/abi/lifecycle.h>
#include <ubp/abi/params.h>
#ifdef __cplusplus
extern "C" {
#endif

/* What a component is, and with it the type of its vtable: ubp_model_vt, ubp_objective_vt, ... */
enum {
  UBP_K_MODEL = 1,
  UBP_K_OBJECTIVE = 2,
  UBP_K_OPTIMIZER = 3,
  UBP_K_DATASET = 4,
  UBP_K_METRIC = 5,
  UBP_K_TRANSFORM = 6,
  UBP_K_ENVIRONMENT = 7
};

/* Everything that it points to is constant, and stays (R9). Texts are for people, UTF-8.
 * Test: tests/abi/descriptions.cpp */
typedef struct ubp_component {
  uint32_t size;
  /* UBP_K_* */
  int32_t kind;
  /* id = name { "." name }: "barlow_twins", or "vendor.name"; never used for something else */
  const char* id;
  /* semver of the BEHAVIOUR: raise it when results change. Results are recorded with it */
  const char* version;
  /* a name, a sentence or more, where it comes from ("arXiv:2103.03230"); may be "" */
  const char *title, *doc, *citation;
  /* words to find it by, ended by NULL */
  const char* const* tags;
  const ubp_param_desc* const* params;
  uint32_t n_params;
  const ubp_lifecycle* life;
  /* ubp_<kind>_vt, which begins with its size; the host completes a shorter one by NULL */
  const void* vtable;
} ubp_component;

/* The head, up to plugin_name, is the same in every version: hosts read it to refuse what they do not know. */
typedef struct ubp_entry {
  uint32_t size;
  /* UBP_ABI_MAJOR, UBP_ABI_MINOR, UBP_TARGET_MINOR, UBP_ABI_DRAFT of the headers. Test: tests/abi/loader.cpp */
  uint16_t abi_major, abi_minor_built, abi_minor_needed, abi_draft;
  const char* plugin_name;
  /* semver of the library */
  const char* plugin_version;
  /* SPDX: "MIT" */
  const char* license;
  /* compiler, flags, SDK: recorded with the results */
  const char* build_info;
  /* [loader] Once in a process, before all others. path: the file. No files, no threads, no long work: it runs whenever
   * plugins are looked at. A status that is not UBP_OK: refused, with its sentence. Test: tests/abi/loader.cpp */
  ubp_status (*init)(const ubp_host*, const char* path);
  /* [loader] How many components. */
  uint32_t (*count)(void);
  /* [loader] The component by its place, 0 .. count() - 1: always the same one. */
  const ubp_component* (*get)(uint32_t index);
} ubp_entry;

/* The one exported symbol: constant-initialised data. Test: tests/abi/exports.py */
#define UBP_ENTRY_SYMBOL "ubp_entry_v1"
extern UBP_EXPORT_SYM UBP_SECTION const ubp_entry ubp_entry_v1;

#ifdef __cplusplus
}
#endif
#endif
