/* SPDX-License-Identifier: MIT
 * echo: an instance is the value of its parameter `depth`, which means something only if `height` is above 0. */
#include <math.h>
#include <stdlib.h>
#include <ubp/abi.h>

static ubp_status create(const ubp_host* host, const ubp_param_value* const* values, uint32_t n, void** self) {
  (void)host, (void)n;
  double* depth = malloc(sizeof *depth);
  if (!depth) return UBP_E_NO_MEMORY;
  *depth = values[1]->f;
  *self = depth;
  return UBP_OK;
}
static void destroy(void* self) { free(self); }

static const ubp_param_desc kHeight = {.size = sizeof kHeight,
                                       .type = UBP_P_FLOAT,
                                       .name = "height",
                                       .doc = "",
                                       .f_max = 1,
                                       .sweep_lo = NAN,
                                       .sweep_hi = NAN};
static const ubp_param_desc kDepth = {.size = sizeof kDepth,
                                      .type = UBP_P_FLOAT,
                                      .name = "depth",
                                      .doc = "",
                                      .f_max = 1,
                                      .f_def = 0.25,
                                      .sweep_lo = NAN,
                                      .sweep_hi = NAN,
                                      .active_if = "height>0"};
static const ubp_param_desc* const kParams[] = {&kHeight, &kDepth};
static const ubp_lifecycle kLife = {.size = sizeof kLife, .create = create, .destroy = destroy};
static const ubp_transform_vt kTable = {.size = sizeof kTable};
static const ubp_component kComponent = {.size = sizeof kComponent,
                                         .kind = UBP_K_TRANSFORM,
                                         .id = "echo",
                                         .version = "1.0.0",
                                         .params = kParams,
                                         .n_params = 2,
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
                                                           .plugin_name = "echo",
                                                           .plugin_version = "1.0.0",
                                                           .license = "MIT",
                                                           .build_info = "C",
                                                           .init = init,
                                                           .count = count,
                                                           .get = get};
