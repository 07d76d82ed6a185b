/* ubp/abi/params.h - hyperparameters: how a component declares them, and how it is given their values.
 * SPDX-License-Identifier: MIT
 *
 * The story, from the host's side. The description of a component (entry.h) lists ubp_param_desc. The host reads them
 * once, in a process of its own, refuses what contradicts itself, and shows them with `ubp plugin describe`. A spec
 * says
 *
 *   [objective]
 *   use = "mine"
 *   temperature = 0.2
 *
 * and the value is checked against type and range before any code of the plugin runs; a sweep varies what it may. Then
 * create() (lifecycle.h) is given one ubp_param_value for each desc, in their order, defaults filled in. Values never
 * change during a trial.
 *
 * Names are for ever: results are recorded under them. Rename by an alias, which specs may go on using.
 *
 * Everything here is refused by file, component and parameter if it is wrong. Test: tests/abi/descriptions.cpp
 */
#ifndef UBP_ABI_PARAMS_H
#define UBP_ABI_PARAMS_H
#include <ubp/abi/core.h>
#ifdef __cplusplus
extern "C" {
#endif

/* Types, and where range and default stand. The number 8 is the host's own; a plugin that declares it is refused. */
enum {
  /* a finite number: f_min f_max f_def */
  UBP_P_FLOAT = 1,
  /* a whole number: i_min i_max i_def */
  UBP_P_INT = 2,
  /* i_def: 0 or 1 */
  UBP_P_BOOL = 3,
  /* one of `choices`; i_def: the index of the default */
  UBP_P_ENUM = 4,
  /* s_def */
  UBP_P_STRING = 5,
  /* numbers within the range of a single one; s_def as text: "256,64"; "": none */
  UBP_P_INT_LIST = 6,
  UBP_P_FLOAT_LIST = 7
};

/* A flag that is not listed here is refused. Test: tests/abi/descriptions.cpp */
enum {
  /* sweeps search it on a logarithmic scale; the search range is above 0 */
  UBP_PF_LOG = 1,
  /* worth sweeping */
  UBP_PF_TUNABLE = 2,
  /* leave it alone unless you know: `ubp plugin describe` says so. Test: tests/cli/manifest_text.cpp */
  UBP_PF_ADVANCED = 4,
  /* the lower, the upper bound itself is no value */
  UBP_PF_MIN_OPEN = 8,
  UBP_PF_MAX_OPEN = 16,
  /* it has no default: a spec must say it. Not together with active_if */
  UBP_PF_REQUIRED = 64,
  /* it cannot change results, and is no part of what a trial is. Test: tests/plan/identity.cpp */
  UBP_PF_NOT_IDENTITY = 128
};

typedef struct ubp_param_desc {
  uint32_t size;
  /* UBP_P_* */
  int32_t type;
  /* UBP_PF_* */
  uint32_t flags;
  /* name = letter { letter | digit | "_" }, letters a-z; never renamed: add an alias */
  const char* name;
  /* one sentence, for people */
  const char* doc;
  /* FLOAT, and the elements of FLOAT_LIST. Bounds may be +-INFINITY, nothing may be NaN */
  double f_min, f_max, f_def;
  /* INT, BOOL, ENUM (index), and the elements of INT_LIST */
  int64_t i_min, i_max, i_def;
  /* |0 STRING, and lists as text */
  const char* s_def;
  /* |0 ENUM: its texts, each once, ended by NULL. Append only: the index is what create() is given */
  const char* const* choices;
  /* the range that a sweep should search ("auto"), inside the bounds; NaN, NaN: none */
  double sweep_lo, sweep_hi;
  /* |0 old names that are still accepted, ended by NULL */
  const char* const* aliases;
  /* |0 when the parameter means anything at all:
   *
   *   condition = test { "and" test }             "kernel==rbf and momentum>0"
   *   test      = key op value { "," value }      several values only of == (any of them) and != (none of them)
   *   key         another parameter of this component, by name
   *   op        = "==" | "!=" | "<" | "<=" | ">" | ">="
   *   value     = text | "'" any "'" | '"' any '"'   text: without blank, comma, sign and quote. "penalty==kl,l1"
   *
   * Numbers compare as numbers: 0 is 0.0. Only numbers have an order. Bools are `true` and `false`; a list of numbers
   * is 256+64, only == and != may be asked of it. `when` of a spec is the same language, over keys of the spec.
   * Where it does not hold, create() is given the default, so that the parameter has no effect, and a sweep does not
   * vary it. Test: tests/abi/inactive.cpp, tests/plan/conditions.cpp */
  const char* active_if;
} ubp_param_desc;

/* The value of one parameter in this run: checked, in range. Only the field of its type is set:
 *   FLOAT f;  INT i;  BOOL i, 0 or 1;  ENUM i, the index;  STRING s;  FLOAT_LIST fl [n];  INT_LIST il [n]
 * Borrowed until create() returns: copy what you keep. Test: tests/abi/inactive.cpp */
typedef struct ubp_param_value {
  uint32_t size;
  /* the desc's */
  int32_t type;
  double f;
  int64_t i;
  const char* s;
  const double* fl;
  const int64_t* il;
  uint64_t n;
} ubp_param_value;

#ifdef __cplusplus
}
#endif
#endif
