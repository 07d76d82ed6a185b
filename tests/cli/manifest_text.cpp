// SPDX-License-Identifier: MIT
// The page that `ubp plugin describe` prints.
#include <limits>

#include <catch2/catch.hpp>

#include "cli/manifest_text.hpp"

using namespace ubp;

namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

ParamDecl param(const std::string& name, std::int32_t type, double min, double max, nlohmann::json fallback,
                std::uint32_t flags = 0) {
  ParamDecl p;
  p.name = name;
  p.type = type;
  p.min = min;
  p.max = max;
  p.fallback = std::move(fallback);
  p.flags = flags;
  p.doc = "the " + name;
  p.sweep_lo = p.sweep_hi = kNone;
  return p;
}

Manifest objective() {
  Manifest m;
  m.kind = UBP_K_OBJECTIVE;
  m.id = "reconstruction";
  m.version = "2";
  m.title = "rebuild the input from its code";
  m.doc = "  L = |x - d(e(x))|^2";
  m.citation = "Hinton and Salakhutdinov 2006";
  m.tags = {"baseline"};
  m.params = {param("rate", UBP_P_FLOAT, 0, 1, 0.1, UBP_PF_MIN_OPEN | UBP_PF_LOG),
              param("kind", UBP_P_ENUM, 0, 1, "mse"),
              param("hidden", UBP_P_INT_LIST, 1, 9.3e18, {64, 32}, UBP_PF_ADVANCED)};
  m.params[0].sweep_lo = 1e-4;
  m.params[0].sweep_hi = 0.5;
  m.params[1].choices = {"mse", "l1"};
  m.params[2].aliases = {"units"};
  m.flags = UBP_OBJ_NEEDS_LABELS;
  m.roles = {{"encoder", "makes the code", "autoencoder", {"encode"}, false}};
  m.stages = {{"train", "everything at once", {"step"}, {""}}};
  m.plugin_name = "basics";
  m.plugin_version = "1.0";
  m.license = "MIT";
  m.build_info = "GCC 12";
  m.file = "/lib/reconstruction.so";
  m.sha256 = "abc";
  return m;
}

}  // namespace

TEST_CASE("a component's page tells all that it declares", "[cli]") {
  CHECK(described(objective()) == R"(objective/reconstruction: rebuild the input from its code

  L = |x - d(e(x))|^2

Parameters
  parameter  type         range     default  meaning
  rate       float        (0, 1]    0.1      the rate (try 0.0001..0.5:log)
  kind       choice       mse | l1  mse      the kind
  hidden     list of int  >= 1      [64,32]  the hidden (advanced) (formerly units)

Roles
  encoder          makes the code [encode], by default autoencoder

Stages
  train            everything at once [step]

It is given labels: its trials are recorded as supervised.

Tags         baseline
Source       Hinton and Salakhutdinov 2006
Version      2
Plugin       basics 1.0 (MIT; GCC 12)
File         /lib/reconstruction.so
SHA-256      abc
)");
}

TEST_CASE("a range is written as in mathematics, and a default as in a spec", "[cli]") {
  CHECK(range_of(param("x", UBP_P_FLOAT, -kInf, kInf, 0)).empty());
  CHECK(range_of(param("x", UBP_P_FLOAT, 0, kInf, 0, UBP_PF_MIN_OPEN)) == "> 0");
  CHECK(range_of(param("x", UBP_P_FLOAT, -kInf, 1, 0)) == "<= 1");
  CHECK(range_of(param("x", UBP_P_FLOAT, 0, 1, 0, UBP_PF_MAX_OPEN)) == "[0, 1)");
  CHECK(range_of(param("x", UBP_P_BOOL, 0, 1, true)).empty());
  CHECK(default_of(param("x", UBP_P_FLOAT, 0, 1, nullptr, UBP_PF_REQUIRED)) == "required");
  CHECK(default_of(param("x", UBP_P_FLOAT, 0, 1, 1e-3)) == "0.001");
  CHECK(default_of(param("x", UBP_P_STRING, 0, 1, "")) == "\"\"");
}
