#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Does the plugin contract explain itself, and is each of its promises kept?    promises.py [--root FOLDER]

Of every header of sdk/include/ubp/abi/, and of abi.h: four lines of ten, or more, are comments; abi.h includes it; each
function pointer says its thread, in a comment in front of it that begins with a tag ("[trial]"), and what is said of
a function among its arguments does so, too ("fn: [worker]"); each test that is named ("Test: tests/...") is a file; and
each flag or code is one that host/ minds (a list of flags, constexpr ...Flags, is no use of them), or its line says
"reserved".
"""
import argparse
import pathlib
import re
import sys

LEAST = 0.4
TAGS = ("loader", "trial", "worker", "any")
TAG = rf"\[(?:{'|'.join(TAGS)})\] "


def comment_share(text):
    """Comment lines among those that are not blank: lines of code with a remark behind them are code."""
    comments = lines = 0
    inside = False
    for line in filter(None, map(str.strip, text.splitlines())):
        lines += 1
        comments += inside or line.startswith("/*")
        inside = (inside or line.startswith("/*")) and "*/" not in line
    return comments / lines


def flowing(comment):
    """What a comment says, without its stars, on one line."""
    return " ".join(re.sub(r"^\s*/?\*+/?\s?|\*/\s*$", "", line).strip() for line in comment.splitlines()).strip()


def fields(body):
    """(comment in front, declaration) of each field of a struct."""
    at = 0
    while match := re.compile(r"\s*((?:/\*.*?\*/\s*)*)([^;]*;)", re.S).match(body, at):
        comments = re.findall(r"/\*.*?\*/", match[1], flags=re.S)
        yield flowing(comments[-1]) if comments else "", match[2]
        at = match.end()


def untagged(text):
    """Function pointers, and functions among their arguments, that do not say their thread."""
    for struct in re.finditer(r"typedef struct \w+ \{(.*?)\n\} (\w+);", text, flags=re.S):
        for comment, declaration in fields(struct[1]):
            names = re.findall(r"\(\*(\w+)\)\(", re.sub(r"/\*.*?\*/", "", declaration, flags=re.S))
            if names and not re.match(TAG, comment):
                expected = ", ".join(f"[{tag}]" for tag in TAGS)
                yield f"{struct[2]}.{names[0]}: says no thread: expected a comment that begins with one of {expected}"
            for inner in names[1:]:
                if not re.search(rf"\b{inner}: {TAG[:-1]}", comment):
                    yield f"{struct[2]}.{names[0]}: its argument {inner} says no thread: expected '{inner}: [...]'"


def named_tests(text):
    for comment in re.findall(r"/\*.*?\*/", text, flags=re.S):
        for found in re.findall(r"Test: ((?:tests/[\w/.-]*\w(?:, )?)+)", flowing(comment)):
            yield from found.split(", ")


def unknown_codes(text, host):
    for body in re.findall(r"enum \{(.*?)\}", text, flags=re.S):
        for line in body.splitlines() if "\n" in body else [body]:
            for name in re.findall(r"\b(UBP_\w+)", re.sub(r"/\*.*?\*/", "", line)):
                if not re.search(rf"\b{name}\b", host) and not re.search(rf"{name}\b[^U]*reserved", line):
                    yield f"{name}: nothing in host/ minds it: keep the promise, cut it, or say that it is reserved"


def complaints(root):
    include = root / "sdk/include"
    whole = (include / "ubp/abi.h").read_text()
    parts = sorted((include / "ubp/abi").glob("*.h"))
    host = "\n".join(path.read_text() for path in sorted((root / "host").rglob("*.[ch]pp")))
    host = re.sub(r"constexpr [\w:]+ k\w*Flags(\[\])? = .*?;", "", host, flags=re.S)
    for path in [include / "ubp/abi.h", *parts]:
        text = path.read_text()
        name = path.relative_to(include)
        share = comment_share(text)
        if share < LEAST:
            yield f"{name}: {share:.0%} of its lines are comments, expected {LEAST:.0%} or more"
        if path in parts and f"#include <{name}>" not in whole:
            yield f"{name}: abi.h does not include it"
        for what in untagged(text):
            yield f"{name}: {what}"
        for test in named_tests(text):
            if not (root / test).is_file():
                yield f"{name}: names the test {test}, which there is not"
        for what in unknown_codes(text, host):
            yield f"{name}: {what}"
    if not parts:
        yield f"{include}/ubp/abi: holds no header"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parents[2])
    found = list(complaints(parser.parse_args().root.resolve()))
    print("\n".join(found) or "every promise is explained, and names what keeps it")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
