/* SPDX-License-Identifier: MIT
 * grid: a data set in plain C, whose every number tells which row and column it is.
 *
 *   x [2] = (i, 100 + i)   weight [2] = (i, i + 0.5)   group i64 = i mod 5   label = i mod 2   known [2], if holes
 *
 * With holes, cell (i, c) is unknown where (i + c) mod 4 = 0, and x holds 1e30 there. 3 test rows. With names from column
 * k on, columns k to 1 of x are said to be one nominal cell; k = 2 is a lie.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <ubp/abi.h>
#include <ubp/nominal.h>

static const ubp_host* g_host;

typedef struct {
  int64_t rows;
  int holes;
  int64_t nominal[2];
  ubp_field field[5];
  const ubp_field* list[5];
} grid;

static ubp_status refuse(ubp_status status, const char* message) {
  g_host->set_error(g_host, status, message);
  return status;
}

static ubp_field make_field(const char* name, uint32_t flags, int32_t dtype, int32_t nd) {
  ubp_field f;
  memset(&f, 0, sizeof f);
  f.size = sizeof f, f.flags = flags, f.name = name;
  f.shape.dtype = dtype, f.shape.nd = nd, f.shape.dim[0] = nd ? 2 : 0;
  return f;
}

static ubp_status create(const ubp_host* host, const ubp_param_value* const* values, uint32_t n, void** self) {
  grid* g = calloc(1, sizeof *g);
  (void)host;
  if (!g) return UBP_E_NO_MEMORY;
  if (n != 3 || values[0]->type != UBP_P_INT || values[1]->type != UBP_P_BOOL || values[2]->type != UBP_P_INT) {
    free(g);
    return refuse(UBP_E_INVALID_ARG, "grid: rows, holes and names_from are expected");
  }
  g->rows = values[0]->i, g->holes = values[1]->i != 0, g->nominal[0] = values[2]->i, g->nominal[1] = 1;
  g->field[0] = make_field("x", UBP_FIELD_INPUT, UBP_F32, 1);
  g->field[1] = make_field("weight", 0, UBP_F32, 1);
  g->field[2] = make_field("group", 0, UBP_I64, 0);
  g->field[3] = make_field("class", UBP_FIELD_LABEL, UBP_F32, 0);
  g->field[4] = make_field("known", UBP_FIELD_MASK, UBP_U8, 1);
  for (int k = 0; k < 5; ++k) g->list[k] = &g->field[k];
  *self = g;
  return UBP_OK;
}

static void destroy(void* self) { free(self); }

static ubp_status open_grid(void* self, const char* data_dir) {
  (void)self, (void)data_dir;
  return UBP_OK;
}

static ubp_status fields(void* self, const ubp_field* const** out, uint32_t* n) {
  grid* g = self;
  *out = g->list, *n = g->holes ? 5 : 4;
  return UBP_OK;
}

static ubp_status nominal(void* self, const int64_t** columns, uint32_t* n) {
  grid* g = self;
  *columns = g->nominal, *n = g->nominal[0] >= 0;
  return UBP_OK;
}
static const ubp_nominal_ext kNominal = {sizeof kNominal, nominal, NULL};
static const void* extension(void* self, const char* id) {
  (void)self;
  return strcmp(id, UBP_EXT_NOMINAL) == 0 ? &kNominal : NULL;
}

static ubp_status count(void* self, const char* split, int64_t* n) {
  *n = strcmp(split, "train") == 0 ? ((grid*)self)->rows : strcmp(split, "test") == 0 ? 3 : 0;
  return UBP_OK;
}

static ubp_status read_rows(void* self, const char* split, const int64_t* idx, uint32_t n, ubp_view* const* dst,
                            uint32_t n_dst) {
  const int holes = ((grid*)self)->holes;
  (void)split;
  if (n_dst != (holes ? 5u : 4u)) return refuse(UBP_E_INVALID_ARG, "grid: another number of fields");
  for (uint32_t r = 0; r < n; ++r) {
    const int64_t i = idx[r];
    for (int c = 0; c < 2; ++c) {
      const int hole = holes && (i + c) % 4 == 0;
      ((float*)dst[0]->data)[2 * r + c] = hole ? 1e30f : (float)(100 * c + i);
      ((float*)dst[1]->data)[2 * r + c] = (float)i + 0.5f * (float)c;
      if (holes) ((uint8_t*)dst[4]->data)[2 * r + c] = !hole;
    }
    ((int64_t*)dst[2]->data)[r] = i % 5;
    ((float*)dst[3]->data)[r] = (float)(i % 2);
  }
  return UBP_OK;
}

static const ubp_param_desc kRows = {.size = sizeof(ubp_param_desc),
                                     .type = UBP_P_INT,
                                     .name = "rows",
                                     .doc = "Rows of the training split.",
                                     .i_min = 1,
                                     .i_max = 100000,
                                     .i_def = 20,
                                     .sweep_lo = NAN,
                                     .sweep_hi = NAN};
static const ubp_param_desc kHoles = {.size = sizeof(ubp_param_desc),
                                      .type = UBP_P_BOOL,
                                      .name = "holes",
                                      .doc = "Whether cells are missing.",
                                      .i_max = 1,
                                      .sweep_lo = NAN,
                                      .sweep_hi = NAN};
static const ubp_param_desc kNamesFrom = {.size = sizeof(ubp_param_desc),
                                          .type = UBP_P_INT,
                                          .name = "names_from",
                                          .doc = "First column of the nominal cell; -1: none.",
                                          .i_min = -1,
                                          .i_max = 2,
                                          .i_def = -1,
                                          .sweep_lo = NAN,
                                          .sweep_hi = NAN};
static const ubp_param_desc* const kParams[] = {&kRows, &kHoles, &kNamesFrom};
static const char* const kTags[] = {NULL};
static const ubp_lifecycle kLife = {
    .size = sizeof kLife, .create = create, .destroy = destroy, .get_extension = extension};
static const ubp_dataset_vt kTable = {
    .size = sizeof kTable, .open = open_grid, .fields = fields, .count = count, .read = read_rows};
static const ubp_component kGrid = {
    sizeof kGrid, UBP_K_DATASET, "grid",  "1.0.0", "Grid", "Numbers that tell where they are.",
    "",           kTags,         kParams, 3,       &kLife, &kTable};

static ubp_status init(const ubp_host* host, const char* path) {
  (void)path;
  g_host = host;
  return UBP_OK;
}
static uint32_t components(void) { return 1; }
static const ubp_component* get(uint32_t index) { return index == 0 ? &kGrid : NULL; }

UBP_EXPORT_SYM UBP_SECTION const ubp_entry ubp_entry_v1 = {sizeof(ubp_entry),
                                                           UBP_ABI_MAJOR,
                                                           UBP_ABI_MINOR,
                                                           UBP_TARGET_MINOR,
                                                           UBP_ABI_DRAFT,
                                                           "grid",
                                                           "1.0.0",
                                                           "MIT",
                                                           "C",
                                                           init,
                                                           components,
                                                           get};
