#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A parameter's member of a type that none has is refused by one sentence, which names the types that there are.

    members.py --include sdk/include COMPILER...      each of them a C++ driver of GCC or Clang
"""
import argparse
import pathlib
import subprocess
import sys

SOURCE = """#include <ubp/sdk.hpp>
struct Small : ubp::Objective {
  %s width;
  static void describe(ubp::Describe<Small>& d) { d.id("small").param(&Small::width, "width", %s, 0, "How wide."); }
};
UBP_EXPORT_PLUGIN("small", "1.0.0", "MIT", Small);
"""
NUMBER, LIST = "3, {1, 9}", '"3", {1, 9}'
REFUSED = {"int": NUMBER, "float": NUMBER, "std::vector<int>": LIST}


def errors(compiler, include, member, values):
    command = [compiler, "-std=c++17", f"-I{include}", "-fsyntax-only", "-x", "c++", "-"]
    done = subprocess.run(command, input=SOURCE % (member, values), text=True, capture_output=True)
    return [line for line in done.stderr.splitlines() if "error:" in line]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--include", type=pathlib.Path, required=True)
    parser.add_argument("compilers", nargs="+")
    options = parser.parse_args()
    for compiler in options.compilers:
        for member, values in REFUSED.items():
            found = errors(compiler, options.include, member, values)
            if len(found) != 1 or "member is a" not in found[0] or "std::int64_t" not in found[0]:
                sys.exit(f"{compiler}, {member}: found {found}, expected one sentence")
    print(f"{len(REFUSED)} types are refused by {', '.join(options.compilers)}")


if __name__ == "__main__":
    main()
