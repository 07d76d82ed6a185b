/* ubp/abi.h - the contract between the ubp host and its plugins, in plain C. SPDX-License-Identifier: MIT
 *
 * How to read it
 *   "|0" after a pointer: it may be NULL. Every other pointer may not. Results come last.
 *   Threads: [loader] one thread, before any trial; [worker] any thread, concurrently; [any] re-entrant;
 *   without a tag: the trial's thread, inside a callback. No instance is entered twice at once.
 *
 * Rules (both sides)
 *   R1  Append only: from 1.0 on, a released struct never loses, moves, resizes or re-types a field.
 *       While UBP_ABI_DRAFT is not 0 (0.x), host and plugin must agree exactly.
 *   R2  A struct that crosses by pointer starts with `size`, set by its producer to its own sizeof; consumers test
 *       UBP_HAS before they use a field.
 *   R3  Fixed-width integers, double, pointers; enums travel as int32. By value only handles.
 *   R4  Strings are UTF-8 and end with NUL.
 *   R5  No exception, longjmp or thread cancellation crosses, either way: errors are a status and a message that the
 *       host keeps (set_error, last_error).
 *   R6  The side that allocated frees.
 *   R7  A ubp_ctx is valid until its callback returns, on that thread; elsewhere it is refused. It points to nothing.
 *   R8  A tensor dies with its ctx's scope unless it is a parameter, named state or a target copy: those belong to the
 *       host, which initialises, checkpoints and restores them by name.
 *   R9  A loaded plugin stays mapped until the process ends; deinit() still releases everything it holds.
 *   R10 A plugin links nothing of ubp and exports one symbol, the constant `ubp_entry_v1`.
 */
#ifndef UBP_ABI_H
#define UBP_ABI_H
#include <stddef.h>
#include <stdint.h>

#define UBP_ABI_MAJOR 0
#define UBP_ABI_MINOR 2
#define UBP_ABI_DRAFT 1  /* not 0: still 0.x, host and plugin must agree exactly */
#ifndef UBP_TARGET_MINOR /* oldest host minor to run on: the author's choice */
#define UBP_TARGET_MINOR 0
#endif
#define UBP_EXPORT_SYM __attribute__((visibility("default"))) /* ELF; gcc, clang */
#define UBP_SECTION __attribute__((section("ubpplug1")))      /* recognised without loading */
#define UBP_END(p, f) ((size_t)((const char*)&(p)->f - (const char*)(p)) + sizeof((p)->f))
#define UBP_IN(p, f) ((p)->size >= UBP_END(p, f)) /* is f inside the struct the producer compiled? */
#define UBP_HAS(p, f) (UBP_IN(p, f) && (p)->f)    /* ... and set? */
#ifdef __cplusplus
extern "C" {
#endif

typedef int32_t ubp_status;
enum {
  UBP_OK = 0,
  UBP_E_UNKNOWN,
  UBP_E_INVALID_ARG,
  UBP_E_UNSUPPORTED,
  UBP_E_BAD_HANDLE,
  UBP_E_SHAPE,
  UBP_E_DTYPE,
  UBP_E_NO_MEMORY,
  UBP_E_IO,
  UBP_E_STATE,
  UBP_E_THREAD,
  UBP_E_NOT_TWICE_DIFF,
  UBP_E_NUMERIC,
  UBP_E_CANCELLED,
  UBP_E_VERSION,
  UBP_E_PLUGIN_EXCEPTION,
  UBP_E_END /* of stream */,
  UBP_E_NOT_FOUND /* the message lists what there is */
};
enum {
  UBP_LOG_DEBUG = 0,
  UBP_LOG_INFO,
  UBP_LOG_WARN,
  UBP_LOG_ERROR,
  UBP_LOG_HOST_MISBEHAVING,
  UBP_LOG_PLUGIN_MISBEHAVING
};

/* Generational handles; 0 is null; a stale or forged one is an error, never undefined. */
typedef struct {
  uint64_t id;
} ubp_tensor;
typedef struct {
  uint64_t id;
} ubp_obj;                      /* rng stream, custom op */
typedef struct ubp_ctx ubp_ctx; /* one callback long */
typedef const char* ubp_num;    /* "0.5", or the name of one of the component's own parameters; NULL: see comment */

enum { UBP_F32 = 1, UBP_F64, UBP_I32, UBP_I64, UBP_U8, UBP_BF16, UBP_F16 };
enum { UBP_DEV_CPU = 1, UBP_DEV_CUDA = 2 }; /* as in DLPack */
/* Frozen, never grows. dtype 0: the run's. nd -1: free. */
typedef struct ubp_shape {
  int32_t dtype, nd;
  int64_t dim[8];
} ubp_shape;

/* Borrowed: `size, flags`, then field for field a DLTensor (DLPack 0.6 .. 1.x). data is 64-byte aligned if CONTIGUOUS;
 * strides in elements, never NULL. Valid until unmap or return. */
enum { UBP_VIEW_READONLY = 1, UBP_VIEW_CONTIGUOUS = 2 };
typedef struct ubp_view {
  uint32_t size, flags;
  void* data;
  int32_t device_type, device_id, ndim;
  uint8_t dtype_code /*DLPack: 0 int 1 uint 2 float 4 bfloat*/, dtype_bits;
  uint16_t dtype_lanes;
  const int64_t *shape, *strides;
  uint64_t byte_offset;
} ubp_view;

/* hyperparameters */
enum {
  UBP_P_FLOAT = 1,
  UBP_P_INT,
  UBP_P_BOOL,
  UBP_P_ENUM,
  UBP_P_STRING,
  UBP_P_INT_LIST,
  UBP_P_FLOAT_LIST,
  UBP_P_COMPONENT /* id of another component */
};
enum {
  UBP_PF_LOG = 1,
  UBP_PF_TUNABLE = 2,
  UBP_PF_ADVANCED = 4,
  UBP_PF_MIN_OPEN = 8,
  UBP_PF_MAX_OPEN = 16,
  UBP_PF_SCHEDULABLE = 32 /* may change while training */,
  UBP_PF_REQUIRED = 64,
  UBP_PF_NOT_IDENTITY = 128 /* cannot change results: not in the experiment hash */
};
typedef struct ubp_param_desc {
  uint32_t size;
  int32_t type;
  uint32_t flags;
  const char* name; /* [a-z][a-z0-9_]*, never renamed: add an alias */
  const char *doc, *group /* |0 */;
  double f_min, f_max, f_def;  /* FLOAT, FLOAT_LIST elements; may be +-INFINITY, never NaN */
  int64_t i_min, i_max, i_def; /* INT, BOOL, ENUM (index), INT_LIST elements */
  const char* s_def;           /* |0 STRING, COMPONENT, lists as text ("64,64") */
  const char* const* choices;  /* |0 ENUM, NULL-terminated */
  double sweep_lo, sweep_hi;   /* suggested search range; NaN: none */
  const char* const* aliases;  /* |0 old names still accepted, NULL-terminated */
  /* |0 when it means anything: KEY OP VALUE [and KEY OP VALUE ...], "kernel==rbf and momentum>0".
   * KEY: another parameter of this component. OP: == != < <= > >=. VALUE: a text, 'quoted' if it holds a blank, comma
   * or sign; of == (any of them) and != (none of them) several, "penalty==kl,l1". Numbers compare as numbers: 0 is 0.0.
   * Where it does not hold, create() is given the default, so the parameter has no effect, and a sweep does not vary
   * it. Not together with REQUIRED. */
  const char* active_if;
} ubp_param_desc;
typedef struct ubp_param_value { /* one per desc, same order, already validated */
  uint32_t size;
  int32_t type;
  double f;
  int64_t i;
  const char* s;
  const double* fl;
  const int64_t* il;
  uint64_t n;
} ubp_param_value;

/* streams for private state */
typedef struct ubp_ostream {
  uint32_t size;
  void* impl;
  ubp_status (*write)(struct ubp_ostream*, const void*, uint64_t n);
} ubp_ostream;
typedef struct ubp_istream {
  uint32_t size;
  void* impl; /* may give fewer bytes; 0 = end */
  ubp_status (*read)(struct ubp_istream*, void*, uint64_t n, uint64_t* got);
} ubp_istream;

typedef struct ubp_host { /* all [any] */
  uint32_t size;
  uint16_t abi_major, abi_minor;
  void* impl;
  const char *name, *version;
  const void* (*get_api)(const struct ubp_host*, const char* api_id); /* NULL: none */
  void (*log)(const struct ubp_host*, int32_t level, const char* who, const char* msg);
  const char* (*last_error)(const struct ubp_host*);                      /* this thread's, until the next call */
  void (*set_error)(const struct ubp_host*, ubp_status, const char* msg); /* then return it; msg is copied */
} ubp_host;

#define UBP_API_TENSOR "ubp.tensor/1"
enum { UBP_MAP_READ = 1, UBP_MAP_WRITE = 2 }; /* WRITE: only state, and tensors from `empty` */
typedef struct ubp_tensor_api {
  uint32_t size;
  ubp_status (*empty)(ubp_ctx*, const ubp_shape*, ubp_tensor*);
  ubp_status (*full)(ubp_ctx*, const ubp_shape*, double v, ubp_tensor*);
  ubp_status (*eye)(ubp_ctx*, int64_t n, ubp_tensor*);
  ubp_status (*arange)(ubp_ctx*, int32_t dtype, double lo, double step, int64_t n, ubp_tensor*);
  ubp_status (*from_host)(ubp_ctx*, const ubp_view* src, ubp_tensor*);
  ubp_status (*info)(ubp_ctx*, ubp_tensor, ubp_shape* out);
  ubp_status (*item)(ubp_ctx*, ubp_tensor, double* out);                 /* scalar; may synchronise */
  ubp_status (*map)(ubp_ctx*, ubp_tensor, uint32_t mode, ubp_view* out); /* may copy */
  ubp_status (*unmap)(ubp_ctx*, ubp_tensor);
  ubp_status (*scope_push)(ubp_ctx*);
  ubp_status (*scope_pop)(ubp_ctx*, const ubp_tensor* keep, uint32_t n);
} ubp_tensor_api;

#define UBP_API_MATH "ubp.math/1" /* differentiable; a new op is a new number, not a new slot */
enum {
  UBP_U_NEG = 1,
  UBP_U_ABS,
  UBP_U_SQUARE,
  UBP_U_SQRT,
  UBP_U_RSQRT,
  UBP_U_EXP,
  UBP_U_LOG,
  UBP_U_LOG1P,
  UBP_U_SIN,
  UBP_U_COS,
  UBP_U_TANH,
  UBP_U_SIGMOID,
  UBP_U_RELU,
  UBP_U_LEAKY_RELU /*p0*/,
  UBP_U_ELU /*p0*/,
  UBP_U_GELU,
  UBP_U_SOFTPLUS,
  UBP_U_POW /*p0*/,
  UBP_U_CLAMP /*p0,p1*/,
  UBP_U_AFFINE /*p0*x+p1*/,
  UBP_U_RECIPROCAL,
  UBP_U_SIGN,
  UBP_U_STOP_GRADIENT,
  UBP_U_SILU
};
enum { UBP_B_ADD = 1, UBP_B_SUB, UBP_B_MUL, UBP_B_DIV, UBP_B_MAX, UBP_B_MIN, UBP_B_POW, UBP_B_LT, UBP_B_EQ };
enum { UBP_R_SUM = 1, UBP_R_MEAN, UBP_R_MAX, UBP_R_MIN, UBP_R_LOGSUMEXP, UBP_R_PROD, UBP_R_ARGMAX };
enum {
  UBP_S_RESHAPE = 1,
  UBP_S_PERMUTE,
  UBP_S_SLICE /*axis,lo,hi,step*/,
  UBP_S_EXPAND /*to shape a*/,
  UBP_S_PAD /*axis,before,after: zeros*/
};
typedef struct ubp_attr {
  uint32_t size;
  const char* name;
  int32_t type;
  double f;
  int64_t i;
  const char* s;
  const int64_t* il;
  uint64_t n;
} ubp_attr;
typedef struct ubp_math_api {
  uint32_t size;
  int32_t (*supports)(const ubp_host*, int32_t family, int32_t code); /* [any] */
  ubp_status (*unary)(ubp_ctx*, int32_t op, ubp_tensor x, double p0, double p1, ubp_tensor*);
  ubp_status (*binary)(ubp_ctx*, int32_t op, ubp_tensor a, ubp_tensor b, ubp_tensor*); /* broadcasts */
  ubp_status (*matmul)(ubp_ctx*, ubp_tensor a, ubp_tensor b, int32_t ta, int32_t tb, ubp_tensor*);
  ubp_status (*reduce)(ubp_ctx*, int32_t op, ubp_tensor x, uint32_t axes /*bit set; 0: all*/, int32_t keepdims,
                       ubp_tensor*);
  ubp_status (*softmax)(ubp_ctx*, ubp_tensor x, int32_t axis, int32_t log, ubp_tensor*);
  ubp_status (*shape)(ubp_ctx*, int32_t op, ubp_tensor x, const int64_t* a, int32_t n, ubp_tensor*);
  ubp_status (*concat)(ubp_ctx*, const ubp_tensor* xs, uint32_t n, int32_t axis, ubp_tensor*);
  ubp_status (*where)(ubp_ctx*, ubp_tensor cond, ubp_tensor a, ubp_tensor b, ubp_tensor*);
  ubp_status (*gather_rows)(ubp_ctx*, ubp_tensor table, ubp_tensor idx, ubp_tensor*);
  ubp_status (*take)(ubp_ctx*, ubp_tensor x, ubp_tensor idx, ubp_tensor*); /* out[i] = x[i, idx[i]] */
  /* Ops that grew since: name, inputs, attributes.
   *   linear(x [n,i], w [i,o], b [o] |0; activation: none|relu|leaky_relu|sigmoid|tanh|elu|gelu|softplus|silu) -> [n,o]
   *   conv2d(x [n,c,h,w], k [o,c,kh,kw], b [o] |0; stride, pad, activation) -> [n,o,h',w']
   *   conv_transpose2d(x [n,c,h,w], k [c,o,kh,kw], b [o] |0; stride, pad, activation) -> [n,o,h',w']
   *   max_pool2d, avg_pool2d(x [n,c,h,w]; window, stride)
   *   batch_norm(x [n,c,...], gamma [c], beta [c]; eps) -> y, mean [c], var [c]   (statistics of this batch)
   *   layer_norm(x [...,c], gamma [c], beta [c]; eps)
   *   scatter_add(base [r,...], index i64 [n], rows [n,...]) -> [r,...]
   *   mse, l1, huber (delta), bce (probabilities), bce_with_logits (pred, target; reduction: mean|sum|batch) -> scalar
   *       batch: sum over everything, divided by the number of rows
   *   cross_entropy(logits [n,k], label [n]) -> scalar, mean
   *   normalize(x [n,d]; eps) -> rows of length one;  pairwise_sqdist(a [n,d], b [m,d]) -> [n,m]
   * A name that this host lacks answers UBP_E_NOT_FOUND, and the message lists what there is. */
  ubp_status (*call)(ubp_ctx*, const char* op, const ubp_tensor* in, uint32_t n_in, const ubp_attr* const* attrs,
                     uint32_t n_attr, ubp_tensor* out, uint32_t n_out);
} ubp_math_api;

#define UBP_API_GRAD "ubp.grad/1"
typedef struct ubp_custom_op_desc {
  uint32_t size, flags;
  const char* id;
  uint32_t n_in, n_out;
  void* user;
  ubp_status (*infer)(void*, const ubp_shape* in, ubp_shape* out);
  ubp_status (*forward)(void*, const ubp_view* const* in, ubp_view* const* out, void* saved);
  /* grad_in[i]: NULL where not wanted, else zeroed by the host: ADD into it */
  ubp_status (*backward)(void*, const ubp_view* const* in, const ubp_view* const* out, const ubp_view* const* grad_out,
                         ubp_view* const* grad_in, void* saved);
  uint64_t saved_bytes; /* scratch from forward to backward */
  /* |0 the backward pass in host ops => twice differentiable */
  ubp_status (*backward_graph)(void*, ubp_ctx*, const ubp_tensor* in, const ubp_tensor* out, const ubp_tensor* grad_out,
                               ubp_tensor* grad_in);
} ubp_custom_op_desc;
typedef struct ubp_grad_api {
  uint32_t size;
  /* d(sum(outputs*seeds))/d(inputs); seeds |0 if outputs are scalars; an unused input gets zeros */
  ubp_status (*grad)(ubp_ctx*, const ubp_tensor* outputs, const ubp_tensor* seeds, uint32_t n_out,
                     const ubp_tensor* inputs, uint32_t n_in, int32_t create_graph, ubp_tensor* grads);
  ubp_status (*leaf)(ubp_ctx*, ubp_tensor x, ubp_tensor*); /* detached copy that requires grad */
  ubp_status (*set_recording)(ubp_ctx*, int32_t on, int32_t* was);
  ubp_status (*register_op)(const ubp_host*, const ubp_custom_op_desc*, ubp_obj* op); /* [any] */
  ubp_status (*apply_op)(ubp_ctx*, ubp_obj op, const ubp_tensor* in, uint32_t n_in, ubp_tensor* out, uint32_t n_out);
} ubp_grad_api;

#define UBP_API_PARAM "ubp.param/1" /* owned, initialised and checkpointed by the host */
enum {
  UBP_INIT_ZERO = 1,
  UBP_INIT_CONST /*p0*/,
  UBP_INIT_UNIFORM /*p0,p1*/,
  UBP_INIT_NORMAL /*p0,p1*/,
  UBP_INIT_KAIMING,
  UBP_INIT_XAVIER,
  UBP_INIT_ORTHOGONAL
};
enum { UBP_PARAM_NO_DECAY = 1, UBP_PARAM_ROW_SPARSE = 2 /* one row per sample */ };
typedef struct ubp_param_api {
  uint32_t size;
  /* trainable; created in setup/build from run seed and name; later (shape NULL) looked up */
  ubp_status (*param)(ubp_ctx*, const char* name, const ubp_shape*, int32_t init, double p0, double p1, uint32_t flags,
                      ubp_tensor*);
  /* not trainable: queues, statistics, targets */
  ubp_status (*state)(ubp_ctx*, const char* name, const ubp_shape*, double fill, ubp_tensor*);
  ubp_status (*assign)(ubp_ctx*, ubp_tensor dst, ubp_tensor value); /* not taped */
  ubp_status (*assign_rows)(ubp_ctx*, ubp_tensor dst, ubp_tensor idx, ubp_tensor rows);
  /* a frozen copy of a role's parameters, callable like a role; momentum 0: hard copy */
  ubp_status (*ema_target)(ubp_ctx*, const char* role, const char* target);
  ubp_status (*ema_update)(ubp_ctx*, const char* target, double momentum);
} ubp_param_api;

#define UBP_API_RNG "ubp.rng/1" /* counter-based; stream = f(run seed, component, name); checkpointed */
typedef struct ubp_rng_api {
  uint32_t size;
  ubp_status (*stream)(ubp_ctx*, const char* name, ubp_obj* out);
  ubp_status (*normal)(ubp_ctx*, ubp_obj, const ubp_shape*, ubp_tensor*);
  ubp_status (*uniform)(ubp_ctx*, ubp_obj, const ubp_shape*, double lo, double hi, ubp_tensor*);
  ubp_status (*permutation)(ubp_ctx*, ubp_obj, int64_t n, ubp_tensor* i64);
  ubp_status (*bernoulli)(ubp_ctx*, ubp_obj, const ubp_shape*, double p, ubp_tensor*); /* 0 or 1, run's dtype */
  ubp_status (*categorical)(ubp_ctx*, ubp_obj, ubp_tensor logits, ubp_tensor* i64);
  ubp_status (*fill_u64)(ubp_ctx*, ubp_obj, uint64_t* dst, uint64_t n);
} ubp_rng_api;

#define UBP_API_RUN "ubp.run/1"
typedef struct ubp_batch {
  uint32_t size, n; /* may be 1, may be smaller on the last batch */
  const ubp_tensor* views;
  uint32_t n_views;          /* augmented views; [0] is the input */
  ubp_tensor indices;        /* i64 [n]: row numbers in the split or table */
  ubp_tensor mask;           /* null: nothing is missing; else 1 = observed */
  const char* const* fields; /* names field() knows here, NULL-terminated */
  int64_t step, epoch /* in this stage */, steps_per_epoch /* -1: streaming */;
  const char* split; /* |0 what indices count: "train", "valid", "test"; null: collected rows */
  double lr;         /* loss, manual, after_step: the phase's rate at this step, as the optimizer gets it; else 0 */
  const void* impl;  /* the host's: field() knows the rows by it; a copy of the struct is as good as the original */
} ubp_batch;
typedef struct ubp_run_api {
  uint32_t size;
  /* field NULL: the input; rows -1: streaming; either out may be NULL */
  ubp_status (*data_info)(ubp_ctx*, const char* split, const char* field, int64_t* rows, ubp_shape* row);
  /* setup only: shapes without row axis; default: data row -> free */
  ubp_status (*role_shape)(ubp_ctx*, const char* role, const ubp_shape* in, const ubp_shape* out);
  ubp_status (*method_shape)(ubp_ctx*, const char* role, const char* method, ubp_shape* out); /* builds the role */
  /* training mode in loss(), else inference */
  ubp_status (*call_model)(ubp_ctx*, const char* role /* or target */, const char* method, const ubp_tensor* in,
                           uint32_t n_in, ubp_tensor* out, uint32_t n_out);
  /* of the data set or of collected rows; "label", the LABEL field, needs UBP_OBJ_NEEDS_LABELS; NULL: the input, not
   * augmented */
  ubp_status (*field)(ubp_ctx*, const ubp_batch*, const char* name, ubp_tensor*);
  ubp_status (*log_scalar)(ubp_ctx*, const char* name, ubp_tensor scalar); /* of `scalars`; a model's: any */
  ubp_status (*log_value)(ubp_ctx*, const char* name, double v);
  int32_t (*cancelled)(ubp_ctx*);
  ubp_status (*end_stage)(ubp_ctx*, const char* reason); /* when this callback returns */
  /* over a split in order, not recorded; each batch has its own scope: keep numbers, not tensors */
  ubp_status (*foreach_batch)(ubp_ctx*, const char* split, uint32_t batch,
                              ubp_status (*fn)(void*, ubp_ctx*, const ubp_batch*), void* user);
  /* role.method over a whole split, in order, not recorded: [rows, ...] */
  ubp_status (*map_split)(ubp_ctx*, const char* split, const char* role, const char* method, ubp_tensor*);
  ubp_status (*kmeans)(ubp_ctx*, ubp_tensor x, int64_t k, int32_t restarts, ubp_tensor* centers, ubp_tensor* assign);
  /* fn(user, lo, hi) for [0, grain), [grain, 2 grain), ... of [0, n), on the threads of the trial ([train] threads), in
   * any order: no number may depend on it. fn throws nothing and calls nothing of the host. ctx may be NULL */
  void (*parallel_for)(ubp_ctx*, int64_t n, int64_t grain, void (*fn)(void*, int64_t, int64_t), void* user);
} ubp_run_api;

#define UBP_API_TABLE "ubp.table/1" /* collected rows; host-owned, checkpointed, minibatched like a data set */
typedef struct ubp_table_api {
  uint32_t size;
  /* in collect(): m rows from columns [m, ...]; the first append fixes names, dtypes, row shapes */
  ubp_status (*append)(ubp_ctx*, const char* const* names, const ubp_tensor* columns, uint32_t n);
  ubp_status (*count)(ubp_ctx*, int64_t* rows);
} ubp_table_api;

#define UBP_API_ENV "ubp.env/1" /* n instances of the run's environment; inside collect() */
enum { UBP_SPACE_DISCRETE = 1, UBP_SPACE_BOX = 2 };
typedef struct ubp_space {
  uint32_t size;
  int32_t kind;
  int64_t n;                /* DISCRETE: 0..n-1, i64 */
  ubp_shape shape;          /* BOX */
  const double *low, *high; /* |0 BOX: per element, may be +-INFINITY */
} ubp_space;
typedef struct ubp_env_step { /* all [n, ...]; flags 0/1 in the run's dtype */
  uint32_t size;
  ubp_tensor next; /* where the step led, even at an episode's end: bootstrap from it */
  ubp_tensor reward, terminated, truncated;
  ubp_tensor obs; /* where to act now: the host has reset finished instances */
} ubp_env_step;
typedef struct ubp_env_api {
  uint32_t size;
  ubp_status (*spaces)(ubp_ctx*, const ubp_space** observation, const ubp_space** action, uint32_t* n); /* + setup */
  ubp_status (*observe)(ubp_ctx*, ubp_tensor* obs); /* where the last round stopped; resets at first */
  ubp_status (*reset)(ubp_ctx*, ubp_tensor* obs);   /* all instances; seeds from the run's */
  ubp_status (*step)(ubp_ctx*, ubp_tensor action, ubp_env_step* out);
} ubp_env_api;

enum {
  UBP_K_MODEL = 1,
  UBP_K_OBJECTIVE,
  UBP_K_OPTIMIZER,
  UBP_K_DATASET,
  UBP_K_METRIC,
  UBP_K_TRANSFORM,
  UBP_K_ENVIRONMENT
};
typedef struct ubp_lifecycle { /* the void * of component functions: the instance */
  uint32_t size;
  ubp_status (*create)(const ubp_host*, const ubp_param_value* const* values, uint32_t n, void** self);
  void (*destroy)(void*);
  /* |0 for what is no param/state; load() refuses bytes it does not know */
  ubp_status (*save)(void*, ubp_ostream*);
  ubp_status (*load)(void*, ubp_istream*);
  ubp_status (*set_param)(void*, uint32_t index, const ubp_param_value*); /* |0 SCHEDULABLE ones */
  const void* (*get_extension)(void*, const char* ext_id);                /* |0 [any] */
} ubp_lifecycle;

/* model. Well-known methods: encode, decode, reconstruct, generate, score, predict, policy, value, q */
typedef struct ubp_method {
  uint32_t size;
  const char* name;
  uint32_t n_in, n_out;
  const char* doc;
} ubp_method;
typedef struct ubp_build {
  uint32_t size;
  const char* role;
  ubp_shape in, out /* nd -1: your choice */;
} ubp_build;
typedef struct ubp_model_vt {
  uint32_t size;
  const ubp_method* const* methods;
  uint32_t n_methods;
  ubp_status (*build)(void*, ubp_ctx*, const ubp_build*);
  ubp_status (*call)(void*, ubp_ctx*, const char* method, int32_t training, const ubp_tensor* in, uint32_t n_in,
                     ubp_tensor* out, uint32_t n_out);
  ubp_status (*out_shape)(void*, const char* method, const ubp_shape* in, ubp_shape* out);
} ubp_model_vt;

typedef struct ubp_role {
  uint32_t size, optional;
  const char *name, *methods /* "encode,decode" */, *doc;
  const char* def /* |0 component if the run names none */;
} ubp_role;
typedef struct ubp_phase { /* one optimizer step; gradients flow only into what `train` lists */
  uint32_t size;
  const char* name;
  const char* train;     /* "encoder,self": roles, own parameters ("self", "self.NAME"). NULL: all */
  ubp_num repeat, every; /* 1, 1: steps per round; in every k-th round */
  ubp_num lr;            /* 1: multiplies the stage's rate */
  ubp_num decay;         /* decoupled: p *= 1 - lr*decay. NULL: the optimizer's; "0": none */
  const char* optimizer; /* |0 its name in the run's config */
} ubp_phase;
/* Every `window` epochs: s = `scalar` as logged in the UBP_EV_PLATEAU event just sent, else its mean over the last
 * epoch. s < tol or 1 - s/s_before < gain: lr *= factor. The first phase's lr < floor: the stage ends; warm-up does not
 * count. */
typedef struct ubp_plateau {
  uint32_t size;
  const char* scalar /* "loss": what loss() returns */;
  ubp_num window /*1*/, gain /*1e-3*/, factor /*0.5*/, floor /*1e-5*/, tol /*1e-12*/;
} ubp_plateau;
/* In a stage that collects, an epoch is one round: collect(), then minibatches of the table. */
enum { UBP_TABLE_ROUND = 1 /* emptied before each round: on-policy */, UBP_TABLE_RING = 2 /* replay */ };
typedef struct ubp_collect {
  uint32_t size;
  int32_t table;
  ubp_num capacity /* RING: rows */, min_rows /*1: only collect until then*/, epochs /*1: passes per round*/;
  ubp_num batches /*0; else so many random minibatches per round*/, batch /* the run's; "0": the whole table */;
} ubp_collect;
enum {
  UBP_STAGE_KEEP_LR = 1 /* else back to the configured rate */,
  UBP_STAGE_KEEP_SLOTS = 2 /* else fresh slots */,
  UBP_STAGE_SKIPPABLE = 4 /* the run may switch it off */
};
typedef struct ubp_stage {
  uint32_t size, flags;
  const char *name, *doc;
  const ubp_phase* const* phases;
  uint32_t n_phases;          /* 0: one phase training all */
  ubp_num epochs;             /* NULL: the run's; "0": until plateau, end_stage or budget */
  ubp_num lr;                 /* 1: multiplies the configured rate */
  const ubp_plateau* plateau; /* |0 */
  const ubp_collect* collect; /* |0, needs UBP_OBJ_COLLECTS */
} ubp_stage;
enum {
  UBP_OBJ_SECOND_ORDER = 1,
  UBP_OBJ_NEEDS_INDICES = 2,
  UBP_OBJ_HANDLES_MASK = 4,
  UBP_OBJ_MIN_BATCH_2 = 8,
  UBP_OBJ_MANUAL_UPDATE = 16,
  UBP_OBJ_NEEDS_LABELS = 32 /* the trial is recorded as supervised */,
  UBP_OBJ_COLLECTS = 64,
  UBP_OBJ_NEEDS_ENV = 128
};
enum {
  UBP_EV_TRAIN_BEGIN = 1,
  UBP_EV_STAGE_BEGIN,
  UBP_EV_EPOCH_BEGIN,
  UBP_EV_EPOCH_END,
  UBP_EV_PLATEAU,
  UBP_EV_STAGE_END,
  UBP_EV_TRAIN_END
};
typedef struct ubp_event {
  uint32_t size;
  int32_t kind;
  uint32_t stage;
  int64_t epoch;
  double lr;
} ubp_event;
typedef struct ubp_objective_vt {
  uint32_t size, flags, n_views /* 0: no data set */;
  const char* const* fields;  /* |0 data set fields needed besides the input, NULL-terminated */
  const char* const* outputs; /* |0 what infer() can give, NULL-terminated */
  const char* const* scalars; /* |0 all that it logs; "loss" is loss()'s (or manual()'s). NULL-terminated */
  const ubp_role* const* roles;
  uint32_t n_roles;
  const ubp_stage* const* stages;
  uint32_t n_stages;                    /* 0: one stage */
  ubp_status (*setup)(void*, ubp_ctx*); /* |0 models are built after it, or on first use */
  ubp_status (*loss)(void*, ubp_ctx*, uint32_t stage, uint32_t phase, const ubp_batch*, ubp_tensor*);
  ubp_status (*after_step)(void*, ubp_ctx*, uint32_t stage, uint32_t phase, const ubp_batch*); /* |0 */
  ubp_status (*on_event)(void*, ubp_ctx*, const ubp_event*);                                   /* |0 */
  ubp_status (*collect)(void*, ubp_ctx*); /* |0 run the policy, append rows; not recorded */
  /* |0 "embedding", "reconstruction", "samples", "score", "imputed", "assignment", "action" (greedy, for field
   * "observation"); what `outputs` lacks comes from the roles' methods */
  ubp_status (*infer)(void*, ubp_ctx*, const char* what, const ubp_batch*, ubp_tensor*);
  /* |0 UBP_OBJ_MANUAL_UPDATE: own gradients (local, Hebbian, forward-forward rules) */
  ubp_status (*manual)(void*, ubp_ctx*, uint32_t stage, uint32_t phase, const ubp_batch*,
                       ubp_status (*put_grad)(ubp_ctx*, ubp_tensor param, ubp_tensor grad));
} ubp_objective_vt;

/* optimizer: called once per contiguous run of the parameters that the phase trains. Flat CPU buffers, 64-byte aligned,
 * segments padded to 16 numbers; of ROW_SPARSE parameters the touched rows only. */
typedef struct ubp_segment {
  uint64_t offset, count;
  const char* name;
  ubp_shape shape;
  uint32_t flags;
} ubp_segment;
typedef struct ubp_flat {
  uint32_t size, n_slots;
  uint64_t n;
  int32_t dtype; /* UBP_F32 or UBP_F64: of all three buffers */
  void* param;
  const void* grad;
  void* const* slots; /* [n] each */
  const ubp_segment* segments;
  uint32_t n_segments, segment_bytes /* stride */;
  int64_t step /* 1-based */;
  double lr /* after schedule, plateau, stage, phase */, decay;
} ubp_flat;
typedef struct ubp_slot {
  uint32_t size;
  const char* name;
  double fill;
} ubp_slot;
enum { UBP_OPT_OWN_DECAY = 1 /* else the host has applied it, sparing NO_DECAY */ };
typedef struct ubp_optimizer_vt {
  uint32_t size, flags;
  const ubp_slot* const* slots;
  uint32_t n_slots;
  ubp_num decay; /* NULL: none */
  ubp_status (*step)(void*, ubp_ctx*, const ubp_flat*);
  ubp_status (*step_closure)(void*, ubp_ctx*, const ubp_flat*, /* |0 LBFGS, SAM */
                             ubp_status (*reeval)(ubp_ctx*, double* loss));
} ubp_optimizer_vt;

/* data set: random access (the host shuffles) or streaming */
enum {
  UBP_FIELD_INPUT = 1,
  UBP_FIELD_LABEL = 2 /* class index 0.. */,
  UBP_FIELD_MASK = 4 /* of the input; 1 = known */,
  UBP_FIELD_IMAGE_CHW = 8,
  UBP_FIELD_UNIT_BYTES = 16 /* U8 that stands for value/255 in [0,1] */
};
typedef struct ubp_field {
  uint32_t size, flags;
  const char* name;
  ubp_shape shape;
} ubp_field;
enum { UBP_DS_PARALLEL_READ = 1 };
typedef struct ubp_dataset_vt {
  uint32_t size, flags;
  /* |0 paths of the files that the content depends on, one a line, before open(): with the parameters they are the
   * key of the host's decoded cache. Fails with UBP_E_IO, naming what is missing and how to get it. */
  ubp_status (*files)(void*, const char* data_dir, const char** lines);
  ubp_status (*open)(void*, const char* data_dir);
  ubp_status (*fields)(void*, const ubp_field* const** fields, uint32_t* n);
  ubp_status (*count)(void*, const char* split, int64_t* n /* 0: none; -1: streaming */);
  /* |0 dst[f]: [n, shape...]; [worker] if UBP_DS_PARALLEL_READ */
  ubp_status (*read)(void*, const char* split, const int64_t* idx, uint32_t n, ubp_view* const* dst, uint32_t n_dst);
  uint64_t cursor_bytes; /* of next() |0: zeroed and checkpointed by the host; then UBP_E_END */
  ubp_status (*next)(void*, const char* split, void* cursor, uint32_t max_n, ubp_view* const* dst, uint32_t n_dst,
                     uint32_t* n);
} ubp_dataset_vt;

/* metric: begin, update*, finish; sees labels */
enum {
  UBP_NEED_EMBEDDING = 1,
  UBP_NEED_LABEL = 2,
  UBP_NEED_RECONSTRUCTION = 4,
  UBP_NEED_INPUT = 8,
  UBP_NEED_SAMPLES = 16,
  UBP_NEED_SCORE = 32,
  UBP_NEED_IMPUTED = 64,
  UBP_NEED_EPISODES = 128,
  UBP_NEED_ASSIGNMENT = 256
};
typedef struct ubp_metric_batch { /* n rows; NULL where not asked for */
  uint32_t size, n;
  int32_t is_train; /* 1: rows of the training split, only where uses_train */
  const ubp_view *input, *mask /* 1 = known */, *label, *embedding, *reconstruction, *samples /* unpaired */,
      *score /* higher = more anomalous */;
  const ubp_view *imputed, *withheld /* 1 = hidden from training, truth in input */, *assignment /* i64 [n] */;
  const ubp_view *episode_return, *episode_length;
} ubp_metric_batch;
enum { UBP_SMALLER_IS_BETTER = 0, UBP_HIGHER_IS_BETTER = 1 };
typedef struct ubp_emitted {
  uint32_t size;
  const char* name;
  int32_t higher_is_better;
  const char* doc;
} ubp_emitted;
typedef struct ubp_metric_vt {
  uint32_t size, needs;
  const ubp_emitted* const* emits;
  uint32_t n_emits;   /* every name finish() can emit: recorded as "SPLIT.NAME" */
  int32_t uses_train; /* 1: update() sees the training split first (split "train"), then the evaluated one */
  ubp_status (*begin)(void*, ubp_ctx*);
  ubp_status (*update)(void*, ubp_ctx*, const ubp_metric_batch*);
  ubp_status (*finish)(void*, ubp_ctx*, void (*emit)(void*, const char* name, double value), void* user);
} ubp_metric_vt;

/* transform (augmentation): a pure function of (in, random) */
typedef struct ubp_transform_vt {
  uint32_t size, random_words; /* 64-bit words consumed per sample */
  ubp_status (*apply)(void*, const ubp_view* in, ubp_view* out, const uint64_t* random,
                      uint32_t n_random); /* [worker] */
} ubp_transform_vt;

/* environment: never resets or seeds itself; save/load give its full state */
enum { UBP_ENV_NONDETERMINISTIC = 1 };
typedef struct ubp_environment_vt {
  uint32_t size, flags;
  int64_t max_steps; /* then the host sets `truncated`; 0: no limit */
  ubp_status (*open)(void*, const char* data_dir, uint32_t n);
  ubp_status (*spaces)(void*, const ubp_space** observation, const ubp_space** action);
  /* instances which[0..m-1]; obs is [m, ...] */
  ubp_status (*reset)(void*, const uint32_t* which, const uint64_t* seeds, uint32_t m, ubp_view* obs);
  /* action i64 [n] or f32 [n, ...]; obs f32 or u8; reward f64 [n]; flags u8 [n] */
  ubp_status (*step)(void*, const ubp_view* action, ubp_view* obs, ubp_view* reward, ubp_view* terminated,
                     ubp_view* truncated);
} ubp_environment_vt;

typedef struct ubp_component {
  uint32_t size;
  int32_t kind;
  const char* id;                     /* "barlow_twins" or "vendor.name"; never reused */
  const char* version;                /* semver of the BEHAVIOUR */
  const char *title, *doc, *citation; /* citation may be "" */
  const char* const* tags;            /* NULL-terminated */
  const ubp_param_desc* const* params;
  uint32_t n_params;
  const ubp_lifecycle* life;
  const void* vtable; /* ubp_<kind>_vt */
} ubp_component;
typedef struct ubp_entry {
  uint32_t size;
  uint16_t abi_major, abi_minor_built /* UBP_ABI_MINOR */, abi_minor_needed /* UBP_TARGET_MINOR */, abi_draft;
  const char *plugin_name, *plugin_version, *vendor, *license /* SPDX */, *url;
  const char* build_info;                                /* compiler, -march, sdk: goes into the results */
  ubp_status (*init)(const ubp_host*, const char* path); /* [loader] counted; no I/O, no threads */
  void (*deinit)(void);                                  /* [loader] */
  uint32_t (*count)(void);                               /* [loader] */
  const ubp_component* (*get)(uint32_t index);           /* [loader] valid until deinit */
  const void* (*get_extension)(const char* ext_id);      /* |0 [any] */
} ubp_entry;
#define UBP_ENTRY_SYMBOL "ubp_entry_v1"
/* the one exported symbol: constant-initialised data */
extern UBP_EXPORT_SYM UBP_SECTION const ubp_entry ubp_entry_v1;

#ifdef __cplusplus
}
#endif
#endif
