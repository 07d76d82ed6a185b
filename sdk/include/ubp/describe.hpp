// SPDX-License-Identifier: MIT
// Describe<T>: a component's declaration. One line per parameter binds member, type, default, range and text;
// validation, `ubp plugin describe`, sweeps and result columns follow from it.
#pragma once

#include <limits>

#include <ubp/core.hpp>

namespace ubp {
inline namespace UBP_HIDDEN v0 {

inline constexpr std::uint32_t tunable = UBP_PF_TUNABLE;    ///< worth sweeping
inline constexpr std::uint32_t log_scale = UBP_PF_LOG;      ///< on a logarithmic scale
inline constexpr std::uint32_t advanced = UBP_PF_ADVANCED;  ///< leave alone unless you know
inline constexpr std::uint32_t open_min = UBP_PF_MIN_OPEN;  ///< the lower bound itself is excluded
inline constexpr std::uint32_t open_max = UBP_PF_MAX_OPEN;
inline constexpr std::uint32_t required = UBP_PF_REQUIRED;
inline constexpr double infinity = std::numeric_limits<double>::infinity();

struct Range {
  double lo, hi;
};

namespace detail {

/// Pointers to structs of one type, as the C tables take them. What they point to lives as long as the process (R9).
/// One vector type for all of them: each further one would be compiled in every plugin.
template <class S>
class List {
 public:
  S& add(const S& s) {
    items_.push_back(new S(s));
    return back();
  }
  S& operator[](std::size_t i) const { return *static_cast<S*>(items_[i]); }
  S& back() const { return *static_cast<S*>(items_.back()); }
  std::size_t size() const { return items_.size(); }
  bool empty() const { return items_.empty(); }
  const S* const* data() const { return reinterpret_cast<const S* const*>(items_.data()); }

 private:
  std::vector<void*> items_;
};

/// Binds a parameter's value to its member.
struct Setter {
  void (*call)(const void* how, void* self, const ubp_param_value&);
  const void* how;  // a closure
  void operator()(void* self, const ubp_param_value& v) const { call(how, self, v); }
};

/// Every string and struct that a ubp_component points to.
struct Declaration {
  ubp_component component{};
  ubp_lifecycle life{};
  List<ubp_param_desc> params;
  std::vector<Setter> setters;

  std::uint32_t flags = 0, n_views = 1;
  std::vector<const char*> tags, fields, outputs, scalars, needs;
  List<ubp_role> roles;
  List<ubp_stage> stages;
  List<List<ubp_phase>> phase_lists;  // of each stage
  ubp_phase* phase = nullptr;         // the one just declared
  List<ubp_method> methods;
  List<ubp_slot> slots;
  List<ubp_emitted> emits;
  ubp_num decay = nullptr;
  std::int64_t max_steps = 0;
  std::uint32_t random_words = 0;
  bool uses_train = false;
  const char *source = nullptr, *licence = nullptr;

  static const char* text(const char* s) {
    const std::size_t bytes = std::strlen(s) + 1;
    return static_cast<const char*>(std::memcpy(new char[bytes], s, bytes));
  }
  static ubp_num number(const char* s) { return s ? text(s) : nullptr; }
  static const char* const* ended(std::vector<const char*>& list) {
    if (list.empty() || list.back()) list.push_back(nullptr);
    return list.data();
  }
  ubp_stage& stage() {
    if (stages.empty()) new_stage("train", nullptr);
    return stages.back();
  }
  void new_stage(const char* name, const char* epochs) {
    ubp_stage s{};
    s.size = sizeof s;
    s.name = text(name);
    s.doc = "";
    s.epochs = number(epochs);
    stages.add(s);
    phase_lists.add({});
  }
  bool has_method(const char* name) const {
    for (std::size_t i = 0; i < methods.size(); ++i)
      if (std::strcmp(methods[i].name, name) == 0) return true;
    return false;
  }
};

}  // namespace detail

template <class T>
class Describe {
 public:
  explicit Describe(detail::Declaration& d) : d_(d) {
    d_.component.size = sizeof(ubp_component);
    d_.component.title = d_.component.doc = d_.component.citation = "";
    d_.component.version = "1.0.0";
  }

  // --- every kind
  // --------------------------------------------------------------------------------------------------------
  Describe& id(const char* v) {
    d_.component.id = d_.text(v);
    return *this;
  }
  Describe& version(const char* v) {
    d_.component.version = d_.text(v);
    return *this;
  }  ///< of the behaviour
  Describe& title(const char* v) {
    d_.component.title = d_.text(v);
    return *this;
  }
  Describe& doc(const char* v) {
    d_.component.doc = d_.text(v);
    return *this;
  }
  Describe& cite(const char* v) {
    d_.component.citation = d_.text(v);
    return *this;
  }
  Describe& tag(const char* v) {
    d_.tags.push_back(d_.text(v));
    return *this;
  }
  Describe& flags(std::uint32_t v) {
    d_.flags |= v;
    return *this;
  }

  /// A number: double or std::int64_t. Out-of-range values are refused before the component is made.
  /// The member may be one of T's base class.
  template <class N, class B>
  Describe& param(N B::*member, const char* name, double fallback, Range range, std::uint32_t flags, const char* doc) {
    static_assert(std::is_same_v<N, double> || std::is_same_v<N, std::int64_t>,
                  "param: a number's member is a double or a std::int64_t, and a list's a std::vector of these");
    ubp_param_desc& p = add(name, std::is_same_v<N, double> ? UBP_P_FLOAT : UBP_P_INT, flags, doc);
    p.f_min = range.lo, p.f_max = range.hi, p.f_def = fallback;
    p.i_min = integer(range.lo), p.i_max = integer(range.hi), p.i_def = integer(fallback);
    set([member](T& t, const ubp_param_value& v) {
      if constexpr (std::is_same_v<N, double>)
        t.*member = v.f;
      else
        t.*member = v.i;
    });
    return *this;
  }
  Describe& param(bool T::*member, const char* name, bool fallback, std::uint32_t flags, const char* doc) {
    ubp_param_desc& p = add(name, UBP_P_BOOL, flags, doc);
    p.i_max = 1, p.i_def = fallback;
    set([member](T& t, const ubp_param_value& v) { t.*member = v.i != 0; });
    return *this;
  }
  Describe& param(std::string T::*member, const char* name, const char* fallback, std::uint32_t flags,
                  const char* doc) {
    add(name, UBP_P_STRING, flags, doc).s_def = d_.text(fallback);
    set([member](T& t, const ubp_param_value& v) { t.*member = v.s ? v.s : ""; });
    return *this;
  }
  /// One of `choices`; the member holds its text.
  Describe& choice(std::string T::*member, const char* name, std::initializer_list<const char*> choices,
                   const char* fallback, std::uint32_t flags, const char* doc) {
    ubp_param_desc& p = add(name, UBP_P_ENUM, flags, doc);
    const char** list = new const char*[choices.size() + 1]();
    p.i_def = -1;  // refused when described, if `fallback` is none of them
    for (const char* choice : choices) {
      if (std::strcmp(choice, fallback) == 0) p.i_def = p.i_max;
      list[p.i_max++] = choice;
    }
    --p.i_max;
    p.choices = list;
    set([member, c = p.choices](T& t, const ubp_param_value& v) { t.*member = c[v.i]; });
    return *this;
  }
  /// A list of numbers; `fallback` as text: "256,64".
  Describe& param(std::vector<std::int64_t> T::*member, const char* name, const char* fallback, Range range,
                  std::uint32_t flags, const char* doc) {
    ubp_param_desc& p = add(name, UBP_P_INT_LIST, flags, doc);
    p.s_def = d_.text(fallback), p.i_min = integer(range.lo), p.i_max = integer(range.hi);
    set([member](T& t, const ubp_param_value& v) { (t.*member).assign(v.il, v.il + v.n); });
    return *this;
  }
  Describe& param(std::vector<double> T::*member, const char* name, const char* fallback, Range range,
                  std::uint32_t flags, const char* doc) {
    ubp_param_desc& p = add(name, UBP_P_FLOAT_LIST, flags, doc);
    p.s_def = d_.text(fallback), p.f_min = range.lo, p.f_max = range.hi;
    set([member](T& t, const ubp_param_value& v) { (t.*member).assign(v.fl, v.fl + v.n); });
    return *this;
  }
  template <class N, class B>
  Describe& param(std::vector<N> B::*, const char*, const char*, Range, std::uint32_t, const char*) {
    static_assert(!sizeof(N), "param: a list's member is a std::vector of double or of std::int64_t");
    return *this;
  }
  /// Of the parameter just declared: the range a sweep should search, old names, when it is meaningful ("loss==huber",
  /// "momentum>0 and kernel!=none"; see ubp_param_desc): elsewhere it has its default.
  Describe& sweep(double lo, double hi) {
    d_.params.back().sweep_lo = lo, d_.params.back().sweep_hi = hi;
    return *this;
  }
  Describe& alias(const char* old_name) {
    d_.params.back().aliases = new const char* [2] { d_.text(old_name), nullptr };
    return *this;
  }
  Describe& active_if(const char* condition) {
    d_.params.back().active_if = d_.text(condition);
    return *this;
  }

  // --- objectives
  // --------------------------------------------------------------------------------------------------------
  Describe& views(std::uint32_t n) {
    d_.n_views = n;
    return *this;
  }
  Describe& field(const char* v) {
    d_.fields.push_back(d_.text(v));
    return *this;
  }
  Describe& output(const char* v) {
    d_.outputs.push_back(d_.text(v));
    return *this;
  }  ///< what infer() can give
  Describe& logs(const char* v) {
    d_.scalars.push_back(d_.text(v));
    return *this;
  }  ///< a sweep may optimise "train.v"
  Describe& role(const char* name, const char* methods, const char* doc = "", bool optional = false) {
    d_.roles.add({sizeof(ubp_role), optional, d_.text(name), d_.text(methods), d_.text(doc), nullptr});
    return *this;
  }
  /// A training stage; "0" epochs: until its plateau, end_stage or the run's budget. Null: the run's epochs.
  Describe& stage(const char* name, const char* epochs = nullptr, const char* doc = "", std::uint32_t flags = 0) {
    d_.new_stage(name, epochs);
    d_.stages.back().doc = d_.text(doc), d_.stages.back().flags = flags;
    return *this;
  }
  Describe& stage_lr(const char* factor) {
    d_.stage().lr = d_.number(factor);
    return *this;
  }
  /// One optimizer step per round on what `train` names ("encoder,self", null: everything); `repeat`: steps per round.
  /// Its rate and betas come from [optimizer.NAME] if the spec has it, else from [optimizer].
  Describe& phase(const char* name, const char* train = nullptr, const char* repeat = nullptr,
                  const char* every = nullptr) {
    d_.stage();
    d_.phase = &d_.phase_lists.back().add({sizeof(ubp_phase), d_.text(name), d_.number(train), d_.number(repeat),
                                           d_.number(every), nullptr, nullptr, nullptr});
    return *this;
  }
  Describe& phase_lr(const char* factor) {
    d_.phase->lr = d_.number(factor);
    return *this;
  }
  Describe& optimizer(const char* name) {
    d_.phase->optimizer = d_.text(name);
    return *this;
  }
  /// Of a phase: decoupled decay, a number or a parameter's name; "0": none. Of an optimizer: which parameter it is.
  Describe& decay(const char* v) {
    if (!d_.phase)
      d_.decay = d_.number(v);
    else
      d_.phase->decay = d_.number(v);
    return *this;
  }
  /// Ends the stage when `scalar` stops improving; see ubp_plateau.
  Describe& plateau(const char* scalar, const char* window = nullptr, const char* gain = nullptr,
                    const char* factor = nullptr, const char* floor = nullptr, const char* tol = nullptr) {
    d_.stage();
    d_.stages.back().plateau =
        new ubp_plateau{sizeof(ubp_plateau), d_.text(scalar),  d_.number(window), d_.number(gain),
                        d_.number(factor),   d_.number(floor), d_.number(tol)};
    return *this;
  }
  /// The stage collects rows and trains on them; see ubp_collect.
  Describe& collect(std::int32_t table, const char* epochs = nullptr, const char* batch = nullptr,
                    const char* capacity = nullptr, const char* min_rows = nullptr, const char* batches = nullptr) {
    d_.stage();
    d_.stages.back().collect = new ubp_collect{
        sizeof(ubp_collect), table,           d_.number(capacity), d_.number(min_rows), d_.number(epochs),
        d_.number(batches),  d_.number(batch)};
    d_.flags |= UBP_OBJ_COLLECTS;
    return *this;
  }

  // --- models, optimizers, metrics, environments, transforms
  // ---------------------------------------------------------------
  Describe& method(const char* name, std::uint32_t n_in, std::uint32_t n_out, const char* doc) {
    d_.methods.add({sizeof(ubp_method), d_.text(name), n_in, n_out, d_.text(doc)});
    return *this;
  }
  Describe& slot(const char* name, double fill = 0) {
    d_.slots.add({sizeof(ubp_slot), d_.text(name), fill});
    return *this;
  }
  /// What a metric asks for, by name: "embedding", "label", ...; see ubp_metric_vt.needs.
  Describe& needs(std::initializer_list<const char*> names) {
    for (const char* name : names) d_.needs.push_back(d_.text(name));
    return *this;
  }
  /// Of a data set: where it comes from, and its licence ("CC-BY-4.0").
  Describe& from(const char* source, const char* licence) {
    d_.source = d_.text(source), d_.licence = d_.text(licence);
    return *this;
  }
  Describe& emits(const char* name, std::int32_t higher_is_better, const char* doc) {
    d_.emits.add({sizeof(ubp_emitted), d_.text(name), higher_is_better, d_.text(doc)});
    return *this;
  }
  Describe& uses_train() {
    d_.uses_train = true;
    return *this;
  }
  Describe& max_steps(std::int64_t v) {
    d_.max_steps = v;
    return *this;
  }
  Describe& random_words(std::uint32_t v) {
    d_.random_words = v;
    return *this;
  }

 private:
  static std::int64_t integer(double v) {
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    return v >= 9.2e18 ? most : v <= -9.2e18 ? -most : static_cast<std::int64_t>(v);
  }
  ubp_param_desc& add(const char* name, std::int32_t type, std::uint32_t flags, const char* doc) {
    ubp_param_desc p{};
    p.size = sizeof p, p.type = type, p.flags = flags, p.name = d_.text(name), p.doc = d_.text(doc);
    p.sweep_lo = p.sweep_hi = std::numeric_limits<double>::quiet_NaN();
    return d_.params.add(p);
  }
  template <class F>
  void set(F f) {
    d_.setters.push_back({[](const void* how, void* self, const ubp_param_value& v) {
                            (*static_cast<const F*>(how))(*static_cast<T*>(self), v);
                          },
                          new F(f)});
  }

  detail::Declaration& d_;
};

}  // namespace v0
}  // namespace ubp
