/* ubp/expect.h - what a component expects of the rows it will meet. SPDX-License-Identifier: MIT
 *
 * An extension (ubp_lifecycle.get_extension) of metrics and objectives. The host asks before anything is trained, in a
 * process of its own: fewer rows than neighbours, a class without rows, an image smaller than a window are then told
 * when a sweep starts, not when its first trial ends. Without the extension a component expects nothing.
 */
#ifndef UBP_EXPECT_H
#define UBP_EXPECT_H
#include <ubp/abi.h>
#ifdef __cplusplus
extern "C" {
#endif

typedef struct ubp_row_facts { /* of one split */
  uint32_t size;
  const char* split;
  int64_t n;                      /* rows */
  const int64_t *label, *label_n; /* |0 the classes, ascending, and how many rows each has: [n_labels] */
  int64_t n_labels;               /* 0: the data set has no labels */
  int64_t withheld;               /* cells that imputation is judged by */
  ubp_shape row;                  /* of the input, without the row axis */
  const char* const* given;       /* ended by NULL: what the objective and its models give, by ubp_metric_vt.needs */
} ubp_row_facts;

#define UBP_EXT_EXPECT "ubp.expect/1"
typedef struct ubp_expect_ext {
  uint32_t size;
  /* Once for every split that metrics judge. A status that is not OK, with a message: refused. */
  ubp_status (*expect)(void*, const ubp_row_facts* train, const ubp_row_facts* judged);
} ubp_expect_ext;

#ifdef __cplusplus
}
#endif
#endif
