#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Do the rules of the house hold? tests/repo/rules.py RULE [--root FOLDER]; `RULES` below lists them.

Prints each violation as file:line: sentence. Exit codes: 0 none, 1 some, 77 the rule cannot be looked at here.
"""
import argparse
import fnmatch
import pathlib
import re
import shutil
import subprocess
import sys

COLUMNS = 120
CPP = ("*.cpp", "*.hpp", "*.h")
# Libraries as ARCHITECTURE.md calls them, and the headers they are included by. fmt serves every folder.
LIBRARIES = {
    "fmt": "fmt/", "libmd": "sha2.h", "Boost.Math": "boost/math/", "Cairo": "cairo", "FreeType": "ft2build.h",
    "OpenBLAS": "openblas_config.h", "xtensor-blas": ("xtensor-blas/", "xflens/"), "xsimd": "xsimd/",
    "Random123": "Random123/", "Boost.DLL": "boost/dll/", "nlohmann-json": "nlohmann/", "toml++": "toml++/",
    "SQLite": "sqlite3.h", "Boost.Program_options": "boost/program_options", "xtensor": "xtensor/", "zlib": "zlib.h",
    "libzip": "zip.h", "xxHash": "xxhash.h", "Catch2": "catch2/",
}
EVERYWHERE = ("fmt",)


class Skip(Exception):
    """Why a rule cannot be looked at here."""


def files(root, *patterns):
    """Paths below `root` that git tracks; of a tree without git, all but build folders."""
    done = subprocess.run(["git", "-C", root, "ls-files", "-co", "--exclude-standard"], capture_output=True, text=True)
    if done.returncode == 0:
        names = done.stdout.splitlines()
    else:
        names = [str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()]
        names = [name for name in names if not name.startswith(("build/", ".git/"))]
    wanted = [n for n in names if not patterns or any(fnmatch.fnmatch(pathlib.Path(n).name, p) for p in patterns)]
    return [root / name for name in sorted(wanted) if (root / name).is_file()]


def lines_of(path):
    return enumerate(path.read_text(encoding="utf-8").splitlines(), 1)


def formatting(root):
    """C++ is as clang-format 14 writes it."""
    program = shutil.which("clang-format-14")
    if not program:
        raise Skip("clang-format-14 is not installed")
    paths = files(root, *CPP)
    done = subprocess.run([program, "--dry-run", "-Werror", *paths], capture_output=True, text=True, cwd=root)
    for line in done.stderr.splitlines():
        found = re.match(r"(.*):(\d+):\d+: error: ", line)
        if found:
            yield pathlib.Path(found[1]), int(found[2]), "clang-format-14 writes this otherwise"


def width(root):
    """No line is longer than 120 columns; rows of Markdown tables may be, also those of a plugin's page."""
    table = re.compile(r"\s*(//+\s*)?\|")
    for path in files(root, *CPP, "CMakeLists.txt", "*.cmake", "*.sql", "*.py", "bootstrap"):
        if fnmatch.fnmatch(path.name, "layout_*_*.h"):  # written by tests/abi/layout.py
            continue
        for number, line in lines_of(path):
            if len(line) > COLUMNS and not table.match(line):
                yield path, number, f"{len(line)} columns, {COLUMNS} are allowed"


def layers(root):
    """A folder of host/ includes only itself and those above it, in the order of host/CMakeLists.txt."""
    found = re.search(r"foreach\(layer ([a-z ]+)\)", (root / "host/CMakeLists.txt").read_text())
    order = found[1].split()
    parts = [path.relative_to(root / "host").parts for path in files(root / "host", *CPP)]
    folders = sorted({part[0] for part in parts if len(part) > 1})
    if sorted(order) != folders:
        yield root / "host/CMakeLists.txt", 1, f"names {', '.join(sorted(order))}; the folders: {', '.join(folders)}"
        return
    for path in files(root / "host", *CPP):
        layer = path.relative_to(root / "host").parts[0]
        for number, line in lines_of(path):
            included = re.match(r'#include "(\w+)/', line)
            if included and included[1] not in order[:order.index(layer) + 1]:
                yield path, number, f"{layer}/ is above {included[1]}/ and must not include it"


def named_libraries(root):
    """The table of ARCHITECTURE.md: {folder: libraries}."""
    rows = {}
    for _, line in lines_of(root / "ARCHITECTURE.md"):
        row = re.match(r"\| `((?:host|plugins|sdk|tests)/[^`]*)` \|[^|]*\|([^|]*)\|$", line)
        if row:
            folder = row[1].removesuffix("*.hpp").removesuffix("KIND/").removesuffix("abi.h")
            rows[folder] = rows.get(folder, "") + row[2]
    words = {folder: re.findall(r"[\w.+-]*\w(?:\+\+)?", text) for folder, text in rows.items()}
    return {folder: [name for name in LIBRARIES if name in names] for folder, names in words.items()}


def libraries(root):
    """A library is included only where ARCHITECTURE.md's table names it, and named only where it is included."""
    table = named_libraries(root)
    used = {folder: set() for folder in table}
    for path in files(root, *CPP):
        name = str(path.relative_to(root))
        folder = next((folder for folder in table if name.startswith(folder)), None)
        if folder is None or folder == "tests/":
            continue
        for number, line in lines_of(path):
            header = re.match(r"#include <([^>]+)>", line)
            library = header and next((lib for lib, start in LIBRARIES.items() if header[1].startswith(start)), None)
            if not library:
                continue
            used[folder].add(library)
            if library not in table[folder] and library not in EVERYWHERE:
                yield path, number, f"{library} is not among the libraries that ARCHITECTURE.md names for {folder}"
    for folder, names in table.items():
        for library in names:
            if folder != "tests/" and library not in used[folder] and library != "FreeType":  # comes with cairo-ft.h
                yield root / "ARCHITECTURE.md", 1, f"names {library} for {folder}, which does not include it"


def views(root):
    """README.md names the views that views.sql creates."""
    created = set(re.findall(r"^CREATE VIEW (\w+)", (root / "host/record/views.sql").read_text(), re.MULTILINE))
    text = (root / "README.md").read_text()
    sentence = re.search(r"The views are ([^;]*);", text)
    named = set(re.findall(r"`(\w+)`", sentence[1])) if sentence else set()
    number = text[:sentence.start()].count("\n") + 1 if sentence else 1
    for view in sorted(created ^ named):
        where = "in views.sql, but not here" if view in created else "here, but not in views.sql"
        yield root / "README.md", number, f"the view {view} is {where}"


def names(root):
    """Test files are called x, not test_x or x_test, and no two of them alike."""
    first = {}
    for path in files(root / "tests", "*.cpp"):
        if path.stem.startswith("test_") or path.stem.endswith("_test"):
            yield path, 1, "a file in tests/ is a test: name it without the word"
        if path.name in first:
            yield path, 1, f"{first[path.name].relative_to(root)} has the same name"
        first.setdefault(path.name, path)


RULES = {"format": formatting, "width": width, "layers": layers, "libraries": libraries, "views": views, "names": names}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rule", choices=RULES)
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parents[2])
    options = parser.parse_args()
    root = options.root.resolve()
    try:
        violations = list(RULES[options.rule](root))
    except Skip as reason:
        print(f"skipped: {reason}")
        sys.exit(77)
    for path, number, what in violations:
        print(f"{path.relative_to(root)}:{number}: {what}")
    sys.exit(1 if violations else 0)


if __name__ == "__main__":
    main()
