// SPDX-License-Identifier: MIT
// From a component class to the C tables of abi.h: trampolines that turn exceptions into a status and a message.
#pragma once

#include <type_traits>

#include <ubp/components.hpp>
#include <ubp/describe.hpp>

namespace ubp {
inline namespace UBP_HIDDEN v0 {
namespace detail {

template <class T>
Declaration& declaration() {
  static Declaration* d = [] {  // never destroyed: R9, and no destructor order at exit
    auto* made = new Declaration;
    Describe<T> describe(*made);
    T::describe(describe);
    return made;
  }();
  return *d;
}

template <class T>
struct Life {
  static ubp_status create(const ubp_host*, const ubp_param_value* const* values, std::uint32_t n, void** self) {
    return guard([&] {
      Declaration& d = declaration<T>();
      if (n != d.setters.size())
        throw Error("create: " + std::to_string(n) + " parameter values, expected " + std::to_string(d.setters.size()));
      for (std::uint32_t i = 0; i < n; ++i)
        if (values[i]->type != d.params[i].type)
          throw Error(std::string("create: parameter '") + d.params[i].name + "' has another type");
      struct Made {
        T* made = new T;
        ~Made() { delete made; }
      } owner;
      for (std::uint32_t i = 0; i < n; ++i) d.setters[i](owner.made, *values[i]);
      owner.made->created();
      *self = owner.made;
      owner.made = nullptr;
    });
  }
  static void destroy(void* self) { delete static_cast<T*>(self); }
  static ubp_status save(void* self, ubp_ostream* out) {
    return guard([&] {
      const Bytes bytes = static_cast<T*>(self)->save();
      check(out->write(out, bytes.data(), bytes.size()));
    });
  }
  static ubp_status load(void* self, ubp_istream* in) {
    return guard([&] {
      Bytes bytes;
      char block[4096];
      std::uint64_t got = 0;
      while (check(in->read(in, block, sizeof block, &got)), got > 0) bytes.append(block, got);
      static_cast<T*>(self)->load(bytes);
    });
  }
};

inline ubp_tensor released(const Tensor& t, const char* who) {
  if (!t) throw Error(std::string(who) + " returned no tensor");
  return t.handle;
}

template <class T>
const void* objective_table(Declaration& d) {
  static ubp_objective_vt vt{};
  static bool filled = false;
  if (!filled) {
    filled = true;
    for (std::size_t i = 0; i < d.stages.size(); ++i) {
      d.stages[i].phases = d.phase_lists[i].data();
      d.stages[i].n_phases = static_cast<std::uint32_t>(d.phase_lists[i].size());
    }
    vt.size = sizeof vt, vt.flags = d.flags, vt.n_views = d.n_views;
    vt.fields = d.ended(d.fields), vt.outputs = d.ended(d.outputs), vt.scalars = d.ended(d.scalars);
    vt.roles = d.roles.data(), vt.n_roles = static_cast<std::uint32_t>(d.roles.size());
    vt.stages = d.stages.data(), vt.n_stages = static_cast<std::uint32_t>(d.stages.size());
    vt.setup = [](void* self, ubp_ctx* raw) {
      return guard([&] {
        Ctx c(raw);
        static_cast<T*>(self)->setup(c);
      });
    };
    if constexpr (!std::is_same_v<decltype(&T::loss), decltype(&Objective::loss)>)
      vt.loss = [](void* self, ubp_ctx* raw, std::uint32_t stage, std::uint32_t phase, const ubp_batch* b,
                   ubp_tensor* out) {
        return guard([&] {
          Ctx c(raw);
          *out = released(static_cast<T*>(self)->loss(c, Batch(raw, b, stage, phase)), "loss()");
        });
      };
    if constexpr (!std::is_same_v<decltype(&T::after_step), decltype(&Objective::after_step)>)
      vt.after_step = [](void* self, ubp_ctx* raw, std::uint32_t stage, std::uint32_t phase, const ubp_batch* b) {
        return guard([&] {
          Ctx c(raw);
          static_cast<T*>(self)->after_step(c, Batch(raw, b, stage, phase));
        });
      };
    if constexpr (!std::is_same_v<decltype(&T::on_event), decltype(&Objective::on_event)>)
      vt.on_event = [](void* self, ubp_ctx* raw, const ubp_event* e) {
        return guard([&] {
          Ctx c(raw);
          static_cast<T*>(self)->on_event(c, Event{e});
        });
      };
    if constexpr (!std::is_same_v<decltype(&T::collect), decltype(&Objective::collect)>)
      vt.collect = [](void* self, ubp_ctx* raw) {
        return guard([&] {
          Ctx c(raw);
          static_cast<T*>(self)->collect(c);
        });
      };
    if constexpr (!std::is_same_v<decltype(&T::infer), decltype(&Objective::infer)>)
      vt.infer = [](void* self, ubp_ctx* raw, const char* what, const ubp_batch* b, ubp_tensor* out) {
        return guard([&] {
          Ctx c(raw);
          *out = released(static_cast<T*>(self)->infer(c, what, Batch(raw, b)), "infer()");
        });
      };
    if constexpr (!std::is_same_v<decltype(&T::manual), decltype(&Objective::manual)>)
      vt.manual = [](void* self, ubp_ctx* raw, std::uint32_t stage, std::uint32_t phase, const ubp_batch* b,
                     PutGrad::Raw put) {
        return guard([&] {
          Ctx c(raw);
          static_cast<T*>(self)->manual(c, Batch(raw, b, stage, phase), PutGrad(raw, put));
        });
      };
  }
  return &vt;
}

template <class T>
const void* model_table(Declaration& d) {
  static ubp_model_vt vt{};
  vt.size = sizeof vt;
  vt.methods = d.methods.data(), vt.n_methods = static_cast<std::uint32_t>(d.methods.size());
  vt.build = [](void* self, ubp_ctx* raw, const ubp_build* b) {
    return guard([&] {
      Ctx c(raw);
      static_cast<T*>(self)->build(c, Build{b->role, b->in, b->out});
    });
  };
  vt.call = [](void* self, ubp_ctx* raw, const char* method, std::int32_t training, const ubp_tensor* in,
               std::uint32_t n_in, ubp_tensor* out, std::uint32_t n_out) {
    return guard([&] {
      Ctx c(raw);
      if (!declaration<T>().has_method(method))
        throw Error(std::string("this model has no method '") + method + "'", UBP_E_NOT_FOUND);
      Inputs inputs;
      for (std::uint32_t i = 0; i < n_in; ++i) inputs.push_back({in[i], raw});
      const std::vector<Tensor> result = static_cast<T*>(self)->call(c, method, training != 0, inputs);
      if (result.size() != n_out)
        throw Error(std::string(method) + " gives " + std::to_string(result.size()) + " tensors, asked for " +
                    std::to_string(n_out));
      for (std::uint32_t i = 0; i < n_out; ++i) out[i] = released(result[i], method);
    });
  };
  vt.out_shape = [](void* self, const char* method, const ubp_shape* in, ubp_shape* out) {
    return guard([&] { *out = static_cast<T*>(self)->out_shape(method, Shape(*in)); });
  };
  return &vt;
}

template <class T, class = void>
struct StepsByOps : std::false_type {};
template <class T>
struct StepsByOps<
    T, std::void_t<decltype(std::declval<T&>().step(std::declval<Ctx&>(), std::declval<const TrainedRun&>()))>>
    : std::true_type {};

template <class T>
const void* optimizer_table(Declaration& d) {
  static ubp_optimizer_vt vt{};
  vt.size = sizeof vt, vt.flags = d.flags, vt.decay = d.decay;
  vt.slots = d.slots.data(), vt.n_slots = static_cast<std::uint32_t>(d.slots.size());
  vt.step = [](void* self, ubp_ctx* ctx, const ubp_flat* f) {
    return guard([&] {
      if constexpr (StepsByOps<T>::value) {
        Ctx c(ctx);
        static_cast<T*>(self)->step(c, TrainedRun(ctx, *f));
      } else if (f->dtype == UBP_F64) {
        static_cast<T*>(self)->step(Flat<double>(ctx, *f));
      } else {
        static_cast<T*>(self)->step(Flat<float>(ctx, *f));
      }
    });
  };
  return &vt;
}

inline void hand_out(Names& kept, const char* const** names, std::uint32_t* n, std::vector<std::string> given) {
  kept = {std::move(given), {}};
  for (const std::string& text : kept.texts) kept.pointers.push_back(text.c_str());
  *names = kept.pointers.data(), *n = static_cast<std::uint32_t>(kept.pointers.size());
}

template <class T>
struct DatasetTable {
  static const void* table(Declaration& d) {
    static ubp_dataset_vt vt{};
    vt.size = sizeof vt, vt.flags = d.flags, vt.source = d.source, vt.licence = d.licence;
    vt.files = [](void* self, const char* dir, const char** out) {
      return guard([&] {
        auto& given = static_cast<T*>(self)->handed_out;
        given.files.clear();
        for (const std::string& path : static_cast<T*>(self)->files(dir ? dir : "")) given.files += path + "\n";
        *out = given.files.c_str();
      });
    };
    vt.open = [](void* self, const char* dir) { return guard([&] { static_cast<T*>(self)->open(dir ? dir : ""); }); };
    vt.fields = [](void* self, const ubp_field* const** out, std::uint32_t* n) {
      return guard([&] {
        auto& given = static_cast<T*>(self)->handed_out;
        given.fields = static_cast<T*>(self)->fields();
        given.list.clear();
        for (const ubp_field& f : given.fields) given.list.push_back(&f);
        *out = given.list.data();
        *n = static_cast<std::uint32_t>(given.list.size());
      });
    };
    vt.splits = [](void* self, const char* const** out) {
      return guard([&] {
        auto& given = static_cast<T*>(self)->handed_out.splits;
        std::uint32_t n = 0;
        hand_out(given, out, &n, static_cast<T*>(self)->splits());
        given.pointers.push_back(nullptr);
        *out = given.pointers.data();
      });
    };
    vt.count = [](void* self, const char* split, std::int64_t* n) {
      return guard([&] { *n = static_cast<T*>(self)->count(split); });
    };
    vt.read = [](void* self, const char* split, const std::int64_t* rows, std::uint32_t n, ubp_view* const* dst,
                 std::uint32_t n_dst) {
      return guard([&] {
        std::vector<FieldOut> out;
        for (std::uint32_t i = 0; i < n_dst; ++i) out.emplace_back(dst[i]);
        static_cast<T*>(self)->read(split, rows, n, out);
      });
    };
    return &vt;
  }
};

template <class T>
const void* metric_table(Declaration& d) {
  static ubp_metric_vt vt{};
  vt.size = sizeof vt, vt.uses_train = d.uses_train;
  if (!d.needs.empty()) vt.needs = d.ended(d.needs);
  vt.emits = d.emits.data(), vt.n_emits = static_cast<std::uint32_t>(d.emits.size());
  vt.begin = [](void* self, ubp_ctx*) { return guard([&] { static_cast<T*>(self)->begin(); }); };
  vt.update = [](void* self, ubp_ctx*, const ubp_metric_batch* b) {
    return guard([&] { static_cast<T*>(self)->update(MetricBatch(b)); });
  };
  vt.finish = [](void* self, ubp_ctx*, void (*emit)(void*, const char*, double), void* user) {
    return guard([&] { static_cast<T*>(self)->finish(Emit(emit, user)); });
  };
  return &vt;
}

template <class T>
const void* transform_table(Declaration& d) {
  static ubp_transform_vt vt{};
  vt.size = sizeof vt, vt.random_words = d.random_words;
  vt.apply = [](void* self, const ubp_view* in, ubp_view* out, const std::uint64_t* random, std::uint32_t) {
    return guard([&] { static_cast<T*>(self)->apply(View(in), View(out), random); });
  };
  return &vt;
}

template <class T>
struct EnvironmentTable {
  static void emit_obs(T& t, std::uint32_t instance, std::uint32_t row, ubp_view* obs) {
    t.observe(t.states[instance], View(obs).row<float>(row));
  }
  static const void* table(Declaration& d) {
    static ubp_environment_vt vt{};
    vt.size = sizeof vt, vt.flags = d.flags, vt.max_steps = d.max_steps;
    vt.open = [](void* self, const char* dir, std::uint32_t n) {
      return guard([&] {
        T& t = *static_cast<T*>(self);
        t.open(dir ? dir : "");
        t.states.resize(n);
      });
    };
    vt.spaces = [](void* self, const ubp_space** o, const ubp_space** a) {
      return guard([&] {
        T& t = *static_cast<T*>(self);
        t.handed_out[0] = t.observation_space(), t.handed_out[1] = t.action_space();
        *o = &t.handed_out[0], *a = &t.handed_out[1];
      });
    };
    vt.reset = [](void* self, const std::uint32_t* which, const std::uint64_t* seeds, std::uint32_t m, ubp_view* obs) {
      return guard([&] {
        T& t = *static_cast<T*>(self);
        for (std::uint32_t i = 0; i < m; ++i) {
          Hash random(seeds[i]);
          t.states[which[i]] = t.reset(random);
          emit_obs(t, which[i], i, obs);
        }
      });
    };
    vt.step = [](void* self, const ubp_view* action, ubp_view* obs, ubp_view* reward, ubp_view* terminated,
                 ubp_view* truncated) {
      return guard([&] {
        T& t = *static_cast<T*>(self);
        const bool discrete = View(action).raw().dtype_code == 0;
        const std::int64_t choices = discrete ? t.action_space().n : 0;
        for (std::uint32_t i = 0; i < t.states.size(); ++i) {
          float index = 0;
          const float* a = nullptr;
          if (discrete) {
            const std::int64_t chosen = View(action).data<std::int64_t>()[i];
            if (chosen < 0 || chosen >= choices)
              throw Error("action " + std::to_string(chosen) + " is outside 0.." + std::to_string(choices - 1));
            index = static_cast<float>(chosen);
            a = &index;
          } else {
            a = View(action).row<float>(i);
            for (std::int64_t j = 0; j < View(action).row_count(); ++j)
              if (!std::isfinite(a[j])) throw Error("an action is not finite");
          }
          const EnvOutcome o = t.step(t.states[i], a);
          View(reward).data<double>()[i] = o.reward;
          View(terminated).data<std::uint8_t>()[i] = o.terminated;
          View(truncated).data<std::uint8_t>()[i] = o.truncated;
          emit_obs(t, i, i, obs);
        }
      });
    };
    return &vt;
  }
};

/// Hands out `names`, kept in `kept`.
/// The names of a data set's classes and columns.
template <class T>
const void* names_extension() {
  static const ubp_names_ext table = {
      sizeof table,
      [](void* self, const char* const** names, std::uint32_t* n) {
        return guard([&] {
          hand_out(static_cast<T*>(self)->handed_out.classes, names, n, static_cast<T*>(self)->class_names());
        });
      },
      [](void* self, const char* const** names, std::uint32_t* n) {
        return guard([&] {
          hand_out(static_cast<T*>(self)->handed_out.columns, names, n, static_cast<T*>(self)->column_names());
        });
      }};
  return &table;
}

/// Which columns of the input are one name: data sets tell, metrics are told.
template <class T>
const void* nominal_extension() {
  static const ubp_nominal_ext table = [] {
    ubp_nominal_ext made{};
    made.size = sizeof made;
    if constexpr (std::is_base_of_v<Dataset, T>)
      made.get = [](void* self, const std::int64_t** columns, std::uint32_t* n) {
        return guard([&] {
          std::vector<std::int64_t>& given = static_cast<T*>(self)->handed_out.nominal;
          given.clear();
          for (const Columns& c : static_cast<T*>(self)->nominal()) given.push_back(c.first), given.push_back(c.last);
          *columns = given.data(), *n = static_cast<std::uint32_t>(given.size() / 2);
        });
      };
    else
      made.set = [](void* self, const std::int64_t* columns, std::uint32_t n) {
        return guard([&] {
          std::vector<Columns> all;
          for (std::uint32_t i = 0; i < n; ++i) all.push_back({columns[2 * i], columns[2 * i + 1]});
          static_cast<Metric*>(static_cast<T*>(self))->nominal(all);
        });
      };
    return made;
  }();
  return &table;
}

inline RowFacts row_facts(const ubp_row_facts& given) {
  RowFacts facts{given.split, given.n, given.withheld, {}, {given.row.dim, given.row.dim + given.row.nd}, {}};
  for (const char* const* name = given.given; name && *name; ++name) facts.given.insert(*name);
  for (std::int64_t i = 0; i < given.n_labels; ++i) facts.classes[given.label[i]] = given.label_n[i];
  return facts;
}

/// What a metric or an objective expects of the rows.
template <class T>
const void* expect_extension() {
  static const ubp_expect_ext table = {
      sizeof(ubp_expect_ext), [](void* self, const ubp_row_facts* train, const ubp_row_facts* judged) {
        return guard([&] { static_cast<T*>(self)->expect(row_facts(*train), row_facts(*judged)); });
      }};
  return &table;
}

/// What data sets, metrics and objectives answer to get_extension().
template <class T>
const void* extensions(void*, const char* id) {
  constexpr bool is_dataset = std::is_base_of_v<Dataset, T>, is_metric = std::is_base_of_v<Metric, T>;
  if constexpr (is_dataset)
    if (std::strcmp(id, UBP_EXT_NAMES) == 0) return names_extension<T>();
  if constexpr (is_dataset || is_metric)
    if (std::strcmp(id, UBP_EXT_NOMINAL) == 0) return nominal_extension<T>();
  if constexpr (!is_dataset)
    if (std::strcmp(id, UBP_EXT_EXPECT) == 0) return expect_extension<T>();
  return nullptr;
}

template <class State>
void environment_probe(const Environment<State>*);
template <class T>
auto is_environment(int) -> decltype(environment_probe(static_cast<T*>(nullptr)), std::true_type{});
template <class T>
std::false_type is_environment(...);

template <class T>
const ubp_component* component() {
  Declaration& d = declaration<T>();
  ubp_component& c = d.component;
  if (c.vtable) return &c;
  d.life = {sizeof(ubp_lifecycle), Life<T>::create, Life<T>::destroy, Life<T>::save, Life<T>::load, nullptr};
  if constexpr (std::is_base_of_v<Dataset, T> || std::is_base_of_v<Metric, T> || std::is_base_of_v<Objective, T>)
    d.life.get_extension = extensions<T>;
  c.life = &d.life;
  c.tags = d.ended(d.tags);
  c.params = d.params.data();
  c.n_params = static_cast<std::uint32_t>(d.params.size());
  if constexpr (std::is_base_of_v<Objective, T>)
    c.kind = UBP_K_OBJECTIVE, c.vtable = objective_table<T>(d);
  else if constexpr (std::is_base_of_v<Model, T>)
    c.kind = UBP_K_MODEL, c.vtable = model_table<T>(d);
  else if constexpr (std::is_base_of_v<Optimizer, T>)
    c.kind = UBP_K_OPTIMIZER, c.vtable = optimizer_table<T>(d);
  else if constexpr (std::is_base_of_v<Dataset, T>)
    c.kind = UBP_K_DATASET, c.vtable = DatasetTable<T>::table(d);
  else if constexpr (std::is_base_of_v<Metric, T>)
    c.kind = UBP_K_METRIC, c.vtable = metric_table<T>(d);
  else if constexpr (std::is_base_of_v<Transform, T>)
    c.kind = UBP_K_TRANSFORM, c.vtable = transform_table<T>(d);
  else if constexpr (decltype(is_environment<T>(0))::value)
    c.kind = UBP_K_ENVIRONMENT, c.vtable = EnvironmentTable<T>::table(d);
  else
    static_assert(sizeof(T) == 0,
                  "derive from Objective, Model, Optimizer, Dataset, Metric, Transform or Environment<State>");
  return &c;
}

template <class... Ts>
struct Entry {
  static ubp_status init(const ubp_host* h, const char*) {
    auto api = [&](const char* id) { return h->get_api(h, id); };
    g.host = h;
    g.tensor = static_cast<const ubp_tensor_api*>(api(UBP_API_TENSOR));
    g.math = static_cast<const ubp_math_api*>(api(UBP_API_MATH));
    g.grad = static_cast<const ubp_grad_api*>(api(UBP_API_GRAD));
    g.param = static_cast<const ubp_param_api*>(api(UBP_API_PARAM));
    g.rng = static_cast<const ubp_rng_api*>(api(UBP_API_RNG));
    g.run = static_cast<const ubp_run_api*>(api(UBP_API_RUN));
    g.table = static_cast<const ubp_table_api*>(api(UBP_API_TABLE));
    g.env = static_cast<const ubp_env_api*>(api(UBP_API_ENV));
    return UBP_OK;
  }
  static std::uint32_t count() { return sizeof...(Ts); }
  static const ubp_component* get(std::uint32_t index) {
    using Get = const ubp_component* (*)();
    static constexpr Get all[] = {&component<Ts>...};
    return index < sizeof...(Ts) ? all[index]() : nullptr;
  }
};

}  // namespace detail
}  // namespace v0
}  // namespace ubp

#ifndef UBP_BUILD_INFO
#define UBP_BUILD_INFO "c++ " __VERSION__ ", sdk 0.1"
#endif

/// UBP_EXPORT_PLUGIN("vicreg", "1.0.0", "MIT", VicReg): once per library. The name is the file's stem.
#define UBP_EXPORT_PLUGIN(name, version, license, ...)                                                             \
  extern "C" UBP_EXPORT_SYM UBP_SECTION const ubp_entry ubp_entry_v1 = {sizeof(ubp_entry),                         \
                                                                        UBP_ABI_MAJOR,                             \
                                                                        UBP_ABI_MINOR,                             \
                                                                        UBP_TARGET_MINOR,                          \
                                                                        UBP_ABI_DRAFT,                             \
                                                                        name,                                      \
                                                                        version,                                   \
                                                                        license,                                   \
                                                                        UBP_BUILD_INFO,                            \
                                                                        &::ubp::detail::Entry<__VA_ARGS__>::init,  \
                                                                        &::ubp::detail::Entry<__VA_ARGS__>::count, \
                                                                        &::ubp::detail::Entry<__VA_ARGS__>::get}
