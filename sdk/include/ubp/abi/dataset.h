/* ubp/abi/dataset.h - a data set: rows by number. SPDX-License-Identifier: MIT
 *
 * A data set is a function from a row's number to its fields, and nothing else: it shuffles nothing, scales nothing and
 * hides nothing. Row i is the same bytes whenever it is asked for, by whomever: a pure function of the parameters and
 * of the files. So the host can decode it once, keep the result, and map it into every trial of a sweep.
 *
 * The story, from the host's side:
 *
 *   create(...)                       parameters: file, columns
 *   files(self, "/data", &lines)      what the content depends on. Their sums, the parameters and the plugin's
 *                                     bytes are the key of the decoded copy: if there is one, that was all
 *   open(self, "/data")               looks into the files
 *   fields(self, &fields, &n)         [{"image", F32 [1, 28, 28], INPUT}, {"digit", I64, LABEL}]
 *   splits(self, &names)              {"rotated"}: what there is besides train, valid and test
 *   count(self, "train", &n)          60000; then "valid", "test" and "rotated"
 *   read(self, "train", idx, 4096, dst, 2)     in blocks, until all rows are there
 *
 * Labels reach only objectives that declare UBP_OBJ_NEEDS_LABELS, and metrics; factors reach metrics alone. Extensions
 * tell more about the columns: ubp/names.h, ubp/nominal.h. Test: tests/datasets/tables.cpp
 */
#ifndef UBP_ABI_DATASET_H
#define UBP_ABI_DATASET_H
#include <ubp/abi/types.h>
#ifdef __cplusplus
extern "C" {
#endif

/* What a field is. A data set has exactly one INPUT, at most one LABEL and one MASK. Further inputs (a second picture,
 * a text beside it) are fields without a flag: objectives get them by name (`fields`, ubp_run_api.field), as they are,
 * and give roles their shapes. Test: tests/abi/row_weights.cpp */
enum {
  /* what models see */
  UBP_FIELD_INPUT = 1,
  /* a class by index: 0, 1, ... Test: tests/abi/withheld_labels.cpp */
  UBP_FIELD_LABEL = 2,
  /* of the input's shape: 1 known, 0 missing. Test: tests/abi/trials.cpp */
  UBP_FIELD_MASK = 4,
  /* rows are images [channels, height, width] */
  UBP_FIELD_IMAGE_CHW = 8,
  /* U8 that stands for value/255: it stays bytes until a minibatch needs it. Test: tests/datasets/pictures.cpp */
  UBP_FIELD_UNIT_BYTES = 16,
  /* one number of those that a row was made from, where that is known: a shape, an angle. I64: a class by index, else a
   * quantity. Any number of fields; metrics alone see them (metric.h). Test: tests/abi/factors.cpp */
  UBP_FIELD_FACTOR = 32,
  /* one number, 0 or more: how much the row counts in a loss; a data set has at most one. Objectives that heed none
   * (UBP_OBJ_ROW_LOSS) are refused such data. Test: tests/abi/row_weights.cpp */
  UBP_FIELD_WEIGHT = 64,
  /* rows of different lengths: I64, one number, 1 or more: how many entries of the input's first axis a row has; those
   * behind them are padding. The host makes padding 0 and has the mask say so: 0 there, as of cells that are missing. A
   * data set has at most one. Test: tests/abi/lengths.cpp */
  UBP_FIELD_LENGTH = 128
};
typedef struct ubp_field {
  uint32_t size;
  /* UBP_FIELD_* */
  uint32_t flags;
  const char* name;
  /* of one row, without the row axis; dtype 0: F32 */
  ubp_shape shape;
} ubp_field;

typedef struct ubp_dataset_vt {
  uint32_t size;
  /* reserved: 0; another value is refused. Test: tests/abi/descriptions.cpp */
  uint32_t flags;
  /* [trial] |0 The files that the content depends on, before open(); NULL: there are none.
   *   files = { path newline }            "/data/train.csv\n/data/test.csv\n", the last newline may be left out
   *   path    of a file that is there and can be read; no empty line
   * data_dir: where the person keeps data, "" if they did not say. lines: valid until files() is called again. Fails
   * with UBP_E_IO, and names what is missing and how to get it. Test: tests/boundary/damage.cpp, tests/abi/files.cpp */
  ubp_status (*files)(void* self, const char* data_dir, const char** lines);
  /* [trial] Before all that follows. */
  ubp_status (*open)(void* self, const char* data_dir);
  /* [trial] The fields, in the order of read()'s dst; valid as long as the instance. */
  ubp_status (*fields)(void* self, const ubp_field* const** fields, uint32_t* n);
  /* [trial] Rows of "train", "valid", "test" or one of `splits`; 0: no such split. Less than 0 is refused.
   * Test: tests/abi/files.cpp */
  ubp_status (*count)(void* self, const char* split, int64_t* n);
  /* [trial] Rows idx [n] of a split, to dst [n_dst]: one view [n, row...] for each field, every number to be written.
   * The order in which rows are asked for means nothing. Test: tests/abi/trials.cpp */
  ubp_status (*read)(void* self, const char* split, const int64_t* idx, uint32_t n, ubp_view* const* dst,
                     uint32_t n_dst);
  /* |0 where the data comes from, for people: a citation, an address, the program that draws it; and under which
   * licence it may be used ("CC-BY-4.0", SPDX where it has a name). Test: tests/abi/factors.cpp */
  const char *source, *licence;
  /* [trial] |0 after open(): splits of its own names besides "train", "valid" and "test", each once, ended by NULL:
   * rows of another domain, rows without labels. Valid until splits() is called again.
   *   name = letter { letter | digit | "_" }    letters a-z
   * Metrics judge them where `train.eval_split` names them; objectives reach them as any split (ubp_run_api.data_info,
   * foreach_batch, map_split). Test: tests/abi/named_splits.cpp */
  ubp_status (*splits)(void* self, const char* const** names);
} ubp_dataset_vt;

#ifdef __cplusplus
}
#endif
#endif
