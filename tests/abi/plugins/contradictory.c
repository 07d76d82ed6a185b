/* SPDX-License-Identifier: MIT
 * contradictory: a component whose parameter lies outside its own range. */
#include <ubp/abi.h>

static ubp_status create(const ubp_host* host, const ubp_param_value* const* values, uint32_t n, void** self) {
  (void)host, (void)values, (void)n;
  *self = NULL;
  return UBP_OK;
}

static const ubp_param_desc kRate = {
    .size = sizeof kRate, .type = UBP_P_FLOAT, .name = "rate", .doc = "", .f_max = 1, .f_def = 2};
static const ubp_param_desc* const kParams[] = {&kRate};
static const ubp_lifecycle kLife = {.size = sizeof kLife, .create = create};
static const ubp_transform_vt kTable = {.size = sizeof kTable};
static const ubp_component kComponent = {.size = sizeof kComponent,
                                         .kind = UBP_K_TRANSFORM,
                                         .id = "contradictory",
                                         .version = "1.0.0",
                                         .params = kParams,
                                         .n_params = 1,
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
                                                           .plugin_name = "contradictory",
                                                           .plugin_version = "1.0.0",
                                                           .license = "MIT",
                                                           .build_info = "C",
                                                           .init = init,
                                                           .count = count,
                                                           .get = get};
