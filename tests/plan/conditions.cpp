// SPDX-License-Identifier: MIT
// When a parameter means anything: the one grammar of `active_if` and `when`.
#include <catch2/catch.hpp>

#include "fake_components.hpp"
#include "plugin/condition.hpp"

using namespace ubp;
using nlohmann::json;

namespace {

bool holds_for(const std::string& text, const json& value) {
  return holds(read_condition(text, "spec"), [&](const std::string& key) { return key == "x" ? value : json(); });
}

std::string refused(const std::string& text) {
  try {
    read_condition(text, "spec");
  } catch (const Error& e) {
    CHECK(e.code() == Exit::usage);
    return e.what();
  }
  return "";
}

std::string misfit(const std::string& text, const ParamDecl& declaration) {
  try {
    for (const Condition& condition : read_condition(text, "spec")) check_condition(condition, declaration, "spec");
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

}  // namespace

TEST_CASE("six signs compare numbers as numbers, whatever their spelling", "[condition]") {
  for (const json& zero : {json(0), json(0.0), json(-0.0), json("0.0")})
    for (const char* spelled : {"x==0", "x == 0.0", "x==-0.0", "x=='0.0'", "x == +0", "x==0e3"}) {
      CAPTURE(zero.dump(), spelled);
      CHECK(holds_for(spelled, zero));
    }
  CHECK(holds_for("x==1e3", 1000));
  CHECK(holds_for("x==1000", 1e3));
  CHECK(holds_for("x>0", 0.9));
  CHECK_FALSE(holds_for("x>0", 0.0));
  CHECK(holds_for("x>=0", 0));
  CHECK(holds_for("x < 10", 9));  // as texts, 9 is above 10
  CHECK_FALSE(holds_for("x<10", 10));
  CHECK(holds_for("x<=10", 10.0));
  CHECK(holds_for("x!=0", 1));
  CHECK_FALSE(holds_for("x!=0", -0.0));
}

TEST_CASE("== holds for any of its values, != for none", "[condition]") {
  CHECK(holds_for("x==kl,l1", "l1"));
  CHECK(holds_for("x == kl , l1", "kl"));
  CHECK_FALSE(holds_for("x==kl,l1", "top_k"));
  CHECK(holds_for("x!=kl,l1", "top_k"));
  CHECK_FALSE(holds_for("x!=kl,l1", "l1"));
  CHECK(holds_for("x==1,2", 2.0));
}

TEST_CASE("texts may be quoted, and then hold anything", "[condition]") {
  CHECK(holds_for("x == 'a,b and c > d'", "a,b and c > d"));
  CHECK(holds_for("x == \"it's\" and x != ''", "it's"));
  CHECK(holds_for("x == 'two words'", "two words"));
  CHECK(holds_for("x == ''", ""));
}

TEST_CASE("bools and lists are equal or not", "[condition]") {
  CHECK(holds_for("x==true", true));
  CHECK_FALSE(holds_for("x==true", false));
  CHECK(holds_for("x==256+64", json{256, 64}));
  CHECK(holds_for("x==0.5+1", json{0.5, 1.0}));
  CHECK(holds_for("x==[]", json::array()));
  CHECK(holds_for("x==16", json::array({16})));
  CHECK_FALSE(holds_for("x==256", json{256, 64}));
}

TEST_CASE("all parts must hold, and a key that means nothing has no value", "[condition]") {
  CHECK(holds_for("", 1));
  CHECK(holds_for("x>0 and x<2 and x != 1.5", 1));
  CHECK_FALSE(holds_for("x>0 and x>2", 1));
  CHECK(holds_for("y != 3", 1));
  for (const char* text : {"y==3", "y<3", "y<=3", "y>3", "y>=3", "y==null", "y==''"}) CHECK_FALSE(holds_for(text, 1));
}

TEST_CASE("what is no condition is refused with one sentence", "[condition]") {
  for (const char* text :
       {"x", "x=1", "x>", "==1", "x==1,", "x==,1", "x==1 and", "x==1 and ", "x==1 or", "x>1>2", "x==a'b", "x=='a",
        "x<1,2", "x!1", "x == 1 and and y == 2", "(x==1", "x=<1", "x==1 y", "x=='a' b"}) {
    CAPTURE(text);
    CHECK(refused(text) == std::string("spec: no condition: found '") + text +
                               "', expected KEY == VALUE, joined by `and`, with == != < <= > or >=");
  }
}

TEST_CASE("a condition that its key can never answer is refused", "[condition]") {
  ParamDecl number, choice, flag;
  number.type = UBP_P_INT, number.min = 1, number.max = 9;
  choice.type = UBP_P_ENUM, choice.choices = {"none", "rbf"};
  flag.type = UBP_P_BOOL;
  CHECK(misfit("x>0 and x==1.5 and x!=100", number) == "");
  CHECK(misfit("x==many", number) == "spec: x: wrong type: found string many, expected float");
  CHECK(misfit("x==rbf,none", choice) == "");
  CHECK(misfit("x==rbd", choice) ==
        "spec: x: no such choice: found 'rbd', expected one of none, rbf; did you mean 'rbf'?");
  CHECK(misfit("x>rbf", choice) ==
        "spec: x: only numbers have an order: found >, expected == or != of one of none, rbf");
  CHECK(misfit("x==true", flag) == "");
  CHECK(misfit("x==1", flag) == "spec: x: wrong type: found string 1, expected bool");
}

TEST_CASE("a parameter's condition decides where its axis is active", "[condition]") {
  const auto components = std::make_shared<test::FakeComponents>();
  ParamDecl nesterov;
  nesterov.name = "nesterov", nesterov.type = UBP_P_BOOL, nesterov.fallback = false, nesterov.active_if = "momentum>0";
  components->edit("sgd").params.push_back(nesterov);
  std::string text = test::kSpec;
  text.replace(text.find("use = \"adam\""), 12, "use = \"sgd\"");
  text = text.substr(0, text.find("\"model.latent\""));
  const test::Expanded made = test::plan_with(
      components, text + "'optimizer.momentum' = [0, 0.9]\n'optimizer.nesterov' = [true, false]\n", {}, false);
  REQUIRE(made.configs.size() == 3);
  CHECK(made.configs[0].params.size() == 1);
  CHECK(made.configs[0].params.begin()->second == 0.0);
  CHECK(made.configs[1].params.rbegin()->second == true);
  CHECK(made.configs[2].params.rbegin()->second == false);
}

TEST_CASE("`when` is read like active_if, and checked against its key", "[condition]") {
  const auto when = [](const std::string& condition) {
    return test::spec_with(28, "\"model.latent\" = { range = \"1..4\", when = \"" + condition + "\" }");
  };
  CHECK(test::plan(when("optimizer.lr > 1e-3")).configs.size() == 2 + 4);
  CHECK(test::plan(when("optimizer.lr >= 1e-3 and train.epochs < 9")).configs.size() == 1 + 2 * 4);
  CHECK(test::plan(when("objective.loss == 'mse'")).configs.size() == 3 * 4);
  CHECK(test::complaint(when("objective.loss == mes")) ==
        "sweep.toml:28: model.latent: when: objective.loss: no such choice: found 'mes', expected one of mse, bce");
  CHECK(test::complaint(when("train.schedule > step")) ==
        "sweep.toml:28: model.latent: when: train.schedule: only numbers have an order: found >, expected == or != of "
        "one of constant, step, cosine, plateau");
}

TEST_CASE("`when` may call its key by an old name", "[condition]") {
  const std::string text = test::spec_with(29, "'train.epochs' = { choice = [1, 2], when = 'model.code > 16' }");
  CHECK(test::plan(text).configs.size() == 2 + 2);
}
