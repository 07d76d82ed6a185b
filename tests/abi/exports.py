#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every plugin under a folder exports ubp_entry_v1 and nothing else.    exports.py FOLDER"""
import pathlib
import subprocess
import sys


def exported(library):
    command = ["nm", "-D", "--defined-only", library]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return sorted(line.split()[-1] for line in lines)


libraries = sorted(pathlib.Path(sys.argv[1]).rglob("*.so"))
wrong = [f"{library} exports {found}" for library in libraries if (found := exported(library)) != ["ubp_entry_v1"]]
print("\n".join(wrong) or f"{len(libraries)} plugins")
sys.exit(bool(wrong) or not libraries)
