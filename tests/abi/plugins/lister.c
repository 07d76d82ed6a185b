/* SPDX-License-Identifier: MIT
 * lister: a data set of one column, whose files(), fields() and count() say what its parameters tell it to. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <ubp/abi.h>

typedef struct {
  char lines[1000];
  int64_t rows;
  uint32_t n_fields;
  ubp_field x;
  const ubp_field* list[2];
} lister;

static ubp_status create(const ubp_host* host, const ubp_param_value* const* values, uint32_t n, void** self) {
  lister* l = calloc(1, sizeof *l);
  (void)host, (void)n;
  if (!l) return UBP_E_NO_MEMORY;
  strncpy(l->lines, values[0]->s, sizeof l->lines - 1);
  l->rows = values[1]->i, l->n_fields = (uint32_t)values[2]->i;
  l->x.size = sizeof l->x, l->x.flags = (uint32_t)values[3]->i, l->x.name = "x";
  l->x.shape.nd = 1, l->x.shape.dim[0] = 1;
  l->list[0] = l->list[1] = &l->x;
  *self = l;
  return UBP_OK;
}
static void destroy(void* self) { free(self); }

static ubp_status files(void* self, const char* data_dir, const char** lines) {
  (void)data_dir;
  *lines = ((lister*)self)->lines;
  return UBP_OK;
}
static ubp_status open_lister(void* self, const char* data_dir) { return (void)self, (void)data_dir, UBP_OK; }
static ubp_status fields(void* self, const ubp_field* const** all, uint32_t* n) {
  *all = ((lister*)self)->list, *n = ((lister*)self)->n_fields;
  return UBP_OK;
}
static ubp_status rows(void* self, const char* split, int64_t* n) {
  *n = strcmp(split, "train") == 0 ? ((lister*)self)->rows : 0;
  return UBP_OK;
}
static ubp_status read_rows(void* self, const char* split, const int64_t* idx, uint32_t n, ubp_view* const* dst,
                            uint32_t n_dst) {
  (void)self, (void)split;
  for (uint32_t f = 0; f < n_dst; ++f)
    for (uint32_t i = 0; i < n; ++i) ((float*)dst[f]->data)[i] = (float)idx[i];
  return UBP_OK;
}

#define COUNTED(NAME, DEFAULT)                                                                            \
  {                                                                                                       \
    .size = sizeof(ubp_param_desc), .type = UBP_P_INT, .name = NAME, .doc = "", .i_min = -9, .i_max = 999, \
    .i_def = DEFAULT, .sweep_lo = NAN, .sweep_hi = NAN                                                    \
  }
static const ubp_param_desc kLines = {.size = sizeof kLines,
                                      .type = UBP_P_STRING,
                                      .name = "lines",
                                      .doc = "",
                                      .s_def = "",
                                      .sweep_lo = NAN,
                                      .sweep_hi = NAN};
static const ubp_param_desc kRows = COUNTED("n", 4), kFields = COUNTED("n_fields", 1), kFlags = COUNTED("field", 1);
static const ubp_param_desc* const kParams[] = {&kLines, &kRows, &kFields, &kFlags};
static const ubp_lifecycle kLife = {.size = sizeof kLife, .create = create, .destroy = destroy};
static const ubp_dataset_vt kTable = {
    .size = sizeof kTable, .files = files, .open = open_lister, .fields = fields, .count = rows, .read = read_rows};
static const ubp_component kComponent = {.size = sizeof kComponent,
                                         .kind = UBP_K_DATASET,
                                         .id = "lister",
                                         .version = "1.0.0",
                                         .params = kParams,
                                         .n_params = 4,
                                         .life = &kLife,
                                         .vtable = &kTable};

static ubp_status init(const ubp_host* host, const char* path) { return (void)host, (void)path, UBP_OK; }
static uint32_t count(void) { return 1; }
static const ubp_component* get(uint32_t index) { return index == 0 ? &kComponent : NULL; }

UBP_EXPORT_SYM UBP_SECTION const ubp_entry ubp_entry_v1 = {.size = sizeof(ubp_entry),
                                                           .abi_major = UBP_ABI_MAJOR,
                                                           .abi_minor_built = UBP_ABI_MINOR,
                                                           .abi_minor_needed = UBP_TARGET_MINOR,
                                                           .abi_draft = UBP_ABI_DRAFT,
                                                           .plugin_name = "lister",
                                                           .plugin_version = "1.0.0",
                                                           .license = "MIT",
                                                           .build_info = "C",
                                                           .init = init,
                                                           .count = count,
                                                           .get = get};
