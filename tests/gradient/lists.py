#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Are the ops that people read about those that the engine defines? lists.py UBP SDK_FOLDER

The guide's list and the header's are compared with `ubp ops`, the header's codes with those of the definitions, and
every op has its function in the SDK. UBP_ACCEPT=1 writes the lists anew.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import textwrap

UBP, SDK = sys.argv[1], pathlib.Path(sys.argv[2])
FAMILIES = {"U": "unary", "B": "binary", "R": "reduce", "S": "shape"}
RENAMED = {"maximum": "MAX", "minimum": "MIN", "power": "POW", "less": "LT", "equal": "EQ"}
# Ops that the SDK writes as operators, or under a name of its own.
WRITTEN = {"neg": "operator-", "add": "operator+", "sub": "operator-", "mul": "operator*", "div": "operator/",
           "power": "pow"}


def defined():
    done = subprocess.run([UBP, "ops", "--format", "json"], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def name_of(op):
    return op["op"].split("(")[0]


def listed(ops, width):
    lines = []
    for op in ops:
        lines += textwrap.wrap(op["op"].replace("|", "| "), width, subsequent_indent="    ", break_on_hyphens=False)
        note = op["what it computes"] + ("" if op["derivative"] == "yes" else " (no derivative)")
        lines += textwrap.wrap(note, width, initial_indent="    ", subsequent_indent="    ", break_on_hyphens=False)
    return [line.replace("| ", "|") for line in lines]


def in_c(ops):
    """The ops that have no code, as a comment of the header."""
    lines = ["  /* By name; `ubp ops` says what each computes, and lists those that have a code, too. Equal letters",
             '   * are equal extents, "..." any axes, "?" may be missing, "*" one or more; "any", "i64" are types,',
             "   * else F32 or F64."]
    for op in ops:
        if not op["code"]:
            lines += textwrap.wrap(op["op"].replace("|", "| "), 110, initial_indent="   *   ",
                                   subsequent_indent="   *       ", break_on_hyphens=False)
    lines.append("   * A name that this host lacks answers UBP_E_NOT_FOUND, and the message lists what there is. */")
    return [line.replace("| ", "|") for line in lines]


def compare(path, begin, end, lines):
    text = path.read_text()
    head, rest = text.split(begin + "\n", 1)
    _, tail = rest.split(end, 1)
    wanted = head + begin + "\n" + "\n".join(lines) + "\n" + end + tail
    if os.environ.get("UBP_ACCEPT"):
        path.write_text(wanted)
    elif text != wanted:
        sys.exit(f"{path}: the list of ops is not the engine's; UBP_ACCEPT=1 writes it")


def check_codes(ops, headers):
    codes = {op["code"]: name_of(op) for op in ops if op["code"]}
    found = {}
    for body in re.findall(r"enum \{([^}]*)\}", re.sub(r"/\*.*?\*/", "", headers, flags=re.S)):
        value = 0
        for name, start in re.findall(r"UBP_([UBRS]_\w+)(?:\s*=\s*(\d+))?", body):
            value = int(start) if start else value + 1
            found[f"{FAMILIES[name[0]]} {value}"] = name[2:]
    wanted = {code: RENAMED.get(name, name.upper()) for code, name in codes.items()}
    if not found or found != wanted:
        sys.exit(f"codes of the header and of the engine differ: {sorted(set(found.items()) ^ set(wanted.items()))}")


def check_functions(ops, sdk):
    functions = set(re.findall(r"\binline Tensor (\w+|operator.)\(|UBP_(?:UNARY|BINARY|REDUCE)\((\w+|operator.),", sdk))
    functions = {a or b for a, b in functions}
    functions |= set(re.findall(r"\binline (?:std::vector<Tensor>|Chosen|Eigen) (\w+)\(", sdk))
    missing = [name_of(op) for op in ops if WRITTEN.get(name_of(op), name_of(op)) not in functions]
    if missing:
        sys.exit(f"ubp/tensor.hpp has no function for {', '.join(missing)}")


def main():
    ops = defined()
    compare(SDK / "README.md", "<!-- ops: begin -->", "<!-- ops: end -->", ["```", *listed(ops, 118), "```"])
    compare(SDK / "include/ubp/abi/math.h", "  /* ops by name: begin */", "  /* ops by name: end */", in_c(ops))
    headers = "".join(path.read_text() for path in sorted((SDK / "include/ubp").rglob("*.h")))
    check_codes(ops, headers)
    check_functions(ops, (SDK / "include/ubp/tensor.hpp").read_text())


if __name__ == "__main__":
    main()
