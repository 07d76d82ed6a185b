/* ubp/nominal.h - which columns of a data set's input are names, not numbers. SPDX-License-Identifier: MIT
 *
 * An extension (ubp_lifecycle.get_extension) of data sets, which say so, and of metrics, which are told. A nominal cell
 * is one column (0/1, an index) or a one-hot group of columns. A host withholds a cell whole: from the other columns of
 * a group the hidden one could be read. Without the extension every column is a number and a cell of its own.
 */
#ifndef UBP_NOMINAL_H
#define UBP_NOMINAL_H
#include <ubp/abi.h>
#ifdef __cplusplus
extern "C" {
#endif

#define UBP_EXT_NOMINAL "ubp.nominal/1"
typedef struct ubp_nominal_ext { /* columns: first and last of every nominal cell, [n, 2], ascending, not overlapping */
  uint32_t size;
  ubp_status (*get)(void*, const int64_t** columns,
                    uint32_t* n); /* data set, after open(); valid as long as the instance */
  ubp_status (*set)(void*, const int64_t* columns, uint32_t n); /* metric, before begin() */
} ubp_nominal_ext;

#ifdef __cplusplus
}
#endif
#endif
