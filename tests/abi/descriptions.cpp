// SPDX-License-Identifier: MIT
// A plugin that contradicts itself is refused when it is described, by its file, its component and what is wrong.
#include <cmath>
#include <functional>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "base/error.hpp"
#include "plugin/describe.hpp"

namespace {

using namespace ubp;

/// Describes one component, as a library made of it would.
std::vector<Manifest> described(const ubp_component* component) {
  static const ubp_component* made;
  made = component;
  static const ubp_entry entry = {.size = sizeof entry,
                                  .plugin_name = "made",
                                  .count = [] { return std::uint32_t{1}; },
                                  .get = [](std::uint32_t) { return made; }};
  return manifests_of({"made.so", &entry});
}

std::string refusal(const ubp_component* component) {
  try {
    described(component);
  } catch (const Error& e) {
    CHECK(e.code() == Exit::plugin);
    return e.what();
  }
  return "";
}

ubp_status create(const ubp_host*, const ubp_param_value* const*, std::uint32_t, void**) { return UBP_OK; }
const ubp_lifecycle kLife = {.size = sizeof kLife, .create = create};

ubp_param_desc param(std::int32_t type, const char* name) {
  return {.size = sizeof(ubp_param_desc),
          .type = type,
          .name = name,
          .f_min = 0,
          .f_max = 1,
          .f_def = 0.5,
          .i_min = 0,
          .i_max = 9,
          .i_def = 1,
          .sweep_lo = NAN,
          .sweep_hi = NAN};
}

const char* const kKinds[] = {"none", "rbf", nullptr};

/// An objective in which nothing is wrong, to be changed in one place.
struct Whole {
  ubp_param_desc rate = param(UBP_P_FLOAT, "rate"), steps = param(UBP_P_INT, "steps"),
                 kernel = param(UBP_P_ENUM, "kernel"), width = param(UBP_P_FLOAT, "width"),
                 sizes = param(UBP_P_INT_LIST, "sizes"), bold = param(UBP_P_BOOL, "bold");
  std::vector<const ubp_param_desc*> params = {&rate, &steps, &kernel, &width, &sizes, &bold};
  ubp_role encoder = {.size = sizeof encoder, .name = "encoder", .methods = "encode,decode", .doc = ""};
  std::vector<const ubp_role*> roles = {&encoder};
  ubp_phase fit = {.size = sizeof fit, .name = "fit", .train = "encoder.first,self.centers", .repeat = "steps"};
  std::vector<const ubp_phase*> phases = {&fit};
  ubp_plateau plateau = {.size = sizeof plateau, .scalar = "loss", .window = "steps", .gain = "1e-3"};
  ubp_stage first = {
      .size = sizeof first, .name = "first", .doc = "", .epochs = "0", .lr = "rate", .plateau = &plateau};
  std::vector<const ubp_stage*> stages = {&first};
  ubp_objective_vt objective = {.size = sizeof objective, .n_views = 1};
  ubp_component component = {.size = sizeof component,
                             .kind = UBP_K_OBJECTIVE,
                             .id = "made",
                             .version = "1.0.0",
                             .life = &kLife,
                             .vtable = &objective};

  Whole() { kernel.choices = kKinds, width.active_if = "kernel==rbf and rate>0", sizes.s_def = "4,2"; }

  const ubp_component* get() {
    component.params = params.data(), component.n_params = static_cast<std::uint32_t>(params.size());
    objective.roles = roles.data(), objective.n_roles = static_cast<std::uint32_t>(roles.size());
    objective.stages = stages.data(), objective.n_stages = static_cast<std::uint32_t>(stages.size());
    first.phases = phases.data(), first.n_phases = static_cast<std::uint32_t>(phases.size());
    return &component;
  }
};

/// What follows "plugin made.so: objective 'made': ".
std::string wrong(const std::function<void(Whole&)>& change) {
  Whole whole;
  change(whole);
  const std::string sentence = refusal(whole.get()), who = "plugin made.so: objective 'made': ";
  return sentence.starts_with(who) ? sentence.substr(who.size()) : sentence;
}

}  // namespace

TEST_CASE("what is whole is described", "[describe]") {
  Whole whole;
  const std::vector<Manifest> all = described(whole.get());
  REQUIRE(all.size() == 1);
  CHECK(all[0].params[2].fallback == "rbf");
  CHECK(all[0].params[4].fallback == nlohmann::json{4, 2});
}

TEST_CASE("a component that lacks something says what", "[describe]") {
  Whole whole;
  CHECK(refusal(nullptr) == "plugin made.so: component 0: its description is missing");
  whole.component.id = "";
  CHECK(refusal(whole.get()) == "plugin made.so: component 0: its id is missing");
  whole.component.id = "made", whole.component.life = nullptr;
  CHECK(refusal(whole.get()) == "plugin made.so: component 0 ('made'): its create() is missing");
  whole.component.life = &kLife, whole.component.vtable = nullptr;
  CHECK(refusal(whole.get()) == "plugin made.so: component 0 ('made'): its table is missing");
  whole.component.vtable = &whole.objective, whole.component.kind = 99;
  CHECK(refusal(whole.get()) == "plugin made.so: component 0 ('made'): no kind: found 99");
  whole.component.kind = UBP_K_OBJECTIVE, whole.component.id = "Made";
  CHECK(refusal(whole.get()) ==
        "plugin made.so: objective 'Made': no id: expected letters a-z, digits and _, a letter first");
  whole.component.id = "other";
  CHECK(refusal(whole.get()) ==
        "plugin made.so: objective 'other': lies in the plugin 'made'; file, plugin and component must have one name");
}

TEST_CASE("names are names, and each its own", "[describe]") {
  CHECK(wrong([](Whole& w) { w.rate.name = "Rate"; }) ==
        "parameter: no name: found 'Rate', expected letters a-z, digits and _, a letter first");
  CHECK(wrong([](Whole& w) { w.rate.name = nullptr; }) ==
        "parameter: no name: found '', expected letters a-z, digits and _, a letter first");
  CHECK(wrong([](Whole& w) { w.bold.name = "width"; }) == "parameter 'width' is declared twice");
  static const char* const old[] = {"steps", nullptr};
  CHECK(wrong([](Whole& w) { w.bold.aliases = old; }) == "parameter 'steps' is declared twice");
  CHECK(wrong([](Whole& w) { w.roles.push_back(&w.encoder); }) == "role 'encoder' is declared twice");
  CHECK(wrong([](Whole& w) { w.stages.push_back(&w.first); }) == "stage 'first' is declared twice");
  CHECK(wrong([](Whole& w) { w.phases.push_back(&w.fit); }) == "stage 'first': phase 'fit' is declared twice");
  CHECK(wrong([](Whole& w) { w.encoder.methods = ""; }) ==
        "role 'encoder': methods: missing: expected names, \"encode,decode\"");
  for (const char* methods : {"encode,", ",encode", "encode,,decode"})
    CHECK(wrong([&](Whole& w) { w.encoder.methods = methods; }) ==
          "role 'encoder': method: no name: found '', expected letters a-z, digits and _, a letter first");
  CHECK(wrong([](Whole& w) { w.encoder.methods = "encode,encode"; }) ==
        "role 'encoder': method 'encode' is declared twice");
}

TEST_CASE("a default is one of the parameter's values", "[describe]") {
  CHECK(wrong([](Whole& w) { w.rate.f_def = 2; }) == "parameter 'rate': default: 2 is outside [0, 1]");
  CHECK(wrong([](Whole& w) { w.rate.f_def = NAN; }).starts_with("parameter 'rate': default: "));
  CHECK(wrong([](Whole& w) { w.rate.f_def = 0, w.rate.flags = UBP_PF_MIN_OPEN; }) ==
        "parameter 'rate': default: 0 is outside (0, 1]");
  CHECK(wrong([](Whole& w) { w.rate.f_def = 2, w.rate.flags = UBP_PF_REQUIRED; }) == "");
  CHECK(wrong([](Whole& w) { w.steps.i_def = 10; }) == "parameter 'steps': default: 10 is outside [0, 9]");
  for (const std::int64_t index : {-1, 2, 1000})
    CHECK(wrong([&](Whole& w) { w.kernel.i_def = index; }) ==
          "parameter 'kernel': default: none of its values: expected one of none, rbf");
  CHECK(wrong([](Whole& w) { w.kernel.choices = nullptr; }) == "parameter 'kernel': choices: missing");
  CHECK(wrong([](Whole& w) { w.sizes.s_def = "4,many"; }) ==
        "parameter 'sizes': default: none of its values: expected list of int in [0, 9]");
  CHECK(wrong([](Whole& w) { w.sizes.s_def = "4,10"; }) == "parameter 'sizes': default: 10 is outside [0, 9]");
  for (const std::int32_t type : {0, 8, 77})  // 8 is the host's own
    CHECK(wrong([&](Whole& w) { w.bold.type = type; }) == fmt::format("parameter 'bold': no type: found {}", type));
}

TEST_CASE("a search range lies inside the range, its start below its end", "[describe]") {
  const auto searched = [](double lo, double hi, std::uint32_t flags = 0) {
    return wrong([&](Whole& w) { w.rate.sweep_lo = lo, w.rate.sweep_hi = hi, w.rate.flags = flags; });
  };
  CHECK(searched(0.1, 0.9) == "");
  CHECK(searched(0, 1) == "");
  CHECK(searched(0.1, 2) == "parameter 'rate': search range: 2 is outside [0, 1]");
  CHECK(searched(0, 1, UBP_PF_MAX_OPEN) == "parameter 'rate': search range: 1 is outside [0, 1)");
  CHECK(searched(0.9, 0.1) ==
        "parameter 'rate': search range: found 0.9..0.1, expected a start below the end, or NaN for none");
  CHECK(searched(0, 1, UBP_PF_LOG) ==
        "parameter 'rate': search range: found 0..1, expected a start above 0 and below the end, or NaN for none");
  CHECK(wrong([](Whole& w) { w.bold.sweep_lo = 0, w.bold.sweep_hi = 1; }) ==
        "parameter 'bold': search range: of no number: found bool");
}

TEST_CASE("a condition can be read, and asks for parameters that there are", "[describe]") {
  const auto width_if = [](const char* condition) { return wrong([&](Whole& w) { w.width.active_if = condition; }); };
  CHECK(width_if("kernel=rbf") ==
        "parameter 'width': active_if: no condition: found 'kernel=rbf', expected KEY == VALUE, joined by `and`, with "
        "== != < <= > or >=");
  CHECK(width_if("kernal==rbf") == "parameter 'width': active_if: no parameter 'kernal'; did you mean 'kernel'?");
  CHECK(width_if("kernel==rbd") ==
        "parameter 'width': active_if: kernel: no such choice: found 'rbd', expected one of none, rbf; did you mean "
        "'rbf'?");
  CHECK(width_if("kernel>rbf") ==
        "parameter 'width': active_if: kernel: only numbers have an order: found >, expected == or != of one of none, "
        "rbf");
  CHECK(width_if("width>0") == "parameter 'width': active_if: depends on itself");
  CHECK(wrong([](Whole& w) { w.width.flags = UBP_PF_REQUIRED; }) ==
        "parameter 'width': required, and active only if kernel==rbf and rate>0: expected a default for where it is "
        "not");
}

TEST_CASE("a number in a text is one, or names a parameter that is", "[describe]") {
  CHECK(wrong([](Whole& w) { w.first.epochs = "stepz"; }) ==
        "stage 'first': epochs: no number: no parameter 'stepz'; did you mean 'steps'?");
  CHECK(wrong([](Whole& w) { w.first.lr = ""; }).starts_with("stage 'first': lr: no number: "));
  CHECK(
      wrong([](Whole& w) { w.fit.repeat = "bold"; }) ==
      "stage 'first': phase 'fit': repeat: no number: found the parameter 'bold', a bool, expected a float or an int");
  CHECK(wrong([](Whole& w) { w.fit.decay = "1,5"; }).starts_with("stage 'first': phase 'fit': decay: no number: "));
  CHECK(wrong([](Whole& w) { w.plateau.floor = "low"; }).starts_with("stage 'first': plateau: floor: no number: "));
  ubp_optimizer_vt table = {.size = sizeof table, .decay = "weight_decay"};
  const ubp_component optimizer = {
      .size = sizeof optimizer, .kind = UBP_K_OPTIMIZER, .id = "made", .life = &kLife, .vtable = &table};
  CHECK(refusal(&optimizer) ==
        "plugin made.so: optimizer 'made': decay: no number: no parameter 'weight_decay'; there are none");
  table.decay = "0.1";
  CHECK(refusal(&optimizer) == "");
}

TEST_CASE("a number in a text is one that its field can have", "[describe]") {
  CHECK(wrong([](Whole& w) { w.fit.repeat = "0"; }) ==
        "stage 'first': phase 'fit': repeat: found 0, expected a number from 1");
  CHECK(wrong([](Whole& w) { w.fit.every = "0"; }) ==
        "stage 'first': phase 'fit': every: found 0, expected a number from 1");
  CHECK(wrong([](Whole& w) { w.fit.lr = "-1"; }) ==
        "stage 'first': phase 'fit': lr: found -1, expected a number from 0");
  CHECK(wrong([](Whole& w) { w.first.epochs = "-2"; }) == "stage 'first': epochs: found -2, expected a number from 0");
  CHECK(wrong([](Whole& w) { w.plateau.window = "0"; }) ==
        "stage 'first': plateau: window: found 0, expected a number from 1");
  for (const char* odd : {"nan", "inf", "1e999"})
    CHECK(wrong([&](Whole& w) { w.fit.decay = odd; }).starts_with("stage 'first': phase 'fit': decay: "));
  CHECK(wrong([](Whole& w) { w.fit.repeat = "3", w.fit.every = "2", w.fit.lr = "0.5", w.plateau.gain = "-1"; }) == "");
}

TEST_CASE("a stage collects into a table that there is, and its objective says so", "[describe]") {
  ubp_collect collect = {.size = sizeof collect, .table = UBP_TABLE_RING, .capacity = "steps"};
  const auto collected = [&](std::uint32_t flags) {
    return wrong([&](Whole& w) { w.first.collect = &collect, w.objective.flags = flags; });
  };
  CHECK(collected(UBP_OBJ_COLLECTS) == "");
  CHECK(collected(0) == "stage 'first': collect: found without UBP_OBJ_COLLECTS among the objective's flags");
  collect.table = 3;
  CHECK(collected(UBP_OBJ_COLLECTS) ==
        "stage 'first': collect: table: found 3, expected UBP_TABLE_ROUND or UBP_TABLE_RING");
  collect.table = UBP_TABLE_ROUND, collect.epochs = "0";
  CHECK(collected(UBP_OBJ_COLLECTS) == "stage 'first': collect: epochs: found 0, expected a number from 1");
}

TEST_CASE("a flag is one that there is", "[describe]") {
  CHECK(wrong([](Whole& w) { w.objective.flags = 3; }) == "flags: no flag has the bits 0x3: found 0x3");
  CHECK(wrong([](Whole& w) { w.objective.flags = 512 | UBP_OBJ_COLLECTS; }) ==
        "flags: no flag has the bits 0x200: found 0x240");
  CHECK(wrong([](Whole& w) { w.rate.flags = 32; }) == "parameter 'rate': flags: no flag has the bits 0x20: found 0x20");
  CHECK(wrong([](Whole& w) { w.first.flags = 4; }) == "stage 'first': flags: no flag has the bits 0x4: found 0x4");
  CHECK(wrong([](Whole& w) { w.first.flags = UBP_STAGE_KEEP_LR | UBP_STAGE_KEEP_SLOTS; }) == "");
  const ubp_dataset_vt dataset = {.size = sizeof dataset, .flags = 1};
  const ubp_environment_vt environment = {.size = sizeof environment, .flags = 1};
  const ubp_optimizer_vt optimizer = {.size = sizeof optimizer, .flags = 2};
  const auto flagged = [](std::int32_t kind, const void* table) {
    const ubp_component component = {
        .size = sizeof component, .kind = kind, .id = "made", .life = &kLife, .vtable = table};
    const std::string sentence = refusal(&component);
    return sentence.substr(sentence.find("flags"));
  };
  CHECK(flagged(UBP_K_DATASET, &dataset) == "flags: no flag has the bits 0x1: found 0x1");
  CHECK(flagged(UBP_K_ENVIRONMENT, &environment) == "flags: no flag has the bits 0x1: found 0x1");
  CHECK(flagged(UBP_K_OPTIMIZER, &optimizer) == "flags: no flag has the bits 0x2: found 0x2");
}

TEST_CASE("a metric needs what there is", "[describe]") {
  const auto needing = [](std::vector<const char*> names) {
    names.push_back(nullptr);
    const ubp_metric_vt metric = {.size = sizeof metric, .needs = names.data()};
    const ubp_component component = {
        .size = sizeof component, .kind = UBP_K_METRIC, .id = "made", .life = &kLife, .vtable = &metric};
    const std::string sentence = refusal(&component);
    return sentence.substr(std::min(sentence.size(), sentence.find("needs")));
  };
  CHECK(needing({"embeding"}) ==
        "needs: 'embeding' is given to no metric; did you mean 'embedding'?; there are: input, label, factors, "
        "embedding, reconstruction, samples, score, imputed, decoder, assignment, episodes");
  CHECK(needing({"label", "label"}) == "needs: 'label' is declared twice");
  CHECK(needing({"label", "decoder"}) == "");
}

TEST_CASE("a phase trains roles that there are", "[describe]") {
  CHECK(wrong([](Whole& w) { w.fit.train = "encoder,decoder"; }) ==
        "stage 'first': phase 'fit': trains no role 'decoder'; did you mean 'encoder'?");
  CHECK(wrong([](Whole& w) { w.fit.train = "encoder,"; }).starts_with("stage 'first': phase 'fit': trains no role ''"));
  for (const char* group : {"self.", "encoder.he ad", "encoder.head*"})
    CHECK(wrong([&](Whole& w) { w.fit.train = group; }) ==
          fmt::format("stage 'first': phase 'fit': trains '{}': no parameter's name begins so: expected letters, "
                      "digits, _ and dots",
                      group));
  CHECK(wrong([](Whole& w) { w.fit.train = "encoder,self"; }) == "");
  CHECK(wrong([](Whole& w) { w.fit.optimizer = "a b"; }) ==
        "stage 'first': phase 'fit': optimizer: no name: found 'a b', expected NAME of an [optimizer.NAME]");
}

TEST_CASE("a plateau watches what is logged, and no scalar has a name of the host's", "[describe]") {
  static const char* const logged[] = {"level", nullptr};
  const auto watched = [](const char* scalar) {
    return wrong([&](Whole& w) { w.objective.scalars = logged, w.plateau.scalar = scalar; });
  };
  for (const char* scalar : {"loss", "level", "episode_return", "fit.loss"}) CHECK(watched(scalar) == "");
  CHECK(watched("levle") == "stage 'first': plateau: scalar: 'levle' is never logged; did you mean 'level'?");
  static const char* const taken[] = {"loss", nullptr};
  CHECK(wrong([](Whole& w) { w.objective.scalars = taken; }) ==
        "scalar 'loss': the host records train.loss itself: expected another name");
  CHECK(wrong([](Whole& w) {
          w.objective.scalars = taken, w.objective.flags = UBP_OBJ_MANUAL_UPDATE;
          w.objective.manual = [](auto...) -> ubp_status { return UBP_OK; };
        }) == "");
}

TEST_CASE("models and metrics name what they give once", "[describe]") {
  const ubp_method encode = {.size = sizeof encode, .name = "encode", .n_in = 1, .n_out = 1, .doc = ""};
  const ubp_method* methods[] = {&encode, &encode};
  const ubp_model_vt model = {.size = sizeof model, .methods = methods, .n_methods = 2};
  ubp_component component = {
      .size = sizeof component, .kind = UBP_K_MODEL, .id = "made", .life = &kLife, .vtable = &model};
  CHECK(refusal(&component) == "plugin made.so: model 'made': method 'encode' is declared twice");
  const ubp_emitted accuracy = {.size = sizeof accuracy, .name = "accuracy", .doc = ""};
  const ubp_emitted* emits[] = {&accuracy, &accuracy};
  const ubp_metric_vt metric = {.size = sizeof metric, .emits = emits, .n_emits = 2};
  component.kind = UBP_K_METRIC, component.vtable = &metric;
  CHECK(refusal(&component) == "plugin made.so: metric 'made': emitted number 'accuracy' is declared twice");
  const ubp_emitted vague = {.size = sizeof vague, .name = "error", .higher_is_better = 2, .doc = ""};
  emits[1] = &vague;
  CHECK(refusal(&component) ==
        "plugin made.so: metric 'made': emitted number 'error': higher_is_better: found 2, expected 0 or 1");
}

TEST_CASE("a plugin's texts cannot steer a terminal", "[describe]") {
  Whole whole;
  whole.component.title = "\x1b[31mred\x07", whole.component.doc = "two\nlines\xc2\x9b",
  whole.component.citation = "\x7f";
  const Manifest m = described(whole.get()).at(0);
  CHECK(m.title == "\\x1b[31mred\\x07");
  CHECK(m.doc == "two\nlines\\x9b");
  CHECK(m.citation == "\\x7f");
}
