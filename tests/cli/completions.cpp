// SPDX-License-Identifier: MIT
// The completions of shells: whole, valid, and what bash makes of them.
#include <catch2/catch.hpp>

#include "called.hpp"
#include "cli/completion.hpp"

using namespace ubp;

namespace {

/// What bash offers for a command line whose last word is to be completed, one a line.
std::string offered(const std::vector<std::string>& line, const std::string& folder = ".") {
  std::string words;
  for (const std::string& w : line) words += shell_quoted(w) + " ";
  const std::string bin = std::filesystem::path(UBP_EXECUTABLE).parent_path().string();
  const Called called =
      shell("cd " + folder + " && unset UBP_DB && PATH=" + bin +
                ":$PATH bash -c 'compopt() { :; }; . \"$0\"; COMP_WORDS=(\"$@\"); " +
                "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _ubp; printf \"%s\\n\" \"${COMPREPLY[@]}\"' $FILE " + words,
            bash_completion());
  CHECK(called.err == "");
  return "\n" + called.out;
}

}  // namespace

TEST_CASE("every shell's script knows every verb and option, and no hidden one", "[cli]") {
  const std::string shell = GENERATE(as<std::string>{}, "bash", "zsh", "fish");
  const Called script = call({"__complete", shell});
  CAPTURE(shell);
  CHECK(script.code == 0);
  for (const Verb* v : verbs()) {
    CAPTURE(v->name);
    if (v->hidden) {
      CHECK(script.out.find(std::string(v->name) + ")") == std::string::npos);
      continue;
    }
    CHECK_THAT(script.out, Catch::Contains(v->name));
    for (const OptionDecl& o : options_of(*v))
      CHECK_THAT(script.out, Catch::Contains((shell == "fish" ? "-l " : "--") + o.name));
  }
}

TEST_CASE("figures are completed by their names", "[cli]") {
  for (const std::string shell : {"bash", "zsh", "fish"})
    CHECK_THAT(call({"__complete", shell}).out, Catch::Contains("curves history slice"));
}

TEST_CASE("every shell can read its script", "[cli]") {
  const std::string name = GENERATE(as<std::string>{}, "bash", "zsh", "fish");
  if (!has_program(name)) {
    WARN("skipped: there is no " + name);
    return;
  }
  const Called called = shell(name + " -n $FILE", call({"__complete", name}).out);
  CAPTURE(name);
  CHECK(called.code == 0);
  CHECK(called.err == "");
}

TEST_CASE("no other shell is known", "[cli]") {
  CHECK(call({"__complete", "powershell"}).err ==
        "ubp: __complete: there is no shell 'powershell'; there are: bash, zsh, fish\n");
  CHECK(call({"__complete", "fsh"}).err == "ubp: __complete: there is no shell 'fsh'; did you mean 'zsh'?\n");
  CHECK(call({"__complete"}).code == 2);
}

TEST_CASE("bash completes verbs, options and their values", "[cli]") {
  CHECK(offered({"ubp", "s"}) == "\nsweep\nstop\nslurm\nshow\nsql\nspec\n");
  CHECK(offered({"ubp", "help", "be"}) == "\nbest\n");
  CHECK(offered({"ubp", "best", "--l"}) == "\n--limit\n");
  CHECK(offered({"ubp", "ls", "--state", "f"}) == "\nfailed\n");
  CHECK(offered({"ubp", "ls", "--state", "failed", "--format", ""}) == "\ntable\ncsv\njson\nmd\nlatex\n");
  CHECK(offered({"ubp", "export", "j"}) == "\njsonl\n");
  CHECK(offered({"ubp", "db", ""}) == "\ncheck\noptuna\n");
  CHECK(offered({"ubp", "sql", ""}) == "\n\n");
  CHECK(offered({"ubp", "nonsense", ""}) == "\n\n");
}

TEST_CASE("bash completes what ubp knows by name", "[cli]") {
  const Folder folder;
  {
    Store store(folder / "ubp.db");
    store.declare(a_plan(1), a_machine());
    Store other(folder / "other.db");
    Plan plan = a_plan(1);
    plan.sweep = "another";
    other.declare(plan, a_machine());
  }
  const std::string here = (folder / "").string();
  CHECK(offered({"ubp", "ls", ""}, here) == "\nrings-latent\n");
  CHECK(offered({"ubp", "ls", "--db", "other.db", ""}, here) == "\nanother\n");
  CHECK(offered({"ubp", "ls", "rings-latent", ""}, here) == "\n\n");
  CHECK(offered({"ubp", "resume", "r"}, here) == "\nrings-latent\n");
  CHECK(offered({"ubp", "show", ""}, here) == "\nrings-latent/0.0\n");
  CHECK(offered({"ubp", "export", "csv", ""}, here) == "\nrings-latent\n");
  CHECK(offered({"ubp", "find", "--by", "model.la"}, here) == "\nmodel.latent\n");
  CHECK(offered({"ubp", "find", "--sort", "secon"}, here) == "\nseconds\n");
  CHECK(offered({"ubp", "spec", "tr"}) == "\ntrain\n");
  CHECK(offered({"ubp", "sweep", "a.toml", "train.epo"}) == "\ntrain.epochs=\n");
  CHECK(offered({"ubp", "sweep", "a.toml", "train.epochs", "=", "5", "optimizer.l"}) == "\noptimizer.lr=\n");
  CHECK(offered({"ubp", "run", "a.toml", "train.epochs", "=", "5"}) == "\n\n");
  CHECK_THAT(offered({"ubp", "plugin", "describe", "opt"}), Catch::Contains("\noptimizer/adam\n"));
  CHECK_THAT(offered({"ubp", "plugin", "ls", "o"}), Catch::Equals("\nobjective\noptimizer\n"));
  CHECK_THAT(offered({"ubp", "run", "ubp"}, here), Catch::Contains("\nubp.db\n"));
}
