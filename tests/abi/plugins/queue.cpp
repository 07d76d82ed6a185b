// SPDX-License-Identifier: MIT
// queue: the last rows and their numbers, in named state of two types; rows are to be unlike what the queue holds.
#include <ubp/sdk.hpp>
using namespace ubp;

struct Queue : Objective {
  std::int64_t length;
  std::string misuse;

  static void describe(Describe<Queue>& d) {
    d.id("queue")
        .doc("Rows against a queue of earlier ones.")
        .logs("filled")
        .logs("wrong")
        .param(&Queue::length, "length", 24, {1, 1e6}, tunable, "Rows that are kept.")
        .choice(&Queue::misuse, "misuse", {"none", "shape", "row", "parameter"}, "none", 0, "A mistake to make.");
  }
  void setup(Ctx& c) override {
    const std::int64_t width = c.row_shape().count();
    c.state("rows", {length, width}, 0.5);
    c.state("numbers", Shape{length}.of(UBP_I64), -1);
    c.state("next", Shape{1}.of(UBP_I64));
    c.param("w", {width, width}, Init::orthogonal());
  }
  Tensor loss(Ctx& c, const Batch& b) override {
    const Tensor similarity = matmul(matmul(b.view(0), c.param("w")), c.state("rows"), transpose_b);
    return mean(logsumexp(0.01 * similarity, 1));
  }
  void after_step(Ctx& c, const Batch& b) override {
    if (misuse == "shape") c.assign(c.state("rows"), b.view(0));
    if (misuse == "row") c.assign_rows(c.state("rows"), c.indices({length}), c.zeros({1, c.row_shape().count()}));
    const std::int64_t next = c.integers(c.state("next"))[0];
    std::vector<std::int64_t> at;
    for (std::int64_t i = 0; i < b.size(); ++i) at.push_back((next + i) % length);
    c.assign_rows(c.state("rows"), c.indices(at), b.view(0));
    c.assign_rows(c.state("numbers"), c.indices(at), b.indices());
    c.assign(c.state("next"), c.indices({(next + b.size()) % length}));
  }
  void on_event(Ctx& c, const Event& e) override {
    if (e.kind() != UBP_EV_EPOCH_END) return;
    const std::vector<std::int64_t> numbers = c.integers(c.state("numbers"));
    const std::vector<double> rows = c.values(c.state("rows"));
    const auto width = static_cast<std::size_t>(c.row_shape().count());
    std::int64_t filled = 0;
    double wrong = 0;
    c.for_each_batch("train", 7, [&](Ctx& k, const Batch& b) {
      const std::vector<std::int64_t> number = k.integers(b.indices());
      const std::vector<double> row = k.values(b.view(0));
      for (std::size_t q = 0; q < numbers.size(); ++q)
        for (std::size_t i = 0; i < number.size(); ++i) {
          if (numbers[q] != number[i]) continue;
          ++filled;
          for (std::size_t j = 0; j < width; ++j) wrong += rows[q * width + j] != row[i * width + j];
        }
    });
    c.log("filled", static_cast<double>(filled));
    c.log("wrong", wrong);
  }
};

UBP_EXPORT_PLUGIN("queue", "1.0.0", "MIT", Queue);
