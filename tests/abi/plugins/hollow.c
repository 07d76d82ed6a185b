/* SPDX-License-Identifier: MIT
 * hollow: one component of every kind, whose tables hold nothing but their size. */
#include <ubp/abi.h>

static ubp_status create(const ubp_host* host, const ubp_param_value* const* values, uint32_t n, void** self) {
  (void)host, (void)values, (void)n;
  *self = NULL;
  return UBP_OK;
}

static const char* const kNone[] = {NULL};
static const ubp_method kEncode = {sizeof kEncode, "encode", 1, 1, ""}, kDecode = {sizeof kDecode, "decode", 1, 1, ""};
static const ubp_method* const kMethods[] = {&kEncode, &kDecode};
static const ubp_lifecycle kLife = {.size = sizeof kLife, .create = create};
static const ubp_model_vt kModel = {.size = sizeof kModel, .methods = kMethods, .n_methods = 2};
static const struct {
  uint32_t size;
  char nothing[252];
} kEmpty = {sizeof kEmpty, {0}};

#define COMPONENT(kind, vt) \
  { sizeof(ubp_component), kind, "hollow", "1.0.0", "", "", "", kNone, NULL, 0, &kLife, vt }
static const ubp_component kComponents[] = {COMPONENT(UBP_K_MODEL, &kModel),      COMPONENT(UBP_K_OBJECTIVE, &kEmpty),
                                            COMPONENT(UBP_K_OPTIMIZER, &kEmpty),  COMPONENT(UBP_K_DATASET, &kEmpty),
                                            COMPONENT(UBP_K_METRIC, &kEmpty),     COMPONENT(UBP_K_TRANSFORM, &kEmpty),
                                            COMPONENT(UBP_K_ENVIRONMENT, &kEmpty)};

static ubp_status init(const ubp_host* host, const char* path) { return (void)host, (void)path, UBP_OK; }
static uint32_t count(void) { return sizeof kComponents / sizeof kComponents[0]; }
static const ubp_component* get(uint32_t index) { return index < count() ? &kComponents[index] : NULL; }

UBP_EXPORT_SYM UBP_SECTION const ubp_entry ubp_entry_v1 = {sizeof(ubp_entry),
                                                           UBP_ABI_MAJOR,
                                                           UBP_ABI_MINOR,
                                                           UBP_TARGET_MINOR,
                                                           UBP_ABI_DRAFT,
                                                           "hollow",
                                                           "1.0.0",
                                                           "MIT",
                                                           "C",
                                                           init,
                                                           count,
                                                           get};
