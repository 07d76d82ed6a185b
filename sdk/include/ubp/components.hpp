// SPDX-License-Identifier: MIT
// The base classes of the seven kinds. A component derives from one, has `static void describe(Describe<T>&)`, and
// overrides what it needs; state that is no parameter and no named state goes through save and load.
#pragma once

#include <deque>
#include <map>
#include <set>

#include <ubp/expect.h>
#include <ubp/names.h>
#include <ubp/nominal.h>
#include <ubp/context.hpp>

namespace ubp {
inline namespace UBP_HIDDEN v0 {

using Bytes = std::string;

/// Common to all kinds.
class Component {
 public:
  virtual ~Component() = default;
  /// After the parameters are set: refuse combinations here (throw Error).
  virtual void created() {}
  virtual Bytes save() { return {}; }
  virtual void load(const Bytes& bytes) {
    if (!bytes.empty())
      throw Error("load: this component saves nothing, but got " + std::to_string(bytes.size()) + " bytes");
  }

 protected:
  /// True: the process has been asked to stop. What takes long asks now and then, and throws; it is no failure.
  static bool cancelled() {
    return UBP_HAS(detail::g.host, cancelled) && detail::g.host->cancelled(detail::g.host) != 0;
  }
};

struct Event {
  const ubp_event* raw;
  std::int32_t kind() const { return raw->kind; }  ///< UBP_EV_*
  std::uint32_t stage() const { return raw->stage; }
  std::int64_t epoch() const { return raw->epoch; }
  double lr() const { return raw->lr; }
};

/// Takes gradients that a manual update has computed itself.
class PutGrad {
 public:
  using Raw = ubp_status (*)(ubp_ctx*, ubp_tensor, ubp_tensor);
  PutGrad(ubp_ctx* ctx, Raw raw) : ctx_(ctx), raw_(raw) {}
  void operator()(Tensor param, Tensor grad) const { detail::check(raw_(ctx_, param.handle, grad.handle)); }

 private:
  ubp_ctx* ctx_;
  Raw raw_;
};

/// What is known of the rows of a split before anything is trained.
struct RowFacts {
  std::string split;
  std::int64_t rows = 0, withheld_cells = 0;     ///< cells: those that imputation is judged by
  std::map<std::int64_t, std::int64_t> classes;  ///< label, rows; empty: the data set has no labels
  std::vector<std::int64_t> shape;               ///< of a row of the input
  std::set<std::string> given;                   ///< what the objective and its models give, by what a metric needs
};

/// Answers "what is the loss here?"; the host runs the program of stages and phases around it.
class Objective : public Component {
 public:
  /// Before anything is trained, for every split that metrics judge: throws Error for rows that it cannot work with.
  virtual void expect(const RowFacts& train, const RowFacts& judged) { (void)train, (void)judged; }
  virtual void setup(Ctx&) {}
  virtual Tensor loss(Ctx&, const Batch&) { throw Error("this objective has no loss()", UBP_E_UNSUPPORTED); }
  virtual void after_step(Ctx&, const Batch&) {}
  virtual void on_event(Ctx&, const Event&) {}
  virtual void collect(Ctx&) {}
  virtual Tensor infer(Ctx&, const std::string& what, const Batch&) {
    throw Error("this objective cannot infer '" + what + "'", UBP_E_UNSUPPORTED);
  }
  virtual void manual(Ctx&, const Batch&, const PutGrad&) { throw Error("no manual update", UBP_E_UNSUPPORTED); }
};

struct Build {
  std::string role;
  Shape in, out;  ///< out.is_free(): your choice
};
using Inputs = std::vector<Tensor>;

/// A network with named methods. One instance serves one role.
class Model : public Component {
 public:
  virtual void build(Ctx&, const Build&) = 0;
  virtual std::vector<Tensor> call(Ctx&, const std::string& method, bool training, const Inputs&) = 0;
  /// Without the row axis: what `method` gives for rows of shape `in`.
  virtual Shape out_shape(const std::string& method, const Shape& in) = 0;
};

/// One contiguous run of trained numbers, mapped: for rules that go number by number. T is float or double.
template <class T>
class Flat {
 public:
  Flat(ubp_ctx* ctx, const ubp_flat& raw) : raw_(raw), param_({raw.param, ctx}), grad_({raw.grad, ctx}) {
    for (std::uint32_t i = 0; i < raw.n_slots; ++i) slots_.emplace_back(Tensor{raw.slots[i], ctx});
  }
  std::size_t n() const { return raw_.n; }
  T* param() const { return param_.data(); }
  const T* grad() const { return grad_.data(); }
  T* slot(std::uint32_t i) const { return slots_[i].data(); }
  std::int64_t step() const { return raw_.step; }  ///< 1-based
  double lr() const { return raw_.lr; }            ///< after schedule, plateau, stage and phase
  double decay() const { return raw_.decay; }
  const ubp_flat& raw() const { return raw_; }

  /// f(first, n) for parts of the run, on the threads of the trial: every number is in one part. The parts do not
  /// depend on how many threads there are. f throws nothing and calls nothing of the host.
  template <class F>
  void for_each_part(F f) const {
    constexpr std::int64_t kPart = 4096;
    const auto part = [](void* g, std::int64_t lo, std::int64_t hi) {
      (*static_cast<F*>(g))(static_cast<std::size_t>(lo), static_cast<std::size_t>(hi - lo));
    };
    if (detail::g.run && UBP_HAS(detail::g.run, parallel_for))
      detail::g.run->parallel_for(nullptr, static_cast<std::int64_t>(n()), kPart, part, &f);
    else
      part(&f, 0, static_cast<std::int64_t>(n()));
  }

 private:
  const ubp_flat& raw_;
  Mapped<T> param_;
  Mapped<const T> grad_;
  std::deque<Mapped<T>> slots_;
};

/// One parameter of a step, in its own shape, as tensors: for rules of whole matrices.
class Trained {
 public:
  Trained(ubp_ctx* ctx, const ubp_segment& raw) : ctx_(ctx), raw_(raw) {}
  const char* name() const { return raw_.name; }  ///< without the owner: "w1"
  Shape shape() const { return raw_.shape; }
  bool decays() const { return !(raw_.flags & UBP_PARAM_NO_DECAY); }
  bool is_dense() const { return !(raw_.flags & UBP_PARAM_ROW_SPARSE); }  ///< else the rows that were touched
  Tensor param() const { return {raw_.param, ctx_}; }                     ///< moved by c.assign()
  Tensor grad() const { return {raw_.grad, ctx_}; }
  Tensor slot(std::uint32_t i) const { return {raw_.slots[i], ctx_}; }

 private:
  ubp_ctx* ctx_;
  const ubp_segment& raw_;
};

/// The same run, parameter by parameter.
class TrainedRun {
 public:
  TrainedRun(ubp_ctx* ctx, const ubp_flat& raw) : ctx_(ctx), raw_(raw) {}
  std::uint32_t size() const { return raw_.n_segments; }
  Trained operator[](std::uint32_t i) const {
    const char* const first = reinterpret_cast<const char*>(raw_.segments);
    return {ctx_, *reinterpret_cast<const ubp_segment*>(first + std::size_t{i} * raw_.segment_bytes)};
  }
  std::int64_t step() const { return raw_.step; }  ///< 1-based
  double lr() const { return raw_.lr; }            ///< after schedule, plateau, stage and phase
  double decay() const { return raw_.decay; }

 private:
  ubp_ctx* ctx_;
  const ubp_flat& raw_;
};

/// Declares slots and has `template <class T> void step(const Flat<T>&)`, number by number, or
/// `void step(Ctx&, const TrainedRun&)`, by ops; see UBP_EXPORT_PLUGIN.
class Optimizer : public Component {};

/// Where a data set writes one field of the rows asked for.
class FieldOut {
 public:
  explicit FieldOut(const ubp_view* v) : view_(v) {}
  float* row(std::int64_t i) const { return view_.row<float>(i); }
  std::uint8_t* bytes(std::int64_t i) const { return view_.row<std::uint8_t>(i); }
  std::int64_t row_count() const { return view_.row_count(); }
  const View& view() const { return view_; }

 private:
  View view_;
};

/// One named field of a data set. `shape` is of one row; dtype 0: f32.
inline ubp_field field(const char* name, const Shape& shape, std::uint32_t flags, std::int32_t dtype = 0) {
  ubp_field f{sizeof(ubp_field), flags, name, shape};
  f.shape.dtype = dtype;
  return f;
}

/// The columns of one nominal cell: one column, or a one-hot group.
struct Columns {
  std::int64_t first, last;
};

/// Names as C takes them.
struct Names {
  std::vector<std::string> texts;
  std::vector<const char*> pointers;
};

class Dataset : public Component {
 public:
  /// Paths that the content depends on. Throw Error(..., UBP_E_IO) naming what is missing and how to get it.
  virtual std::vector<std::string> files(const std::string& data_dir) {
    (void)data_dir;
    return {};
  }
  virtual void open(const std::string& data_dir) { (void)data_dir; }
  virtual std::vector<ubp_field> fields() = 0;
  /// 0: no such split; of "train", "valid", "test" and splits().
  virtual std::int64_t count(const std::string& split) = 0;
  virtual void read(const std::string& split, const std::int64_t* rows, std::uint32_t n,
                    const std::vector<FieldOut>& out) = 0;

  /// After open(): splits besides "train", "valid" and "test", by names of its own: "shifted".
  virtual std::vector<std::string> splits() { return {}; }
  /// After open(): the cells of the input that hold names, in order. What the host withholds, it withholds by cells.
  virtual std::vector<Columns> nominal() { return {}; }
  /// After open(): what the classes are called, by index; empty: an index is its own name.
  virtual std::vector<std::string> class_names() { return {}; }
  /// After open(): what the numbers of a row of the input are called, all of them, in order; empty: they have no names.
  virtual std::vector<std::string> column_names() { return {}; }

  /// What the host was given pointers to; kept by the SDK as long as the instance.
  struct {
    std::string files;
    std::vector<ubp_field> fields;
    std::vector<const ubp_field*> list;
    std::vector<std::int64_t> nominal;
    Names classes, columns, splits;
  } handed_out;
};

/// From codes back to rows: ubp_decoder. A copy is as good as the original, until finish() returns.
class RowDecoder {
 public:
  explicit RowDecoder(const ubp_decoder* raw) : raw_(raw) {}
  explicit operator bool() const { return raw_ != nullptr; }
  std::int64_t width() const { return raw_->width; }   ///< of a code
  std::int64_t row_size() const { return raw_->row; }  ///< numbers of a decoded row
  /// codes [n, width] to rows [n, row_size].
  void decode(const double* codes, std::int64_t n, double* rows) const {
    detail::check(raw_->decode(raw_, codes, n, rows));
  }

 private:
  const ubp_decoder* raw_;
};

/// What an evaluation hands to a metric: matrices of doubles, labels as class indices.
class MetricBatch {
 public:
  explicit MetricBatch(const ubp_metric_batch* raw) : raw_(raw) {}
  std::int64_t size() const { return raw_->n; }
  bool is_train() const { return raw_->is_train != 0; }
  View input() const { return raw_->input; }
  View mask() const { return raw_->mask; }
  View label() const { return raw_->label; }
  View embedding() const { return raw_->embedding; }
  View reconstruction() const { return raw_->reconstruction; }
  View samples() const { return raw_->samples; }
  View score() const { return raw_->score; }
  View imputed() const { return raw_->imputed; }
  View withheld() const { return raw_->withheld; }
  View assignment() const { return raw_->assignment; }
  View episode_return() const { return raw_->episode_return; }
  View episode_length() const { return raw_->episode_length; }
  View factors() const { return raw_->factors; }  ///< [n, factor_count()], a class by its index
  std::int64_t factor_count() const { return raw_->n_factors; }
  const char* factor_name(std::int64_t k) const { return raw_->factor[k]->name; }
  bool factor_is_discrete(std::int64_t k) const { return raw_->factor[k]->discrete != 0; }
  RowDecoder decoder() const { return RowDecoder(raw_->decoder); }

 private:
  const ubp_metric_batch* raw_;
};

/// Takes what a metric has found: emit("accuracy", 0.93), one call for each name it declares.
class Emit {
 public:
  using Raw = void (*)(void* user, const char* name, double value);
  Emit(Raw raw, void* user) : raw_(raw), user_(user) {}
  void operator()(const char* name, double value) const { raw_(user_, name, value); }

 private:
  Raw raw_;
  void* user_;
};

class Metric : public Component {
 public:
  /// Before anything is trained, for every split that it will judge: throws Error for rows that it cannot judge.
  virtual void expect(const RowFacts& train, const RowFacts& judged) { (void)train, (void)judged; }
  /// Before begin(), if the data set says which cells of the input hold names.
  virtual void nominal(const std::vector<Columns>&) {}
  virtual void begin() {}
  virtual void update(const MetricBatch&) = 0;
  virtual void finish(const Emit&) = 0;
};

/// An augmentation: a pure function of (in, random). Views are [n, ...]; random holds n * random_words words.
class Transform : public Component {
 public:
  virtual void apply(const View& in, const View& out, const std::uint64_t* random) = 0;
};

struct EnvOutcome {
  double reward;
  bool terminated;
  bool truncated = false;  ///< for a limit that depends on parameters; a fixed one is max_steps()
};

/// An environment whose whole state is one trivially copyable struct per instance. It never resets or seeds itself.
template <class State>
class Environment : public Component {
 public:
  virtual void open(const std::string& data_dir) { (void)data_dir; }
  virtual ubp_space observation_space() = 0;
  virtual ubp_space action_space() = 0;
  virtual State reset(Hash& random) = 0;
  virtual EnvOutcome step(State&, const float* action) = 0;  ///< discrete: action[0] is the index
  virtual void observe(const State&, float* out) = 0;

  Bytes save() override { return Bytes(reinterpret_cast<const char*>(states.data()), states.size() * sizeof(State)); }
  void load(const Bytes& bytes) override {
    if (bytes.size() != states.size() * sizeof(State)) throw Error("load: the state of another number of instances");
    std::memcpy(states.data(), bytes.data(), bytes.size());
  }
  std::vector<State> states;
  ubp_space handed_out[2]{};  ///< what the host was given pointers to; kept by the SDK
};

inline ubp_space discrete(std::int64_t n) {
  return {sizeof(ubp_space), UBP_SPACE_DISCRETE, n, Shape{}, nullptr, nullptr};
}
inline ubp_space box(const Shape& s, const double* low = nullptr, const double* high = nullptr) {
  return {sizeof(ubp_space), UBP_SPACE_BOX, 0, s, low, high};
}

}  // namespace v0
}  // namespace ubp
