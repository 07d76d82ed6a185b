/* ubp/abi/table.h - rows that an objective collects while it trains. SPDX-License-Identifier: MIT
 *
 * The host owns the table, checkpoints it, and makes minibatches of it as of a data set. A stage declares how (
 * ubp_collect in objective.h): emptied before each round, or a ring that forgets its oldest rows.
 *
 * The story of a round, from the host's side. The stage collects: the host calls collect(), which steps environments
 * (env.h) and appends what happened,
 *
 *   const char* const names[] = {"observation", "action", "return"};
 *   table->append(ctx, names, columns, 3);                     // columns [m, 4], I64 [m], [m]
 *
 * again and again until the table holds `min_rows`; then it draws minibatches of the rows, and each is given to loss(),
 * where run->field(ctx, batch, "return", &g) is [n]. Test: tests/abi/trials.cpp
 */
#ifndef UBP_ABI_TABLE_H
#define UBP_ABI_TABLE_H
#include <ubp/abi/types.h>
#ifdef __cplusplus
extern "C" {
#endif

#define UBP_API_TABLE "ubp.table/1"

typedef struct ubp_table_api {
  uint32_t size;
  /* [trial] m rows, from n columns [m, ...] by name. The first append of a stage fixes names, dtypes and the shapes of
   * rows; another later is UBP_E_INVALID_ARG or UBP_E_SHAPE, and names the column. Numbers are copied.
   * Test: tests/abi/trials.cpp */
  ubp_status (*append)(ubp_ctx*, const char* const* names, const ubp_tensor* columns, uint32_t n);
  /* [trial] Rows that the table holds now. */
  ubp_status (*count)(ubp_ctx*, int64_t* rows);
} ubp_table_api;

#ifdef __cplusplus
}
#endif
#endif
