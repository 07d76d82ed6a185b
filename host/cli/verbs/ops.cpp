// SPDX-License-Identifier: MIT
// ubp ops: what a plugin may compute with, from the engine's own definitions.
#include "cli/options.hpp"
#include "engine/op.hpp"

namespace ubp {
namespace {

void declare(Options& o) { o.with_format().words({"NAME"}, 0); }

/// "unary 6": by which function and code of ubp.math it can be called, too.
std::string code_of(const ops::Op& op) {
  constexpr const char* kFamilies[] = {"", "unary", "binary", "reduce", "shape"};
  if (op.family == ops::Family::none || op.code == 0) return "";
  return fmt::format("{} {}", kFamilies[static_cast<int>(op.family)], op.code);
}

/// Those that plugins can call; or the one of that name.
std::vector<const ops::Op*> wanted(const Options& o) {
  std::vector<const ops::Op*> listed;
  std::vector<std::string> names;
  for (const ops::Op* op : ops::all()) {
    if (!op->says) continue;
    names.emplace_back(op->signature.name);
    if (o.words().empty() || o.word(0) == op->signature.name) listed.push_back(op);
  }
  if (listed.empty()) fail(Exit::usage, "ops: there is no op '{}'{}", o.word(0), suggestion(o.word(0), names));
  return listed;
}

int run(const Options& o) {
  const std::vector<const ops::Op*> listed = wanted(o);
  if (o.format() == Format::table) {
    for (const ops::Op* op : listed)
      fmt::print("{}\n    {}{}\n", op->signature.text, op->says, op->differentiable ? "" : " (no derivative)");
    return 0;
  }
  const auto print = printer(o.format());
  print->columns({"op", "what it computes", "derivative", "code"});
  for (const ops::Op* op : listed)
    print->row({std::string(op->signature.text), op->says, op->differentiable ? "yes" : "no", code_of(*op)});
  print->end();
  return 0;
}

}  // namespace

extern const Verb ops_verb = {
    .name = "ops",
    .synopsis = "[NAME]",
    .summary = "the tensor ops that a plugin may call",
    .about =
        "Every op of ubp.math with its inputs, attributes and results, as the engine defines it. Equal letters are "
        "equal "
        "extents,\n"
        "`...` any number of axes, `?` what may be missing; an attribute's default says its type. A plugin calls an op "
        "by name:\n"
        "`call_op(\"linear\", {x, w, b}, {{\"activation\", \"relu\"}})`, or by its function in <ubp/sdk.hpp>.",
    .example = "ubp ops linear",
    .declare = declare,
    .run = run};

}  // namespace ubp
