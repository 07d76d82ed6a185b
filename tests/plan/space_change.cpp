// SPDX-License-Identifier: MIT
// What an edit of a space is told as.
#include "plan/space_change.hpp"

#include <catch2/catch.hpp>

#include "fake_components.hpp"

using namespace ubp::test;
using nlohmann::json;
using ubp::lies_in;
using ubp::space_change;

namespace {

json space(const std::vector<std::string>& overrides) { return plan(kSpec, overrides).space; }

}  // namespace

TEST_CASE("a changed space is told by its axes") {
  const json before = space({"model.latent=2..8"});
  CHECK(space_change(before, before).empty());
  CHECK(space_change(before, space({"model.latent=2..16"})) == "model.latent 2..8 -> 2..16");
  CHECK(space_change(before, space({"model.latent=2,4"})) == "model.latent 2..8 -> 2,4");
  CHECK(space_change(before, space({"model.latent=2"})) == "model.latent is no longer swept: 2..8");
  CHECK(space_change(before, space({"model.latent=2..8", "model.dropout=0,0.5"})) == "model.dropout is new: 0.0,0.5");
  json many = before;
  for (const char* key : {"a.a", "b.b", "c.c", "d.d", "e.e"}) many[key] = {{"type", "int"}, {"choices", {1, 2}}};
  CHECK(space_change(before, many) == "a.a is new: 1,2, b.b is new: 1,2, c.c is new: 1,2, and 2 more");
  json written = before;
  written["model.latent"]["range"] = "2..8:step=1";  // in other words
  CHECK(space_change(before, written).empty());
}

TEST_CASE("a point lies in a space whose axes have its values") {
  const json latent = space({"model.latent=2..8"});
  json point = plan(kSpec, {"model.latent=2..8"}).configs.at(0).params;
  CHECK(lies_in(latent, point));
  point["model.latent"] = 9;
  CHECK_FALSE(lies_in(latent, point));
  CHECK(lies_in(space({"model.latent=2..16"}), point));
  CHECK_FALSE(lies_in(space({"model.latent=2"}), point));
  point.erase("model.latent");
  CHECK_FALSE(lies_in(latent, point));
}
