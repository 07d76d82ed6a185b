/* ubp/names.h - what the classes and the columns of a data set are called. SPDX-License-Identifier: MIT
 *
 * An extension (ubp_lifecycle.get_extension) of data sets. Labels are indices, rows are numbers; people know them by
 * names: the class 1 was "versicolor" or "-1" in the file. Without the extension, or where it gives no names, an index
 * is its own name. Names are UTF-8. Either list may be asked for after open() and is valid until it is asked for again.
 */
#ifndef UBP_NAMES_H
#define UBP_NAMES_H
#include <ubp/abi.h>
#ifdef __cplusplus
extern "C" {
#endif

#define UBP_EXT_NAMES "ubp.names/1"
typedef struct ubp_names_ext {
  uint32_t size;
  /* Of class 0, 1, ...: all that a label may be, also those without a row. n = 0: classes have no names. */
  ubp_status (*classes)(void*, const char* const** names, uint32_t* n);
  /* Of the numbers of a row of the input, in order: as many as the row has; "colour=red" for the column of a one-hot
   * group or for the flag that is 1 for red. n = 0: columns have no names. */
  ubp_status (*columns)(void*, const char* const** names, uint32_t* n);
} ubp_names_ext;

#ifdef __cplusplus
}
#endif
#endif
