/* SPDX-License-Identifier: MIT
 * The layout of ABI 0.1, frozen; made by layout.py. A failing line names what a plugin of that version would misread. */
#include <stddef.h>
#include <ubp/abi.h>
#include <string_view>
#include <type_traits>

#define UBP_FROZEN(type, field, offset, ...) \
  static_assert(offsetof(type, field) == offset && std::is_same_v<decltype(type::field), __VA_ARGS__>, #type "." #field)
#define UBP_FROZEN_SIZE(type, size) static_assert(sizeof(type) == size, #type)
#define UBP_FROZEN_CONSTANT(name, value) static_assert(name == value, #name)
#define UBP_FROZEN_TEXT(name, text) static_assert(std::string_view(name) == text, #name)
#define UBP_FROZEN_NAME(name, ...) static_assert(std::is_same_v<name, __VA_ARGS__>, #name)

UBP_FROZEN(ubp_tensor, id, 0, uint64_t);
UBP_FROZEN_SIZE(ubp_tensor, 8);
UBP_FROZEN(ubp_obj, id, 0, uint64_t);
UBP_FROZEN_SIZE(ubp_obj, 8);
UBP_FROZEN(ubp_shape, dtype, 0, int32_t);
UBP_FROZEN(ubp_shape, nd, 4, int32_t);
UBP_FROZEN(ubp_shape, dim, 8, int64_t[8]);
UBP_FROZEN_SIZE(ubp_shape, 72);
UBP_FROZEN(ubp_view, size, 0, uint32_t);
UBP_FROZEN(ubp_view, flags, 4, uint32_t);
UBP_FROZEN(ubp_view, data, 8, void*);
UBP_FROZEN(ubp_view, device_type, 16, int32_t);
UBP_FROZEN(ubp_view, device_id, 20, int32_t);
UBP_FROZEN(ubp_view, ndim, 24, int32_t);
UBP_FROZEN(ubp_view, dtype_code, 28, uint8_t);
UBP_FROZEN(ubp_view, dtype_bits, 29, uint8_t);
UBP_FROZEN(ubp_view, dtype_lanes, 30, uint16_t);
UBP_FROZEN(ubp_view, shape, 32, const int64_t*);
UBP_FROZEN(ubp_view, strides, 40, const int64_t*);
UBP_FROZEN(ubp_view, byte_offset, 48, uint64_t);
UBP_FROZEN(ubp_param_desc, size, 0, uint32_t);
UBP_FROZEN(ubp_param_desc, type, 4, int32_t);
UBP_FROZEN(ubp_param_desc, flags, 8, uint32_t);
UBP_FROZEN(ubp_param_desc, name, 16, const char*);
UBP_FROZEN(ubp_param_desc, doc, 24, const char*);
UBP_FROZEN(ubp_param_desc, group, 32, const char*);
UBP_FROZEN(ubp_param_desc, f_min, 40, double);
UBP_FROZEN(ubp_param_desc, f_max, 48, double);
UBP_FROZEN(ubp_param_desc, f_def, 56, double);
UBP_FROZEN(ubp_param_desc, i_min, 64, int64_t);
UBP_FROZEN(ubp_param_desc, i_max, 72, int64_t);
UBP_FROZEN(ubp_param_desc, i_def, 80, int64_t);
UBP_FROZEN(ubp_param_desc, s_def, 88, const char*);
UBP_FROZEN(ubp_param_desc, choices, 96, const char* const*);
UBP_FROZEN(ubp_param_desc, sweep_lo, 104, double);
UBP_FROZEN(ubp_param_desc, sweep_hi, 112, double);
UBP_FROZEN(ubp_param_desc, aliases, 120, const char* const*);
UBP_FROZEN(ubp_param_desc, active_if, 128, const char*);
UBP_FROZEN(ubp_param_value, size, 0, uint32_t);
UBP_FROZEN(ubp_param_value, type, 4, int32_t);
UBP_FROZEN(ubp_param_value, f, 8, double);
UBP_FROZEN(ubp_param_value, i, 16, int64_t);
UBP_FROZEN(ubp_param_value, s, 24, const char*);
UBP_FROZEN(ubp_param_value, fl, 32, const double*);
UBP_FROZEN(ubp_param_value, il, 40, const int64_t*);
UBP_FROZEN(ubp_param_value, n, 48, uint64_t);
UBP_FROZEN(ubp_ostream, size, 0, uint32_t);
UBP_FROZEN(ubp_ostream, impl, 8, void*);
UBP_FROZEN(ubp_ostream, write, 16, ubp_status (*)(struct ubp_ostream*, const void*, uint64_t n));
UBP_FROZEN(ubp_istream, size, 0, uint32_t);
UBP_FROZEN(ubp_istream, impl, 8, void*);
UBP_FROZEN(ubp_istream, read, 16, ubp_status (*)(struct ubp_istream*, void*, uint64_t n, uint64_t* got));
UBP_FROZEN(ubp_host, size, 0, uint32_t);
UBP_FROZEN(ubp_host, abi_major, 4, uint16_t);
UBP_FROZEN(ubp_host, abi_minor, 6, uint16_t);
UBP_FROZEN(ubp_host, impl, 8, void*);
UBP_FROZEN(ubp_host, name, 16, const char*);
UBP_FROZEN(ubp_host, version, 24, const char*);
UBP_FROZEN(ubp_host, get_api, 32, const void* (*)(const struct ubp_host*, const char* api_id));
UBP_FROZEN(ubp_host, log, 40, void (*)(const struct ubp_host*, int32_t level, const char* who, const char* msg));
UBP_FROZEN(ubp_host, last_error, 48, const char* (*)(const struct ubp_host*));
UBP_FROZEN(ubp_host, set_error, 56, void (*)(const struct ubp_host*, ubp_status, const char* msg));
UBP_FROZEN(ubp_tensor_api, size, 0, uint32_t);
UBP_FROZEN(ubp_tensor_api, empty, 8, ubp_status (*)(ubp_ctx*, const ubp_shape*, ubp_tensor*));
UBP_FROZEN(ubp_tensor_api, full, 16, ubp_status (*)(ubp_ctx*, const ubp_shape*, double v, ubp_tensor*));
UBP_FROZEN(ubp_tensor_api, eye, 24, ubp_status (*)(ubp_ctx*, int64_t n, ubp_tensor*));
UBP_FROZEN(ubp_tensor_api, arange, 32,
           ubp_status (*)(ubp_ctx*, int32_t dtype, double lo, double step, int64_t n, ubp_tensor*));
UBP_FROZEN(ubp_tensor_api, from_host, 40, ubp_status (*)(ubp_ctx*, const ubp_view* src, ubp_tensor*));
UBP_FROZEN(ubp_tensor_api, info, 48, ubp_status (*)(ubp_ctx*, ubp_tensor, ubp_shape* out));
UBP_FROZEN(ubp_tensor_api, item, 56, ubp_status (*)(ubp_ctx*, ubp_tensor, double* out));
UBP_FROZEN(ubp_tensor_api, map, 64, ubp_status (*)(ubp_ctx*, ubp_tensor, uint32_t mode, ubp_view* out));
UBP_FROZEN(ubp_tensor_api, unmap, 72, ubp_status (*)(ubp_ctx*, ubp_tensor));
UBP_FROZEN(ubp_tensor_api, scope_push, 80, ubp_status (*)(ubp_ctx*));
UBP_FROZEN(ubp_tensor_api, scope_pop, 88, ubp_status (*)(ubp_ctx*, const ubp_tensor* keep, uint32_t n));
UBP_FROZEN(ubp_attr, size, 0, uint32_t);
UBP_FROZEN(ubp_attr, name, 8, const char*);
UBP_FROZEN(ubp_attr, type, 16, int32_t);
UBP_FROZEN(ubp_attr, f, 24, double);
UBP_FROZEN(ubp_attr, i, 32, int64_t);
UBP_FROZEN(ubp_attr, s, 40, const char*);
UBP_FROZEN(ubp_attr, il, 48, const int64_t*);
UBP_FROZEN(ubp_attr, n, 56, uint64_t);
UBP_FROZEN(ubp_math_api, size, 0, uint32_t);
UBP_FROZEN(ubp_math_api, supports, 8, int32_t (*)(const ubp_host*, int32_t family, int32_t code));
UBP_FROZEN(ubp_math_api, unary, 16,
           ubp_status (*)(ubp_ctx*, int32_t op, ubp_tensor x, double p0, double p1, ubp_tensor*));
UBP_FROZEN(ubp_math_api, binary, 24, ubp_status (*)(ubp_ctx*, int32_t op, ubp_tensor a, ubp_tensor b, ubp_tensor*));
UBP_FROZEN(ubp_math_api, matmul, 32,
           ubp_status (*)(ubp_ctx*, ubp_tensor a, ubp_tensor b, int32_t ta, int32_t tb, ubp_tensor*));
UBP_FROZEN(ubp_math_api, reduce, 40,
           ubp_status (*)(ubp_ctx*, int32_t op, ubp_tensor x, uint32_t axes, int32_t keepdims, ubp_tensor*));
UBP_FROZEN(ubp_math_api, softmax, 48, ubp_status (*)(ubp_ctx*, ubp_tensor x, int32_t axis, int32_t log, ubp_tensor*));
UBP_FROZEN(ubp_math_api, shape, 56,
           ubp_status (*)(ubp_ctx*, int32_t op, ubp_tensor x, const int64_t* a, int32_t n, ubp_tensor*));
UBP_FROZEN(ubp_math_api, concat, 64,
           ubp_status (*)(ubp_ctx*, const ubp_tensor* xs, uint32_t n, int32_t axis, ubp_tensor*));
UBP_FROZEN(ubp_math_api, where, 72, ubp_status (*)(ubp_ctx*, ubp_tensor cond, ubp_tensor a, ubp_tensor b, ubp_tensor*));
UBP_FROZEN(ubp_math_api, gather_rows, 80, ubp_status (*)(ubp_ctx*, ubp_tensor table, ubp_tensor idx, ubp_tensor*));
UBP_FROZEN(ubp_math_api, take, 88, ubp_status (*)(ubp_ctx*, ubp_tensor x, ubp_tensor idx, ubp_tensor*));
UBP_FROZEN(ubp_math_api, call, 96,
           ubp_status (*)(ubp_ctx*, const char* op, const ubp_tensor* in, uint32_t n_in, const ubp_attr* const* attrs,
                          uint32_t n_attr, ubp_tensor* out, uint32_t n_out));
UBP_FROZEN(ubp_custom_op_desc, size, 0, uint32_t);
UBP_FROZEN(ubp_custom_op_desc, flags, 4, uint32_t);
UBP_FROZEN(ubp_custom_op_desc, id, 8, const char*);
UBP_FROZEN(ubp_custom_op_desc, n_in, 16, uint32_t);
UBP_FROZEN(ubp_custom_op_desc, n_out, 20, uint32_t);
UBP_FROZEN(ubp_custom_op_desc, user, 24, void*);
UBP_FROZEN(ubp_custom_op_desc, infer, 32, ubp_status (*)(void*, const ubp_shape* in, ubp_shape* out));
UBP_FROZEN(ubp_custom_op_desc, forward, 40,
           ubp_status (*)(void*, const ubp_view* const* in, ubp_view* const* out, void* saved));
UBP_FROZEN(ubp_custom_op_desc, backward, 48,
           ubp_status (*)(void*, const ubp_view* const* in, const ubp_view* const* out, const ubp_view* const* grad_out,
                          ubp_view* const* grad_in, void* saved));
UBP_FROZEN(ubp_custom_op_desc, saved_bytes, 56, uint64_t);
UBP_FROZEN(ubp_custom_op_desc, backward_graph, 64,
           ubp_status (*)(void*, ubp_ctx*, const ubp_tensor* in, const ubp_tensor* out, const ubp_tensor* grad_out,
                          ubp_tensor* grad_in));
UBP_FROZEN(ubp_grad_api, size, 0, uint32_t);
UBP_FROZEN(ubp_grad_api, grad, 8,
           ubp_status (*)(ubp_ctx*, const ubp_tensor* outputs, const ubp_tensor* seeds, uint32_t n_out,
                          const ubp_tensor* inputs, uint32_t n_in, int32_t create_graph, ubp_tensor* grads));
UBP_FROZEN(ubp_grad_api, leaf, 16, ubp_status (*)(ubp_ctx*, ubp_tensor x, ubp_tensor*));
UBP_FROZEN(ubp_grad_api, set_recording, 24, ubp_status (*)(ubp_ctx*, int32_t on, int32_t* was));
UBP_FROZEN(ubp_grad_api, register_op, 32, ubp_status (*)(const ubp_host*, const ubp_custom_op_desc*, ubp_obj* op));
UBP_FROZEN(ubp_grad_api, apply_op, 40,
           ubp_status (*)(ubp_ctx*, ubp_obj op, const ubp_tensor* in, uint32_t n_in, ubp_tensor* out, uint32_t n_out));
UBP_FROZEN(ubp_param_api, size, 0, uint32_t);
UBP_FROZEN(ubp_param_api, param, 8,
           ubp_status (*)(ubp_ctx*, const char* name, const ubp_shape*, int32_t init, double p0, double p1,
                          uint32_t flags, ubp_tensor*));
UBP_FROZEN(ubp_param_api, state, 16,
           ubp_status (*)(ubp_ctx*, const char* name, const ubp_shape*, double fill, ubp_tensor*));
UBP_FROZEN(ubp_param_api, assign, 24, ubp_status (*)(ubp_ctx*, ubp_tensor dst, ubp_tensor value));
UBP_FROZEN(ubp_param_api, assign_rows, 32, ubp_status (*)(ubp_ctx*, ubp_tensor dst, ubp_tensor idx, ubp_tensor rows));
UBP_FROZEN(ubp_param_api, ema_target, 40, ubp_status (*)(ubp_ctx*, const char* role, const char* target));
UBP_FROZEN(ubp_param_api, ema_update, 48, ubp_status (*)(ubp_ctx*, const char* target, double momentum));
UBP_FROZEN(ubp_rng_api, size, 0, uint32_t);
UBP_FROZEN(ubp_rng_api, stream, 8, ubp_status (*)(ubp_ctx*, const char* name, ubp_obj* out));
UBP_FROZEN(ubp_rng_api, normal, 16, ubp_status (*)(ubp_ctx*, ubp_obj, const ubp_shape*, ubp_tensor*));
UBP_FROZEN(ubp_rng_api, uniform, 24,
           ubp_status (*)(ubp_ctx*, ubp_obj, const ubp_shape*, double lo, double hi, ubp_tensor*));
UBP_FROZEN(ubp_rng_api, permutation, 32, ubp_status (*)(ubp_ctx*, ubp_obj, int64_t n, ubp_tensor* i64));
UBP_FROZEN(ubp_rng_api, bernoulli, 40, ubp_status (*)(ubp_ctx*, ubp_obj, const ubp_shape*, double p, ubp_tensor*));
UBP_FROZEN(ubp_rng_api, categorical, 48, ubp_status (*)(ubp_ctx*, ubp_obj, ubp_tensor logits, ubp_tensor* i64));
UBP_FROZEN(ubp_rng_api, fill_u64, 56, ubp_status (*)(ubp_ctx*, ubp_obj, uint64_t* dst, uint64_t n));
UBP_FROZEN(ubp_batch, size, 0, uint32_t);
UBP_FROZEN(ubp_batch, n, 4, uint32_t);
UBP_FROZEN(ubp_batch, views, 8, const ubp_tensor*);
UBP_FROZEN(ubp_batch, n_views, 16, uint32_t);
UBP_FROZEN(ubp_batch, indices, 24, ubp_tensor);
UBP_FROZEN(ubp_batch, mask, 32, ubp_tensor);
UBP_FROZEN(ubp_batch, fields, 40, const char* const*);
UBP_FROZEN(ubp_batch, step, 48, int64_t);
UBP_FROZEN(ubp_batch, epoch, 56, int64_t);
UBP_FROZEN(ubp_batch, steps_per_epoch, 64, int64_t);
UBP_FROZEN(ubp_batch, split, 72, const char*);
UBP_FROZEN(ubp_run_api, size, 0, uint32_t);
UBP_FROZEN(ubp_run_api, data_info, 8,
           ubp_status (*)(ubp_ctx*, const char* split, const char* field, int64_t* rows, ubp_shape* row));
UBP_FROZEN(ubp_run_api, role_shape, 16,
           ubp_status (*)(ubp_ctx*, const char* role, const ubp_shape* in, const ubp_shape* out));
UBP_FROZEN(ubp_run_api, method_shape, 24,
           ubp_status (*)(ubp_ctx*, const char* role, const char* method, ubp_shape* out));
UBP_FROZEN(ubp_run_api, call_model, 32,
           ubp_status (*)(ubp_ctx*, const char* role, const char* method, const ubp_tensor* in, uint32_t n_in,
                          ubp_tensor* out, uint32_t n_out));
UBP_FROZEN(ubp_run_api, field, 40, ubp_status (*)(ubp_ctx*, const ubp_batch*, const char* name, ubp_tensor*));
UBP_FROZEN(ubp_run_api, log_scalar, 48, ubp_status (*)(ubp_ctx*, const char* name, ubp_tensor scalar));
UBP_FROZEN(ubp_run_api, log_value, 56, ubp_status (*)(ubp_ctx*, const char* name, double v));
UBP_FROZEN(ubp_run_api, cancelled, 64, int32_t (*)(ubp_ctx*));
UBP_FROZEN(ubp_run_api, end_stage, 72, ubp_status (*)(ubp_ctx*, const char* reason));
UBP_FROZEN(ubp_run_api, foreach_batch, 80,
           ubp_status (*)(ubp_ctx*, const char* split, uint32_t batch,
                          ubp_status (*fn)(void*, ubp_ctx*, const ubp_batch*), void* user));
UBP_FROZEN(ubp_run_api, map_split, 88,
           ubp_status (*)(ubp_ctx*, const char* split, const char* role, const char* method, ubp_tensor*));
UBP_FROZEN(ubp_run_api, kmeans, 96,
           ubp_status (*)(ubp_ctx*, ubp_tensor x, int64_t k, int32_t restarts, ubp_tensor* centers,
                          ubp_tensor* assign));
UBP_FROZEN(ubp_run_api, parallel_for, 104,
           void (*)(ubp_ctx*, int64_t n, int64_t grain, void (*fn)(void*, int64_t, int64_t), void* user));
UBP_FROZEN(ubp_table_api, size, 0, uint32_t);
UBP_FROZEN(ubp_table_api, append, 8,
           ubp_status (*)(ubp_ctx*, const char* const* names, const ubp_tensor* columns, uint32_t n));
UBP_FROZEN(ubp_table_api, count, 16, ubp_status (*)(ubp_ctx*, int64_t* rows));
UBP_FROZEN(ubp_space, size, 0, uint32_t);
UBP_FROZEN(ubp_space, kind, 4, int32_t);
UBP_FROZEN(ubp_space, n, 8, int64_t);
UBP_FROZEN(ubp_space, shape, 16, ubp_shape);
UBP_FROZEN(ubp_space, low, 88, const double*);
UBP_FROZEN(ubp_space, high, 96, const double*);
UBP_FROZEN(ubp_env_step, size, 0, uint32_t);
UBP_FROZEN(ubp_env_step, next, 8, ubp_tensor);
UBP_FROZEN(ubp_env_step, reward, 16, ubp_tensor);
UBP_FROZEN(ubp_env_step, terminated, 24, ubp_tensor);
UBP_FROZEN(ubp_env_step, truncated, 32, ubp_tensor);
UBP_FROZEN(ubp_env_step, obs, 40, ubp_tensor);
UBP_FROZEN(ubp_env_api, size, 0, uint32_t);
UBP_FROZEN(ubp_env_api, spaces, 8,
           ubp_status (*)(ubp_ctx*, const ubp_space** observation, const ubp_space** action, uint32_t* n));
UBP_FROZEN(ubp_env_api, observe, 16, ubp_status (*)(ubp_ctx*, ubp_tensor* obs));
UBP_FROZEN(ubp_env_api, reset, 24, ubp_status (*)(ubp_ctx*, ubp_tensor* obs));
UBP_FROZEN(ubp_env_api, step, 32, ubp_status (*)(ubp_ctx*, ubp_tensor action, ubp_env_step* out));
UBP_FROZEN(ubp_lifecycle, size, 0, uint32_t);
UBP_FROZEN(ubp_lifecycle, create, 8,
           ubp_status (*)(const ubp_host*, const ubp_param_value* const* values, uint32_t n, void** self));
UBP_FROZEN(ubp_lifecycle, destroy, 16, void (*)(void*));
UBP_FROZEN(ubp_lifecycle, save, 24, ubp_status (*)(void*, ubp_ostream*));
UBP_FROZEN(ubp_lifecycle, load, 32, ubp_status (*)(void*, ubp_istream*));
UBP_FROZEN(ubp_lifecycle, set_param, 40, ubp_status (*)(void*, uint32_t index, const ubp_param_value*));
UBP_FROZEN(ubp_lifecycle, get_extension, 48, const void* (*)(void*, const char* ext_id));
UBP_FROZEN(ubp_method, size, 0, uint32_t);
UBP_FROZEN(ubp_method, name, 8, const char*);
UBP_FROZEN(ubp_method, n_in, 16, uint32_t);
UBP_FROZEN(ubp_method, n_out, 20, uint32_t);
UBP_FROZEN(ubp_method, doc, 24, const char*);
UBP_FROZEN(ubp_build, size, 0, uint32_t);
UBP_FROZEN(ubp_build, role, 8, const char*);
UBP_FROZEN(ubp_build, in, 16, ubp_shape);
UBP_FROZEN(ubp_build, out, 88, ubp_shape);
UBP_FROZEN(ubp_model_vt, size, 0, uint32_t);
UBP_FROZEN(ubp_model_vt, methods, 8, const ubp_method* const*);
UBP_FROZEN(ubp_model_vt, n_methods, 16, uint32_t);
UBP_FROZEN(ubp_model_vt, build, 24, ubp_status (*)(void*, ubp_ctx*, const ubp_build*));
UBP_FROZEN(ubp_model_vt, call, 32,
           ubp_status (*)(void*, ubp_ctx*, const char* method, int32_t training, const ubp_tensor* in, uint32_t n_in,
                          ubp_tensor* out, uint32_t n_out));
UBP_FROZEN(ubp_model_vt, out_shape, 40, ubp_status (*)(void*, const char* method, const ubp_shape* in, ubp_shape* out));
UBP_FROZEN(ubp_role, size, 0, uint32_t);
UBP_FROZEN(ubp_role, optional, 4, uint32_t);
UBP_FROZEN(ubp_role, name, 8, const char*);
UBP_FROZEN(ubp_role, methods, 16, const char*);
UBP_FROZEN(ubp_role, doc, 24, const char*);
UBP_FROZEN(ubp_role, def, 32, const char*);
UBP_FROZEN(ubp_phase, size, 0, uint32_t);
UBP_FROZEN(ubp_phase, name, 8, const char*);
UBP_FROZEN(ubp_phase, train, 16, const char*);
UBP_FROZEN(ubp_phase, repeat, 24, ubp_num);
UBP_FROZEN(ubp_phase, every, 32, ubp_num);
UBP_FROZEN(ubp_phase, lr, 40, ubp_num);
UBP_FROZEN(ubp_phase, decay, 48, ubp_num);
UBP_FROZEN(ubp_phase, optimizer, 56, const char*);
UBP_FROZEN(ubp_plateau, size, 0, uint32_t);
UBP_FROZEN(ubp_plateau, scalar, 8, const char*);
UBP_FROZEN(ubp_plateau, window, 16, ubp_num);
UBP_FROZEN(ubp_plateau, gain, 24, ubp_num);
UBP_FROZEN(ubp_plateau, factor, 32, ubp_num);
UBP_FROZEN(ubp_plateau, floor, 40, ubp_num);
UBP_FROZEN(ubp_plateau, tol, 48, ubp_num);
UBP_FROZEN(ubp_collect, size, 0, uint32_t);
UBP_FROZEN(ubp_collect, table, 4, int32_t);
UBP_FROZEN(ubp_collect, capacity, 8, ubp_num);
UBP_FROZEN(ubp_collect, min_rows, 16, ubp_num);
UBP_FROZEN(ubp_collect, epochs, 24, ubp_num);
UBP_FROZEN(ubp_collect, batches, 32, ubp_num);
UBP_FROZEN(ubp_collect, batch, 40, ubp_num);
UBP_FROZEN(ubp_stage, size, 0, uint32_t);
UBP_FROZEN(ubp_stage, flags, 4, uint32_t);
UBP_FROZEN(ubp_stage, name, 8, const char*);
UBP_FROZEN(ubp_stage, doc, 16, const char*);
UBP_FROZEN(ubp_stage, phases, 24, const ubp_phase* const*);
UBP_FROZEN(ubp_stage, n_phases, 32, uint32_t);
UBP_FROZEN(ubp_stage, epochs, 40, ubp_num);
UBP_FROZEN(ubp_stage, lr, 48, ubp_num);
UBP_FROZEN(ubp_stage, plateau, 56, const ubp_plateau*);
UBP_FROZEN(ubp_stage, collect, 64, const ubp_collect*);
UBP_FROZEN(ubp_event, size, 0, uint32_t);
UBP_FROZEN(ubp_event, kind, 4, int32_t);
UBP_FROZEN(ubp_event, stage, 8, uint32_t);
UBP_FROZEN(ubp_event, epoch, 16, int64_t);
UBP_FROZEN(ubp_event, lr, 24, double);
UBP_FROZEN(ubp_objective_vt, size, 0, uint32_t);
UBP_FROZEN(ubp_objective_vt, flags, 4, uint32_t);
UBP_FROZEN(ubp_objective_vt, n_views, 8, uint32_t);
UBP_FROZEN(ubp_objective_vt, fields, 16, const char* const*);
UBP_FROZEN(ubp_objective_vt, outputs, 24, const char* const*);
UBP_FROZEN(ubp_objective_vt, scalars, 32, const char* const*);
UBP_FROZEN(ubp_objective_vt, roles, 40, const ubp_role* const*);
UBP_FROZEN(ubp_objective_vt, n_roles, 48, uint32_t);
UBP_FROZEN(ubp_objective_vt, stages, 56, const ubp_stage* const*);
UBP_FROZEN(ubp_objective_vt, n_stages, 64, uint32_t);
UBP_FROZEN(ubp_objective_vt, setup, 72, ubp_status (*)(void*, ubp_ctx*));
UBP_FROZEN(ubp_objective_vt, loss, 80,
           ubp_status (*)(void*, ubp_ctx*, uint32_t stage, uint32_t phase, const ubp_batch*, ubp_tensor*));
UBP_FROZEN(ubp_objective_vt, after_step, 88,
           ubp_status (*)(void*, ubp_ctx*, uint32_t stage, uint32_t phase, const ubp_batch*));
UBP_FROZEN(ubp_objective_vt, on_event, 96, ubp_status (*)(void*, ubp_ctx*, const ubp_event*));
UBP_FROZEN(ubp_objective_vt, collect, 104, ubp_status (*)(void*, ubp_ctx*));
UBP_FROZEN(ubp_objective_vt, infer, 112,
           ubp_status (*)(void*, ubp_ctx*, const char* what, const ubp_batch*, ubp_tensor*));
UBP_FROZEN(ubp_objective_vt, manual, 120,
           ubp_status (*)(void*, ubp_ctx*, uint32_t stage, uint32_t phase, const ubp_batch*,
                          ubp_status (*put_grad)(ubp_ctx*, ubp_tensor param, ubp_tensor grad)));
UBP_FROZEN(ubp_segment, offset, 0, uint64_t);
UBP_FROZEN(ubp_segment, count, 8, uint64_t);
UBP_FROZEN(ubp_segment, name, 16, const char*);
UBP_FROZEN(ubp_segment, shape, 24, ubp_shape);
UBP_FROZEN(ubp_segment, flags, 96, uint32_t);
UBP_FROZEN(ubp_flat, size, 0, uint32_t);
UBP_FROZEN(ubp_flat, n_slots, 4, uint32_t);
UBP_FROZEN(ubp_flat, n, 8, uint64_t);
UBP_FROZEN(ubp_flat, dtype, 16, int32_t);
UBP_FROZEN(ubp_flat, param, 24, void*);
UBP_FROZEN(ubp_flat, grad, 32, const void*);
UBP_FROZEN(ubp_flat, slots, 40, void* const*);
UBP_FROZEN(ubp_flat, segments, 48, const ubp_segment*);
UBP_FROZEN(ubp_flat, n_segments, 56, uint32_t);
UBP_FROZEN(ubp_flat, segment_bytes, 60, uint32_t);
UBP_FROZEN(ubp_flat, step, 64, int64_t);
UBP_FROZEN(ubp_flat, lr, 72, double);
UBP_FROZEN(ubp_flat, decay, 80, double);
UBP_FROZEN(ubp_slot, size, 0, uint32_t);
UBP_FROZEN(ubp_slot, name, 8, const char*);
UBP_FROZEN(ubp_slot, fill, 16, double);
UBP_FROZEN(ubp_optimizer_vt, size, 0, uint32_t);
UBP_FROZEN(ubp_optimizer_vt, flags, 4, uint32_t);
UBP_FROZEN(ubp_optimizer_vt, slots, 8, const ubp_slot* const*);
UBP_FROZEN(ubp_optimizer_vt, n_slots, 16, uint32_t);
UBP_FROZEN(ubp_optimizer_vt, decay, 24, ubp_num);
UBP_FROZEN(ubp_optimizer_vt, step, 32, ubp_status (*)(void*, ubp_ctx*, const ubp_flat*));
UBP_FROZEN(ubp_optimizer_vt, step_closure, 40,
           ubp_status (*)(void*, ubp_ctx*, const ubp_flat*, ubp_status (*reeval)(ubp_ctx*, double* loss)));
UBP_FROZEN(ubp_field, size, 0, uint32_t);
UBP_FROZEN(ubp_field, flags, 4, uint32_t);
UBP_FROZEN(ubp_field, name, 8, const char*);
UBP_FROZEN(ubp_field, shape, 16, ubp_shape);
UBP_FROZEN(ubp_dataset_vt, size, 0, uint32_t);
UBP_FROZEN(ubp_dataset_vt, flags, 4, uint32_t);
UBP_FROZEN(ubp_dataset_vt, files, 8, ubp_status (*)(void*, const char* data_dir, const char** lines));
UBP_FROZEN(ubp_dataset_vt, open, 16, ubp_status (*)(void*, const char* data_dir));
UBP_FROZEN(ubp_dataset_vt, fields, 24, ubp_status (*)(void*, const ubp_field* const** fields, uint32_t* n));
UBP_FROZEN(ubp_dataset_vt, count, 32, ubp_status (*)(void*, const char* split, int64_t* n));
UBP_FROZEN(ubp_dataset_vt, read, 40,
           ubp_status (*)(void*, const char* split, const int64_t* idx, uint32_t n, ubp_view* const* dst,
                          uint32_t n_dst));
UBP_FROZEN(ubp_dataset_vt, cursor_bytes, 48, uint64_t);
UBP_FROZEN(ubp_dataset_vt, next, 56,
           ubp_status (*)(void*, const char* split, void* cursor, uint32_t max_n, ubp_view* const* dst, uint32_t n_dst,
                          uint32_t* n));
UBP_FROZEN(ubp_metric_batch, size, 0, uint32_t);
UBP_FROZEN(ubp_metric_batch, n, 4, uint32_t);
UBP_FROZEN(ubp_metric_batch, is_train, 8, int32_t);
UBP_FROZEN(ubp_metric_batch, input, 16, const ubp_view*);
UBP_FROZEN(ubp_metric_batch, mask, 24, const ubp_view*);
UBP_FROZEN(ubp_metric_batch, label, 32, const ubp_view*);
UBP_FROZEN(ubp_metric_batch, embedding, 40, const ubp_view*);
UBP_FROZEN(ubp_metric_batch, reconstruction, 48, const ubp_view*);
UBP_FROZEN(ubp_metric_batch, samples, 56, const ubp_view*);
UBP_FROZEN(ubp_metric_batch, score, 64, const ubp_view*);
UBP_FROZEN(ubp_metric_batch, imputed, 72, const ubp_view*);
UBP_FROZEN(ubp_metric_batch, withheld, 80, const ubp_view*);
UBP_FROZEN(ubp_metric_batch, assignment, 88, const ubp_view*);
UBP_FROZEN(ubp_metric_batch, episode_return, 96, const ubp_view*);
UBP_FROZEN(ubp_metric_batch, episode_length, 104, const ubp_view*);
UBP_FROZEN(ubp_emitted, size, 0, uint32_t);
UBP_FROZEN(ubp_emitted, name, 8, const char*);
UBP_FROZEN(ubp_emitted, higher_is_better, 16, int32_t);
UBP_FROZEN(ubp_emitted, doc, 24, const char*);
UBP_FROZEN(ubp_metric_vt, size, 0, uint32_t);
UBP_FROZEN(ubp_metric_vt, needs, 4, uint32_t);
UBP_FROZEN(ubp_metric_vt, emits, 8, const ubp_emitted* const*);
UBP_FROZEN(ubp_metric_vt, n_emits, 16, uint32_t);
UBP_FROZEN(ubp_metric_vt, uses_train, 20, int32_t);
UBP_FROZEN(ubp_metric_vt, begin, 24, ubp_status (*)(void*, ubp_ctx*));
UBP_FROZEN(ubp_metric_vt, update, 32, ubp_status (*)(void*, ubp_ctx*, const ubp_metric_batch*));
UBP_FROZEN(ubp_metric_vt, finish, 40,
           ubp_status (*)(void*, ubp_ctx*, void (*emit)(void*, const char* name, double value), void* user));
UBP_FROZEN(ubp_transform_vt, size, 0, uint32_t);
UBP_FROZEN(ubp_transform_vt, random_words, 4, uint32_t);
UBP_FROZEN(ubp_transform_vt, apply, 8,
           ubp_status (*)(void*, const ubp_view* in, ubp_view* out, const uint64_t* random, uint32_t n_random));
UBP_FROZEN(ubp_environment_vt, size, 0, uint32_t);
UBP_FROZEN(ubp_environment_vt, flags, 4, uint32_t);
UBP_FROZEN(ubp_environment_vt, max_steps, 8, int64_t);
UBP_FROZEN(ubp_environment_vt, open, 16, ubp_status (*)(void*, const char* data_dir, uint32_t n));
UBP_FROZEN(ubp_environment_vt, spaces, 24,
           ubp_status (*)(void*, const ubp_space** observation, const ubp_space** action));
UBP_FROZEN(ubp_environment_vt, reset, 32,
           ubp_status (*)(void*, const uint32_t* which, const uint64_t* seeds, uint32_t m, ubp_view* obs));
UBP_FROZEN(ubp_environment_vt, step, 40,
           ubp_status (*)(void*, const ubp_view* action, ubp_view* obs, ubp_view* reward, ubp_view* terminated,
                          ubp_view* truncated));
UBP_FROZEN(ubp_component, size, 0, uint32_t);
UBP_FROZEN(ubp_component, kind, 4, int32_t);
UBP_FROZEN(ubp_component, id, 8, const char*);
UBP_FROZEN(ubp_component, version, 16, const char*);
UBP_FROZEN(ubp_component, title, 24, const char*);
UBP_FROZEN(ubp_component, doc, 32, const char*);
UBP_FROZEN(ubp_component, citation, 40, const char*);
UBP_FROZEN(ubp_component, tags, 48, const char* const*);
UBP_FROZEN(ubp_component, params, 56, const ubp_param_desc* const*);
UBP_FROZEN(ubp_component, n_params, 64, uint32_t);
UBP_FROZEN(ubp_component, life, 72, const ubp_lifecycle*);
UBP_FROZEN(ubp_component, vtable, 80, const void*);
UBP_FROZEN(ubp_entry, size, 0, uint32_t);
UBP_FROZEN(ubp_entry, abi_major, 4, uint16_t);
UBP_FROZEN(ubp_entry, abi_minor_built, 6, uint16_t);
UBP_FROZEN(ubp_entry, abi_minor_needed, 8, uint16_t);
UBP_FROZEN(ubp_entry, abi_draft, 10, uint16_t);
UBP_FROZEN(ubp_entry, plugin_name, 16, const char*);
UBP_FROZEN(ubp_entry, plugin_version, 24, const char*);
UBP_FROZEN(ubp_entry, vendor, 32, const char*);
UBP_FROZEN(ubp_entry, license, 40, const char*);
UBP_FROZEN(ubp_entry, url, 48, const char*);
UBP_FROZEN(ubp_entry, build_info, 56, const char*);
UBP_FROZEN(ubp_entry, init, 64, ubp_status (*)(const ubp_host*, const char* path));
UBP_FROZEN(ubp_entry, deinit, 72, void (*)(void));
UBP_FROZEN(ubp_entry, count, 80, uint32_t (*)(void));
UBP_FROZEN(ubp_entry, get, 88, const ubp_component* (*)(uint32_t index));
UBP_FROZEN(ubp_entry, get_extension, 96, const void* (*)(const char* ext_id));
UBP_FROZEN_CONSTANT(UBP_OK, 0);
UBP_FROZEN_CONSTANT(UBP_E_UNKNOWN, 1);
UBP_FROZEN_CONSTANT(UBP_E_INVALID_ARG, 2);
UBP_FROZEN_CONSTANT(UBP_E_UNSUPPORTED, 3);
UBP_FROZEN_CONSTANT(UBP_E_BAD_HANDLE, 4);
UBP_FROZEN_CONSTANT(UBP_E_SHAPE, 5);
UBP_FROZEN_CONSTANT(UBP_E_DTYPE, 6);
UBP_FROZEN_CONSTANT(UBP_E_NO_MEMORY, 7);
UBP_FROZEN_CONSTANT(UBP_E_IO, 8);
UBP_FROZEN_CONSTANT(UBP_E_STATE, 9);
UBP_FROZEN_CONSTANT(UBP_E_THREAD, 10);
UBP_FROZEN_CONSTANT(UBP_E_NOT_TWICE_DIFF, 11);
UBP_FROZEN_CONSTANT(UBP_E_NUMERIC, 12);
UBP_FROZEN_CONSTANT(UBP_E_CANCELLED, 13);
UBP_FROZEN_CONSTANT(UBP_E_VERSION, 14);
UBP_FROZEN_CONSTANT(UBP_E_PLUGIN_EXCEPTION, 15);
UBP_FROZEN_CONSTANT(UBP_E_END, 16);
UBP_FROZEN_CONSTANT(UBP_E_NOT_FOUND, 17);
UBP_FROZEN_CONSTANT(UBP_LOG_DEBUG, 0);
UBP_FROZEN_CONSTANT(UBP_LOG_INFO, 1);
UBP_FROZEN_CONSTANT(UBP_LOG_WARN, 2);
UBP_FROZEN_CONSTANT(UBP_LOG_ERROR, 3);
UBP_FROZEN_CONSTANT(UBP_LOG_HOST_MISBEHAVING, 4);
UBP_FROZEN_CONSTANT(UBP_LOG_PLUGIN_MISBEHAVING, 5);
UBP_FROZEN_CONSTANT(UBP_F32, 1);
UBP_FROZEN_CONSTANT(UBP_F64, 2);
UBP_FROZEN_CONSTANT(UBP_I32, 3);
UBP_FROZEN_CONSTANT(UBP_I64, 4);
UBP_FROZEN_CONSTANT(UBP_U8, 5);
UBP_FROZEN_CONSTANT(UBP_BF16, 6);
UBP_FROZEN_CONSTANT(UBP_F16, 7);
UBP_FROZEN_CONSTANT(UBP_DEV_CPU, 1);
UBP_FROZEN_CONSTANT(UBP_DEV_CUDA, 2);
UBP_FROZEN_CONSTANT(UBP_VIEW_READONLY, 1);
UBP_FROZEN_CONSTANT(UBP_VIEW_CONTIGUOUS, 2);
UBP_FROZEN_CONSTANT(UBP_P_FLOAT, 1);
UBP_FROZEN_CONSTANT(UBP_P_INT, 2);
UBP_FROZEN_CONSTANT(UBP_P_BOOL, 3);
UBP_FROZEN_CONSTANT(UBP_P_ENUM, 4);
UBP_FROZEN_CONSTANT(UBP_P_STRING, 5);
UBP_FROZEN_CONSTANT(UBP_P_INT_LIST, 6);
UBP_FROZEN_CONSTANT(UBP_P_FLOAT_LIST, 7);
UBP_FROZEN_CONSTANT(UBP_P_COMPONENT, 8);
UBP_FROZEN_CONSTANT(UBP_PF_LOG, 1);
UBP_FROZEN_CONSTANT(UBP_PF_TUNABLE, 2);
UBP_FROZEN_CONSTANT(UBP_PF_ADVANCED, 4);
UBP_FROZEN_CONSTANT(UBP_PF_MIN_OPEN, 8);
UBP_FROZEN_CONSTANT(UBP_PF_MAX_OPEN, 16);
UBP_FROZEN_CONSTANT(UBP_PF_SCHEDULABLE, 32);
UBP_FROZEN_CONSTANT(UBP_PF_REQUIRED, 64);
UBP_FROZEN_CONSTANT(UBP_PF_NOT_IDENTITY, 128);
UBP_FROZEN_CONSTANT(UBP_MAP_READ, 1);
UBP_FROZEN_CONSTANT(UBP_MAP_WRITE, 2);
UBP_FROZEN_CONSTANT(UBP_U_NEG, 1);
UBP_FROZEN_CONSTANT(UBP_U_ABS, 2);
UBP_FROZEN_CONSTANT(UBP_U_SQUARE, 3);
UBP_FROZEN_CONSTANT(UBP_U_SQRT, 4);
UBP_FROZEN_CONSTANT(UBP_U_RSQRT, 5);
UBP_FROZEN_CONSTANT(UBP_U_EXP, 6);
UBP_FROZEN_CONSTANT(UBP_U_LOG, 7);
UBP_FROZEN_CONSTANT(UBP_U_LOG1P, 8);
UBP_FROZEN_CONSTANT(UBP_U_SIN, 9);
UBP_FROZEN_CONSTANT(UBP_U_COS, 10);
UBP_FROZEN_CONSTANT(UBP_U_TANH, 11);
UBP_FROZEN_CONSTANT(UBP_U_SIGMOID, 12);
UBP_FROZEN_CONSTANT(UBP_U_RELU, 13);
UBP_FROZEN_CONSTANT(UBP_U_LEAKY_RELU, 14);
UBP_FROZEN_CONSTANT(UBP_U_ELU, 15);
UBP_FROZEN_CONSTANT(UBP_U_GELU, 16);
UBP_FROZEN_CONSTANT(UBP_U_SOFTPLUS, 17);
UBP_FROZEN_CONSTANT(UBP_U_POW, 18);
UBP_FROZEN_CONSTANT(UBP_U_CLAMP, 19);
UBP_FROZEN_CONSTANT(UBP_U_AFFINE, 20);
UBP_FROZEN_CONSTANT(UBP_U_RECIPROCAL, 21);
UBP_FROZEN_CONSTANT(UBP_U_SIGN, 22);
UBP_FROZEN_CONSTANT(UBP_U_STOP_GRADIENT, 23);
UBP_FROZEN_CONSTANT(UBP_U_SILU, 24);
UBP_FROZEN_CONSTANT(UBP_B_ADD, 1);
UBP_FROZEN_CONSTANT(UBP_B_SUB, 2);
UBP_FROZEN_CONSTANT(UBP_B_MUL, 3);
UBP_FROZEN_CONSTANT(UBP_B_DIV, 4);
UBP_FROZEN_CONSTANT(UBP_B_MAX, 5);
UBP_FROZEN_CONSTANT(UBP_B_MIN, 6);
UBP_FROZEN_CONSTANT(UBP_B_POW, 7);
UBP_FROZEN_CONSTANT(UBP_B_LT, 8);
UBP_FROZEN_CONSTANT(UBP_B_EQ, 9);
UBP_FROZEN_CONSTANT(UBP_R_SUM, 1);
UBP_FROZEN_CONSTANT(UBP_R_MEAN, 2);
UBP_FROZEN_CONSTANT(UBP_R_MAX, 3);
UBP_FROZEN_CONSTANT(UBP_R_MIN, 4);
UBP_FROZEN_CONSTANT(UBP_R_LOGSUMEXP, 5);
UBP_FROZEN_CONSTANT(UBP_R_PROD, 6);
UBP_FROZEN_CONSTANT(UBP_R_ARGMAX, 7);
UBP_FROZEN_CONSTANT(UBP_S_RESHAPE, 1);
UBP_FROZEN_CONSTANT(UBP_S_PERMUTE, 2);
UBP_FROZEN_CONSTANT(UBP_S_SLICE, 3);
UBP_FROZEN_CONSTANT(UBP_S_EXPAND, 4);
UBP_FROZEN_CONSTANT(UBP_S_PAD, 5);
UBP_FROZEN_CONSTANT(UBP_INIT_ZERO, 1);
UBP_FROZEN_CONSTANT(UBP_INIT_CONST, 2);
UBP_FROZEN_CONSTANT(UBP_INIT_UNIFORM, 3);
UBP_FROZEN_CONSTANT(UBP_INIT_NORMAL, 4);
UBP_FROZEN_CONSTANT(UBP_INIT_KAIMING, 5);
UBP_FROZEN_CONSTANT(UBP_INIT_XAVIER, 6);
UBP_FROZEN_CONSTANT(UBP_INIT_ORTHOGONAL, 7);
UBP_FROZEN_CONSTANT(UBP_PARAM_NO_DECAY, 1);
UBP_FROZEN_CONSTANT(UBP_PARAM_ROW_SPARSE, 2);
UBP_FROZEN_CONSTANT(UBP_SPACE_DISCRETE, 1);
UBP_FROZEN_CONSTANT(UBP_SPACE_BOX, 2);
UBP_FROZEN_CONSTANT(UBP_K_MODEL, 1);
UBP_FROZEN_CONSTANT(UBP_K_OBJECTIVE, 2);
UBP_FROZEN_CONSTANT(UBP_K_OPTIMIZER, 3);
UBP_FROZEN_CONSTANT(UBP_K_DATASET, 4);
UBP_FROZEN_CONSTANT(UBP_K_METRIC, 5);
UBP_FROZEN_CONSTANT(UBP_K_TRANSFORM, 6);
UBP_FROZEN_CONSTANT(UBP_K_ENVIRONMENT, 7);
UBP_FROZEN_CONSTANT(UBP_TABLE_ROUND, 1);
UBP_FROZEN_CONSTANT(UBP_TABLE_RING, 2);
UBP_FROZEN_CONSTANT(UBP_STAGE_KEEP_LR, 1);
UBP_FROZEN_CONSTANT(UBP_STAGE_KEEP_SLOTS, 2);
UBP_FROZEN_CONSTANT(UBP_STAGE_SKIPPABLE, 4);
UBP_FROZEN_CONSTANT(UBP_OBJ_SECOND_ORDER, 1);
UBP_FROZEN_CONSTANT(UBP_OBJ_NEEDS_INDICES, 2);
UBP_FROZEN_CONSTANT(UBP_OBJ_HANDLES_MASK, 4);
UBP_FROZEN_CONSTANT(UBP_OBJ_MIN_BATCH_2, 8);
UBP_FROZEN_CONSTANT(UBP_OBJ_MANUAL_UPDATE, 16);
UBP_FROZEN_CONSTANT(UBP_OBJ_NEEDS_LABELS, 32);
UBP_FROZEN_CONSTANT(UBP_OBJ_COLLECTS, 64);
UBP_FROZEN_CONSTANT(UBP_OBJ_NEEDS_ENV, 128);
UBP_FROZEN_CONSTANT(UBP_EV_TRAIN_BEGIN, 1);
UBP_FROZEN_CONSTANT(UBP_EV_STAGE_BEGIN, 2);
UBP_FROZEN_CONSTANT(UBP_EV_EPOCH_BEGIN, 3);
UBP_FROZEN_CONSTANT(UBP_EV_EPOCH_END, 4);
UBP_FROZEN_CONSTANT(UBP_EV_PLATEAU, 5);
UBP_FROZEN_CONSTANT(UBP_EV_STAGE_END, 6);
UBP_FROZEN_CONSTANT(UBP_EV_TRAIN_END, 7);
UBP_FROZEN_CONSTANT(UBP_OPT_OWN_DECAY, 1);
UBP_FROZEN_CONSTANT(UBP_FIELD_INPUT, 1);
UBP_FROZEN_CONSTANT(UBP_FIELD_LABEL, 2);
UBP_FROZEN_CONSTANT(UBP_FIELD_MASK, 4);
UBP_FROZEN_CONSTANT(UBP_FIELD_IMAGE_CHW, 8);
UBP_FROZEN_CONSTANT(UBP_FIELD_UNIT_BYTES, 16);
UBP_FROZEN_CONSTANT(UBP_DS_PARALLEL_READ, 1);
UBP_FROZEN_CONSTANT(UBP_NEED_EMBEDDING, 1);
UBP_FROZEN_CONSTANT(UBP_NEED_LABEL, 2);
UBP_FROZEN_CONSTANT(UBP_NEED_RECONSTRUCTION, 4);
UBP_FROZEN_CONSTANT(UBP_NEED_INPUT, 8);
UBP_FROZEN_CONSTANT(UBP_NEED_SAMPLES, 16);
UBP_FROZEN_CONSTANT(UBP_NEED_SCORE, 32);
UBP_FROZEN_CONSTANT(UBP_NEED_IMPUTED, 64);
UBP_FROZEN_CONSTANT(UBP_NEED_EPISODES, 128);
UBP_FROZEN_CONSTANT(UBP_NEED_ASSIGNMENT, 256);
UBP_FROZEN_CONSTANT(UBP_SMALLER_IS_BETTER, 0);
UBP_FROZEN_CONSTANT(UBP_HIGHER_IS_BETTER, 1);
UBP_FROZEN_CONSTANT(UBP_ENV_NONDETERMINISTIC, 1);
UBP_FROZEN_TEXT(UBP_API_TENSOR, "ubp.tensor/1");
UBP_FROZEN_TEXT(UBP_API_MATH, "ubp.math/1");
UBP_FROZEN_TEXT(UBP_API_GRAD, "ubp.grad/1");
UBP_FROZEN_TEXT(UBP_API_PARAM, "ubp.param/1");
UBP_FROZEN_TEXT(UBP_API_RNG, "ubp.rng/1");
UBP_FROZEN_TEXT(UBP_API_RUN, "ubp.run/1");
UBP_FROZEN_TEXT(UBP_API_TABLE, "ubp.table/1");
UBP_FROZEN_TEXT(UBP_API_ENV, "ubp.env/1");
UBP_FROZEN_TEXT(UBP_ENTRY_SYMBOL, "ubp_entry_v1");
UBP_FROZEN_NAME(ubp_status, int32_t);
UBP_FROZEN_NAME(ubp_num, const char*);
