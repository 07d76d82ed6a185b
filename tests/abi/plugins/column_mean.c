/* SPDX-License-Identifier: MIT
 * column_mean: an objective in plain C. L = mean (x - m)^2 over the minibatch; m is its one parameter.
 *
 * Its table ends behind `loss`, as that of a plugin built before the later slots existed.
 */
#include <stdlib.h>
#include <ubp/abi.h>

static const ubp_host* g_host;
static const ubp_math_api* g_math;
static const ubp_param_api* g_param;
static const ubp_run_api* g_run;

static ubp_status create(const ubp_host* host, const ubp_param_value* const* values, uint32_t n, void** self) {
  (void)host, (void)values, (void)n;
  *self = malloc(1);
  return *self ? UBP_OK : UBP_E_NO_MEMORY;
}
static void destroy(void* self) { free(self); }

static ubp_status setup(void* self, ubp_ctx* ctx) {
  ubp_shape row;
  ubp_tensor m;
  (void)self;
  ubp_status status = g_run->data_info(ctx, "train", NULL, NULL, &row);
  if (status == UBP_OK) status = g_param->param(ctx, "m", &row, UBP_INIT_ZERO, 0, 0, 0, &m);
  return status;
}

static ubp_status loss(void* self, ubp_ctx* ctx, uint32_t stage, uint32_t phase, const ubp_batch* batch,
                       ubp_tensor* out) {
  ubp_tensor m, difference, square;
  ubp_status status = g_param->param(ctx, "m", NULL, 0, 0, 0, 0, &m);
  (void)self, (void)stage, (void)phase;
  if (status == UBP_OK) status = g_math->binary(ctx, UBP_B_SUB, batch->views[0], m, &difference);
  if (status == UBP_OK) status = g_math->unary(ctx, UBP_U_SQUARE, difference, 0, 0, &square);
  if (status == UBP_OK) status = g_math->reduce(ctx, UBP_R_MEAN, square, 0, 0, out);
  return status;
}

static const char* const kNone[] = {NULL};
static const ubp_lifecycle kLife = {.size = sizeof kLife, .create = create, .destroy = destroy};
static const ubp_objective_vt kTable = {
    .size = offsetof(ubp_objective_vt, after_step), .n_views = 1, .setup = setup, .loss = loss};
static const ubp_component kComponent = {sizeof kComponent,
                                         UBP_K_OBJECTIVE,
                                         "column_mean",
                                         "1.0.0",
                                         "Column mean",
                                         "The mean of every column.",
                                         "",
                                         kNone,
                                         NULL,
                                         0,
                                         &kLife,
                                         &kTable};

static ubp_status init(const ubp_host* host, const char* path) {
  (void)path;
  g_host = host;
  g_math = host->get_api(host, UBP_API_MATH);
  g_param = host->get_api(host, UBP_API_PARAM);
  g_run = host->get_api(host, UBP_API_RUN);
  if (g_math && g_param && g_run) return UBP_OK;
  host->set_error(host, UBP_E_UNSUPPORTED, "this host lacks an API");
  return UBP_E_UNSUPPORTED;
}
static uint32_t components(void) { return 1; }
static const ubp_component* get(uint32_t index) { return index == 0 ? &kComponent : NULL; }

UBP_EXPORT_SYM UBP_SECTION const ubp_entry ubp_entry_v1 = {sizeof(ubp_entry),
                                                           UBP_ABI_MAJOR,
                                                           UBP_ABI_MINOR,
                                                           UBP_TARGET_MINOR,
                                                           UBP_ABI_DRAFT,
                                                           "column_mean",
                                                           "1.0.0",
                                                           "MIT",
                                                           "C",
                                                           init,
                                                           components,
                                                           get};
