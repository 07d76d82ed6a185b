// SPDX-License-Identifier: MIT
// kl_teller: logs the three parts of the KL term for the draws and Gaussians of kl_parts_reference.hpp.
#include "../kl_parts_reference.hpp"
#include "objectives/kl_parts.hpp"
using namespace ubp;

struct KlTeller : Objective {
  std::string sampling;

  static void describe(Describe<KlTeller>& d) {
    d.id("kl_teller")
        .doc("Tells the parts of a KL term.")
        .logs("mutual_information")
        .logs("total_correlation")
        .logs("dimension_kl")
        .choice(&KlTeller::sampling, "sampling", {"weighted", "stratified"}, "weighted", 0, "As beta_tcvae's.");
  }
  void setup(Ctx& c) override { c.param("w", {1}, Init::constant(1)); }
  Tensor loss(Ctx& c, const Batch&) override {
    const auto given = [&](const double* v) {
      return c.from({kl_reference::kRows, kl_reference::kUnits}, {v, v + kl_reference::kRows * kl_reference::kUnits});
    };
    const KlParts parts = kl_parts(c, given(kl_reference::kZ), given(kl_reference::kMean), given(kl_reference::kLogvar),
                                   kl_reference::kTrainingRows, sampling == "stratified");
    c.log("mutual_information", parts.mutual_information);
    c.log("total_correlation", parts.total_correlation);
    c.log("dimension_kl", parts.dimension_kl);
    return mean(square(c.param("w")));
  }
};

UBP_EXPORT_PLUGIN("kl_teller", "1.0.0", "MIT", KlTeller);
