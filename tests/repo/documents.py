#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every block of README.md and sdk/README.md is what it says: tests/repo/documents.py BUILD_FOLDER [SANITIZER_FLAGS]

A page is played through in a scratch folder, the way a reader would: blocks that are files are written (a file is named
by the sentence before it), then the sh blocks run one after the other in one shell, word for word. Only what would take
long is made small by the programs that the shell finds first: `ubp` runs and sweeps on few rows, ./bootstrap and the
benchmark check their arguments. Fragments of C++ are compiled inside what `FRAGMENTS` says, fragments of a spec are run
at the end of the page's spec. Exit codes: 0 true, 1 a block is not, 77 Fashion-MNIST is not on this machine.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
FASHION = pathlib.Path("/usr/share/datasets/fashion-mnist")

# How a fragment of C++ is meant to be read, by its first word; `...` is the fragment, or its first and second line.
FRAGMENTS = {
    "d.id(": """#include <ubp/sdk.hpp>
using namespace ubp;
struct T : Metric {
  double weight, delta; bool centered; std::vector<std::int64_t> hidden; std::string loss;
  static void describe(Describe<T>& d) { {0} }
  void update(const MetricBatch&) override {}
  void finish(const Emit&) override {}
};
UBP_EXPORT_PLUGIN("t", "1.0.0", "MIT", T);
""",
    "d.phase(": """#include <ubp/sdk.hpp>
using namespace ubp;
struct T : Objective {
  static void describe(Describe<T>& d) { d.id("t"); {0} }
  Tensor critic_loss(Ctx& c, const Batch& b) { return mean(c.call("critic", "score", b.input())); }
  Tensor generator_loss(Ctx& c, const Batch& b) { return critic_loss(c, b); }
  {1}
};
UBP_EXPORT_PLUGIN("t", "1.0.0", "MIT", T);
""",
}

UBP = """#!/bin/sh
case $1 in run|sweep) set -- "$@" dataset.rows=400 dataset.test_rows=100 ;; esac
~/.local/bin/ubp "$@"
code=$?
[ $1 = ask ] || [ $code != 4 ] || exit 0  # nothing matched: as it may be
exit $code
"""
BOOTSTRAP = """#!/bin/sh
grep -q "^  $1)" {root}/bootstrap || {{ echo "bootstrap has no command '$1'"; exit 2; }}
"""
BENCH = """#!/bin/sh
exec {root}/tests/bench/bench.py "$@" --help >/dev/null
"""


class Block:
    def __init__(self, page, line, language, before, text):
        self.where, self.language, self.text = f"{page}:{line}", language, text
        named = re.match(r"`([\w.-]+\.\w+)`", before)
        self.file = named[1] if named else "CMakeLists.txt" if language == "cmake" else None


def blocks(page):
    """Those that have a language, in order."""
    found, before, opened = [], "", None
    for number, line in enumerate((ROOT / page).read_text(encoding="utf-8").splitlines(), 1):
        if opened is None and line.startswith("```"):
            opened, language, text = number, line[3:], []
        elif opened is not None and line == "```":
            if language:
                found.append(Block(page, opened, language, before, "\n".join(text) + "\n"))
            opened = None
        elif opened is not None:
            text.append(line)
        elif line:
            before = line
    return found


def fail(where, what):
    sys.exit(f"{where}: {what}")


def program(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


def furnish(home, build):
    """A checkout as the pages see it: what they call by a path is there, and `ubp` is on the PATH."""
    page = home / "ubp"
    (page / "build").mkdir(parents=True)
    (page / "build/release").symlink_to(build)
    program(page / "bootstrap", BOOTSTRAP.format(root=ROOT))
    program(page / "tests/bench/bench.py", BENCH.format(root=ROOT))
    program(home / "bin/ubp", UBP)
    model = (ROOT / "sdk/template/objective/my_objective.cpp").read_text()  # sdk/README.md: "to copy"
    (page / "mine.cpp").write_text(model.replace("my_objective", "mine"))
    return page


def compile_fragment(block, include, folder):
    start = next((start for start in FRAGMENTS if block.text.startswith(start)), None)
    if not start:
        fail(block.where, "tests/repo/documents.py does not know how this fragment is meant (FRAGMENTS)")
    statement, _, member = block.text.partition("\nTensor ")
    source = folder / "fragment.cpp"
    around = FRAGMENTS[start].replace("{0}", statement + "\n").replace("{1}", "Tensor " + member)
    source.write_text(around)
    command = ["c++", "-std=c++17", "-fsyntax-only", f"-I{include}", source]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        fail(block.where, f"does not compile\n{done.stderr}")


def play(page, build, flags):
    with tempfile.TemporaryDirectory() as scratch:
        home = pathlib.Path(scratch)
        folder = furnish(home, build)
        environment = dict(os.environ, HOME=str(home), PATH=f"{home / 'bin'}:{os.environ['PATH']}", CXXFLAGS=flags)
        for name in ("UBP_DB", "UBP_CACHE", "UBP_PLUGIN_PATH"):
            environment.pop(name, None)
        script, spec = ["set -e"], None
        for block in blocks(page):
            if block.language == "sh":
                script += [f"echo '{block.where}' >&2", block.text]
            elif block.file:
                (folder / block.file).write_text(block.text)
                spec = block if block.language == "toml" else spec
            elif block.language == "cpp":
                compile_fragment(block, ROOT / "sdk/include", folder)
            elif block.language == "toml":
                (folder / "fragment.toml").write_text(spec.text + block.text)
                script += [f"echo '{block.where}' >&2", "ubp run fragment.toml --quiet --db fragment.db"]
            else:
                fail(block.where, f"tests/repo/documents.py does not know what to do with {block.language}")
        command = ["bash", "-c", "\n".join(script)]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
        if done.returncode:
            heard = f"{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
            fail(page, f"exit {done.returncode}; the last block named below failed\n{heard}")
        print(f"{page}: {len(blocks(page))} blocks")


def main():
    if not FASHION.exists() and "UBP_DATA" not in os.environ:
        print(f"skipped: {FASHION} is not there (apt-get install dataset-fashion-mnist)")
        sys.exit(77)
    for page in ("README.md", "sdk/README.md"):
        play(page, pathlib.Path(sys.argv[1]).resolve(), sys.argv[2] if len(sys.argv) > 2 else "")


if __name__ == "__main__":
    main()
