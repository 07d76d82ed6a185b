// SPDX-License-Identifier: MIT
// auditor: reads everything that a minibatch of the data set `grid` offers, and complains where a number is not what
// the row's number says.
#include <ubp/sdk.hpp>
using namespace ubp;

struct Auditor : Objective {
  std::int64_t rows_seen = 0, holes_seen = 0;

  static void describe(Describe<Auditor>& d) {
    d.id("auditor")
        .doc("Reads what a minibatch offers.")
        .logs("holes")
        .logs("rows")
        .flags(UBP_OBJ_HANDLES_MASK)
        .field("weight")
        .field("group");
  }
  void setup(Ctx& c) override { c.param("w", {2}, Init::zeros()); }

  void audit(Ctx& c, const Batch& b, const std::string& split) {
    const auto expect = [](bool holds, const char* what) {
      if (!holds) throw Error(what);
    };
    expect(b.split() == split, "the batch tells another split");
    const std::vector<std::int64_t> index = c.integers(b.indices()), group = c.integers(b["group"]);
    const std::vector<double> x = c.values(b.view(0)), weight = c.values(b["weight"]), mask = c.values(b.mask());
    expect(static_cast<std::int64_t>(index.size()) == b.size(), "as many indices as rows");
    for (std::size_t r = 0; r < index.size(); ++r) {
      expect(group[r] == index[r] % 5, "the field group belongs to another row");
      for (std::size_t k = 0; k < 2; ++k) {
        const bool hole = b.has_mask() && (static_cast<std::size_t>(index[r]) + k) % 4 == 0;
        const double i = static_cast<double>(index[r]), column = static_cast<double>(k);
        expect(weight[2 * r + k] == i + 0.5 * column, "the field weight belongs to another row");
        expect(mask[2 * r + k] == (hole ? 0 : 1), "the mask belongs to another row");
        expect(x[2 * r + k] == (hole ? 0 : 100 * column + i), "an unknown cell shows, or a known one does not");
        holes_seen += hole;
      }
    }
    rows_seen += b.size();
  }
  Tensor loss(Ctx& c, const Batch& b) override {
    audit(c, b, "train");
    return sum(square(c.param("w")));
  }
  void on_event(Ctx& c, const Event& e) override {
    if (e.kind() != UBP_EV_TRAIN_END) return;
    c.log("rows", static_cast<double>(rows_seen));
    c.log("holes", static_cast<double>(holes_seen));
    c.for_each_batch("test", 2, [&](Ctx& k, const Batch& b) { audit(k, b, "test"); });
  }
};

UBP_EXPORT_PLUGIN("auditor", "1.0.0", "MIT", Auditor);
