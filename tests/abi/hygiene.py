#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every SDK header stands alone, included twice: those of the contract, abi.h and abi/, in every dialect that a plugin
may be written in; the others in C++17.

    hygiene.py --include sdk/include COMPILER...      each of them a C or C++ driver of GCC or Clang
"""
import argparse
import pathlib
import subprocess
import sys

C_DIALECTS = ("c99", "c11", "c17")
CXX_DIALECTS = ("c++11", "c++14", "c++17", "c++20", "c++2b")
STRICT = ("-pedantic-errors", "-Wall", "-Wextra", "-Wshadow", "-Wconversion", "-Werror")


def complaint(compiler, include, header, dialect):
    """What the compiler says of the header included twice; "" if nothing."""
    language = "c" if dialect in C_DIALECTS else "c++"
    command = [compiler, f"-std={dialect}", *STRICT, "-Wno-sign-conversion", f"-I{include}", "-fsyntax-only", "-x",
               language, "-"]
    source = f"#include <ubp/{header}>\n" * 2 + "int main(void) { return 0; }\n"
    done = subprocess.run(command, input=source, text=True, capture_output=True)
    return "" if done.returncode == 0 else f"{header} with {compiler} -std={dialect}:\n{done.stderr}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--include", type=pathlib.Path, required=True)
    parser.add_argument("compilers", nargs="+")
    options = parser.parse_args()
    folder = options.include / "ubp"
    contract = [str(path.relative_to(folder)) for path in [folder / "abi.h", *sorted((folder / "abi").glob("*.h"))]]
    others = sorted(path.name for path in folder.glob("*.h*") if path.name != "abi.h")
    if len(contract) < 2 or not (folder / "abi.h").is_file():
        sys.exit(f"{options.include}: holds no ubp/abi.h, or no ubp/abi/")
    cases = [(compiler, header, dialect) for compiler in options.compilers for header in contract
             for dialect in C_DIALECTS + CXX_DIALECTS]
    cases += [(options.compilers[0], header, "c++17") for header in others]
    complaints = [complaint(compiler, options.include, header, dialect) for compiler, header, dialect in cases]
    print("\n".join(filter(None, complaints)) or f"{len(cases)} compilations without a word")
    sys.exit(any(complaints))


if __name__ == "__main__":
    main()
