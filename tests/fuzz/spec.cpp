// SPDX-License-Identifier: MIT
// A spec's text: planned, or refused by a sentence; and what is planned means the same when it is written out.
#include <cstdint>
#include <cstdlib>

#include "base/text.hpp"
#include "fake_components.hpp"
#include "plan/space.hpp"

namespace {

using namespace ubp;

constexpr double kFewPoints = 50;

double most_points(const Draft& draft) {
  double n = 1;
  for (const Axis& axis : draft.axes) n *= static_cast<double>(count_values(axis));
  return n;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto components = std::make_shared<test::FakeComponents>();
  Plan plan;
  try {
    if (most_points(read_draft(read_source(text, "s"), "s", {}, *components, true)) > kFewPoints) return 0;
    plan = plan_of_text(text, "s", {}, components, false);
  } catch (const Error& e) {
    if (e.code() != Exit::usage || !is_utf8(plain(e.what()))) std::abort();
    return 0;
  }
  if (plan_of_text(plan.spec_text, "s", {}, components, false).identity != plan.identity) std::abort();
  return 0;
}
