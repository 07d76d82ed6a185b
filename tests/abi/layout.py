#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Freezes the layout of abi.h: one assertion per field (offset and type), per constant and per API id.

    layout.py --include sdk/include --write layout_0_5.h     after an intended change, while the ABI is a draft
    layout.py --include sdk/include --check layout_0_5.h     fails if the file is not what the header says today

Offsets come from the compiler, types from the header's text. A released layout_X_Y.h is compiled for ever: fields may
be appended behind the frozen ones, and nothing else.
"""
import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

HEAD = """/* SPDX-License-Identifier: MIT
 * The layout of ABI {version}, frozen; made by layout.py. A failing line names what a plugin of that version would
 * misread. */
/* clang-format off */
#include <stddef.h>
#include <string_view>
#include <type_traits>
#include <ubp/abi.h>

#define UBP_FROZEN(type, field, offset, ...) \\
  static_assert(offsetof(type, field) == offset && std::is_same_v<decltype(type::field), __VA_ARGS__>, #type "." #field)
#define UBP_FROZEN_SIZE(type, size) static_assert(sizeof(type) == size, #type)
#define UBP_FROZEN_CONSTANT(name, value) static_assert(name == value, #name)
#define UBP_FROZEN_TEXT(name, text) static_assert(std::string_view(name) == text, #name)
#define UBP_FROZEN_NAME(name, ...) static_assert(std::is_same_v<name, __VA_ARGS__>, #name)
"""
NEVER_GROW = ("ubp_tensor", "ubp_obj", "ubp_shape")  # they cross by value or inside other structs


def plain(header):
    """The header without comments, its text on single spaces."""
    return re.sub(r"/\*.*?\*/", " ", header, flags=re.S)


def whole(include):
    """The parts that abi.h includes, one behind the other."""
    parts = re.findall(r"^#include <(ubp/abi/\w+\.h)>$", (include / "ubp/abi.h").read_text(), flags=re.M)
    return "\n".join((include / part).read_text() for part in parts)


def statements(body):
    """The declarations of a struct: split at semicolons outside parentheses."""
    depth, start = 0, 0
    for at, ch in enumerate(body):
        depth += (ch == "(") - (ch == ")")
        if ch == ";" and depth == 0:
            yield " ".join(body[start:at].split())
            start = at + 1


def fields(body):
    """(name, type) of every field, in order."""
    for text in statements(body):
        function = re.match(r"(.*?)\(\s*\*\s*(\w+)\s*\)\s*\((.*)\)$", text)
        if function:
            result, name, arguments = function.groups()
            yield name, f"{result.strip()} (*)({arguments.strip()})"
            continue
        base = re.match(r"((?:const\s+|struct\s+)*\w+)\s*(.*)$", text)
        for declarator in base.group(2).split(","):
            part = re.match(r"\s*((?:\*|const|\s)*?)\s*(\w+)((?:\[\d+\])*)\s*$", declarator)
            if not part:
                sys.exit(f"layout.py: cannot read '{text}'")
            stars, name, array = part.groups()
            yield name, f"{base.group(1)} {stars}".strip() + array


def structs(text):
    for found in re.finditer(r"typedef struct(?: \w+)?\s*\{(.*?)\}\s*(\w+);", text, flags=re.S):
        yield found.group(2), list(fields(found.group(1)))


def constants(text):
    for found in re.finditer(r"enum\s*\{(.*?)\}", text, flags=re.S):
        for item in found.group(1).split(","):
            yield item.split("=")[0].strip()


def measured(expressions, compiler, include):
    """The values of C expressions, from a program that prints them."""
    with tempfile.TemporaryDirectory() as folder:
        source, program = pathlib.Path(folder, "probe.cpp"), pathlib.Path(folder, "probe")
        lines = "".join(f'  std::printf("%lld\\n", static_cast<long long>({e}));\n' for e in expressions)
        source.write_text(f"#include <cstdio>\n#include <ubp/abi.h>\nint main() {{\n{lines}}}\n")
        command = [compiler, "-std=c++17", "-Wno-invalid-offsetof", f"-I{include}", source, "-o", program]
        subprocess.run(command, check=True)
        return subprocess.run([program], check=True, capture_output=True, text=True).stdout.split()


def generated(include, compiler):
    header = whole(pathlib.Path(include))
    text = plain(header)
    version = ".".join(re.search(rf"UBP_ABI_{part} (\d+)", text).group(1) for part in ("MAJOR", "MINOR"))
    rows, expressions = [], []
    for name, members in structs(text):
        for field, kind in members:
            rows.append(f"UBP_FROZEN({name}, {field}, {{}}, {kind});")
            expressions.append(f"offsetof({name}, {field})")
        if name in NEVER_GROW:
            rows.append(f"UBP_FROZEN_SIZE({name}, {{}});")
            expressions.append(f"sizeof({name})")
    for name in constants(text):
        rows.append(f"UBP_FROZEN_CONSTANT({name}, {{}});")
        expressions.append(name)
    lines = [row.format(value) for row, value in zip(rows, measured(expressions, compiler, include))]
    texts = re.findall(r'#define (UBP_API_\w+|UBP_ENTRY_SYMBOL) ("[^"]+")', header)
    lines += [f"UBP_FROZEN_TEXT({n}, {t});" for n, t in texts]
    names = re.findall(r"typedef ((?:const )?\w+\*? \*?)(\w+);", text)
    lines += [f"UBP_FROZEN_NAME({n}, {t.strip()});" for t, n in names if "struct" not in t]
    return HEAD.format(version=version) + "\n" + "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--include", required=True)
    parser.add_argument("--compiler", default="c++")
    parser.add_argument("--write", type=pathlib.Path)
    parser.add_argument("--check", type=pathlib.Path)
    options = parser.parse_args()
    text = generated(options.include, options.compiler)
    if options.write:
        options.write.write_text(text)
    if options.check and options.check.read_text() != text:
        sys.exit(f"{options.check}: is not the layout of abi.h: if the change is intended, run layout.py --write")


if __name__ == "__main__":
    main()
