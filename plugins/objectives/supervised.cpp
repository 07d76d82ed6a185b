// SPDX-License-Identifier: MIT
// supervised: cross-entropy with the labels, the baseline that every objective without labels is held against.
//
//   L = -mean_i log softmax(f(x_i))[y_i]
//
// | parameter | type | range      | default | meaning |
// |-----------|------|------------|---------|---------|
// | classes   | int  | [0, 1e+06] | 0       | How many; 0: one more than the highest training label. |
//
// Logs: accuracy, of the minibatch. Outputs: assignment, the class of the highest score. Where rows have weights, L is
// the weighted mean.
// Limits: the trial is recorded as supervised.
// Source: Bridle, "Probabilistic interpretation of feedforward classification network outputs", 1990.
//
//   [objective]
//   use = "supervised"
#include <algorithm>

#include <ubp/sdk.hpp>
using namespace ubp;

struct Supervised : Objective {
  std::int64_t classes;

  static void describe(Describe<Supervised>& d) {
    d.id("supervised")
        .title("Supervised")
        .doc("Cross-entropy with the labels.")
        .cite("Bridle 1990")
        .flags(UBP_OBJ_NEEDS_LABELS | UBP_OBJ_ROW_LOSS)
        .field("label")
        .role("classifier", "predict", "Rows to logits.")
        .logs("accuracy")
        .output("assignment")
        .param(&Supervised::classes, "classes", 0, {0, 1e6}, 0,
               "How many; 0: one more than the highest training label.");
  }

  void expect(const RowFacts& train, const RowFacts&) override {
    if (classes == 0 || train.classes.empty() || train.classes.rbegin()->first < classes) return;
    throw Error("supervised: classes = " + std::to_string(classes) + ", but a training row has the label " +
                std::to_string(train.classes.rbegin()->first));
  }

  void setup(Ctx& c) override {
    double highest = static_cast<double>(classes) - 1;
    if (classes == 0)
      c.for_each_batch("train", 4096, [&](Ctx& k, const Batch& b) {
        for (double label : k.values(b["label"])) highest = std::max(highest, label);
      });
    c.role_shape("classifier", c.row_shape(), {static_cast<std::int64_t>(highest) + 1});
  }

  Tensor loss(Ctx& c, const Batch& b) override {
    const Tensor logits = c.call("classifier", "predict", b.view(0)), label = b["label"];
    c.log("accuracy", mean(equal(argmax(logits, 1), label)));
    if (!b.has_weights()) return cross_entropy(logits, label);
    const Tensor picked = take_along(log_softmax(logits, 1), reshape(label, {b.size(), 1}));
    return -reshape(picked, {b.size()});
  }

  Tensor infer(Ctx& c, const std::string&, const Batch& b) override {
    return argmax(c.call("classifier", "predict", b.view(0)), 1);
  }
};

UBP_EXPORT_PLUGIN("supervised", "1.0.0", "MIT", Supervised);
