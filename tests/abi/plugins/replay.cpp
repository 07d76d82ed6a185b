// SPDX-License-Identifier: MIT
// replay: random actions fill a ring of transitions, from which a linear model learns where an action leads. How many
// rows it has appended is private state.
#include <ubp/sdk.hpp>
using namespace ubp;

struct Replay : Objective {
  std::int64_t capacity, min_rows;
  std::string misuse;
  std::int64_t appended = 0;

  static void describe(Describe<Replay>& d) {
    d.id("replay")
        .doc("A linear model of an environment.")
        .logs("table")
        .views(0)
        .flags(UBP_OBJ_NEEDS_ENV)
        .collect(UBP_TABLE_RING, /*epochs*/ nullptr, /*batch*/ "8", "capacity", "min_rows", /*batches*/ "4")
        .param(&Replay::capacity, "capacity", 32, {1, 1e6}, tunable, "Rows of the ring.")
        .param(&Replay::min_rows, "min_rows", 16, {1, 1e6}, tunable, "Rows before the first step.")
        .choice(&Replay::misuse, "misuse", {"none", "columns", "view"}, "none", 0, "A mistake to make.");
  }
  void setup(Ctx& c) override {
    if (c.actions().discrete) throw Error("replay: the actions must be a box");
    c.param("w", {4, 2}, Init::normal(0, 0.1));
  }
  void collect(Ctx& c) override {
    const std::int64_t n = c.instances();
    const Tensor x = c.env_observe(), a = c.uniform("actions", {n, 2}, -1, 1);
    const EnvStep s = c.env_step(a);
    std::vector<std::int64_t> tick;
    for (std::int64_t i = 0; i < n; ++i) tick.push_back(appended++);
    c.append({{"x", x}, {"a", a}, {"next", s.next}, {"reward", s.reward}, {"tick", c.indices(tick)}});
    if (misuse == "columns") c.append({{"x", x}});
    c.log("table", static_cast<double>(c.collected()));
  }
  Tensor loss(Ctx& c, const Batch& b) override {
    if (misuse == "view") return mean(b.view(0));
    const Tensor next = b["next"];
    if (max(abs(next - b["x"] - b["a"])).item() > 1e-5 || max(abs(b["reward"] + sum(square(next), 1))).item() > 1e-4)
      throw Error("a row holds the columns of different steps");
    for (std::int64_t tick : c.integers(b["tick"]))
      if (tick >= appended || tick < appended - capacity)
        throw Error("the ring holds a row that it should have forgotten");
    for (std::int64_t row : c.integers(b.indices()))
      if (row >= c.collected()) throw Error("a row that the ring does not have");
    return mse(matmul(concat({b["x"], b["a"]}, 1), c.param("w")), next);
  }
  Bytes save() override { return Bytes(reinterpret_cast<const char*>(&appended), sizeof appended); }
  void load(const Bytes& bytes) override {
    if (bytes.size() != sizeof appended) throw Error("its state is 8 bytes, found " + std::to_string(bytes.size()));
    std::memcpy(&appended, bytes.data(), sizeof appended);
  }
};

UBP_EXPORT_PLUGIN("replay", "1.0.0", "MIT", Replay);
