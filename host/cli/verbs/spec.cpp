// SPDX-License-Identifier: MIT
// ubp spec: what may stand in a spec, besides the parameters of components.
#include "cli/manifest_text.hpp"
#include "cli/options.hpp"
#include "plan/host_tables.hpp"

namespace ubp {
namespace {

void declare(Options& o) { o.words({"TABLE"}, 0); }

int run(const Options& o) {
  const std::string wanted = o.words().empty() ? "" : o.word(0);
  std::vector<std::string> names;
  std::string text;
  for (const HostTable& table : host_tables()) {
    names.push_back(table.name);
    if (!wanted.empty() && wanted != table.name) continue;
    const std::string name = fmt::format("{}{}{}", table.is_list ? "[[" : "[", table.name, table.is_list ? "]]" : "]");
    text += fmt::format("{}{}  {}\n{}", text.empty() ? "" : "\n", name, table.doc, parameter_table(table.keys()));
  }
  if (text.empty()) fail(Exit::usage, "spec: [{}] has no keys of ubp's own{}", wanted, suggestion(wanted, names));
  fmt::print("{}", text);
  if (wanted.empty())
    fmt::print("{}", R"(
[dataset], [model], [objective], [optimizer], [environment], [[transform]], [[metric]]: `use` names a component, the
other keys are its parameters. [model.ROLE] and [optimizer.STAGE], where an objective has several.
[sweep.space]: "TABLE.KEY" = a list of values, or "low..high", "low..high:log", "auto".
sweep.forbid = ["model.latent > 8 and optimizer.use == sgd"]; [[sweep.try]]: points to run first.
)");
  return 0;
}

}  // namespace

extern const Verb spec_verb = {
    .name = "spec",
    .synopsis = "[TABLE]",
    .summary = "the tables of a spec, and the keys that ubp itself reads",
    .about =
        "The tables of a spec and the keys that ubp itself reads there; of all tables, or of one, e.g. train. The "
        "parameters of a\n"
        "component stand in the table that uses it: ubp plugin describe KIND/ID.",
    .example = "ubp spec sweep",
    .declare = declare,
    .run = run};

}  // namespace ubp
