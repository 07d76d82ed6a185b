// SPDX-License-Identifier: MIT
// Two plugins in one page: both ask for the field FIELD, only one declares that it needs labels.
#include <ubp/sdk.hpp>
using namespace ubp;

#ifdef DECLARED
constexpr const char* kId = "declares_labels";
constexpr std::uint32_t kFlags = UBP_OBJ_NEEDS_LABELS;
#else
constexpr const char* kId = "peeks_at_labels";
constexpr std::uint32_t kFlags = 0;
#endif

struct LabelReader : Objective {
  std::string field, where;

  static void describe(Describe<LabelReader>& d) {
    d.id(kId)
        .doc("One number that follows the labels.")
        .flags(kFlags)
        .param(&LabelReader::field, "field", "label", 0, "What is read.")
        .choice(&LabelReader::where, "where", {"loss", "pass"}, "loss", 0,
                "In the minibatch, or in a pass over the data.");
  }
  void setup(Ctx& c) override {
    c.param("w", {1}, Init::zeros());
    if (where == "pass") c.for_each_batch("train", 8, [&](Ctx&, const Batch& b) { b[field.c_str()]; });
  }
  Tensor loss(Ctx& c, const Batch& b) override { return mean(square(b[field.c_str()] - c.param("w"))); }
};

UBP_EXPORT_PLUGIN(kId, "1.0.0", "MIT", LabelReader);
