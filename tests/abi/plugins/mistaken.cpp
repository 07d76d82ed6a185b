// SPDX-License-Identifier: MIT
// mistaken: two parameters of its own, and the mistakes that an author of an objective makes, one at a time.
#include <optional>

#include <ubp/sdk.hpp>
using namespace ubp;

#ifndef NAME
#define NAME "mistaken"
#endif

struct Mistaken : Objective {
  std::string how;

  static void describe(Describe<Mistaken>& d) {
    d.id(NAME)
        .doc("Makes a mistake.")
        .logs("level")
        .choice(&Mistaken::how, "how",
                {"none", "constant", "detached", "idle", "lazy", "late_constant", "rows", "null", "undeclared",
                 "misspelt", "logs_loss", "logs_rows", "axis", "last_axis", "kept_context", "kept_tensor"},
                "none", 0, "Which.");
#ifdef TRAINED
    d.stage("first", "2").phase("fit", TRAINED).stage("second", "2").phase("fit", TRAINED);
#endif
  }

  void setup(Ctx& c) override {
    if (how == "lazy") return;
    c.param("w", {1}, Init::constant(0.5));
    c.param("v", {1}, Init::constant(0.5));
    if (how == "kept_tensor") tensor_ = c.param("w");
  }

  Tensor loss(Ctx& c, const Batch& b) override {
    const Tensor w = c.param("w", {1}, Init::constant(0.5)), v = c.param("v", {1}, Init::constant(0.5));
    const Tensor x = b.view(0), distance = square(x - w);
    if (how == "kept_context" && context_) c = *context_;
    context_.emplace(c);
    if (how == "undeclared") c.log("nowhere", 1);
    if (how == "misspelt") c.log("levle", 1);
    if (how == "logs_loss") c.log("loss", 1);
    if (how == "logs_rows") c.log("level", x);
    c.log("level", 1);
    if (how == "rows") return distance;
    if (how == "null") return Tensor{{0}, c.raw()};
    if (how == "constant" || (how == "late_constant" && b.step() > 0)) return c.full({}, 1);
    if (how == "detached") return stop_gradient(mean(distance));
    if (how == "idle") return mean(distance);
    if (how == "axis") return sum(x, 7);
    if (how == "last_axis") return sum(x, -3);
    if (how == "kept_tensor") return mean(tensor_ * x);
    return mean(distance + square(v));
  }

 private:
  std::optional<Ctx> context_;
  Tensor tensor_;
};

UBP_EXPORT_PLUGIN(NAME, "1.0.0", "MIT", Mistaken);
