#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a stranger does: installs ubp, writes objectives of at most 30 lines outside the tree, builds and sweeps them;
builds the template of every kind.

consumer.py BUILD_FOLDER [SANITIZER_FLAGS]
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent


def run(*command, **options):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, **options)
    assert done.returncode == 0, f"{' '.join(map(str, command))}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def build_templates(scratch, how):
    """All of them in one go; ubp must find and describe each."""
    project = scratch / "templates"
    shutil.copytree(HERE.parents[1] / "sdk/template", project)
    kinds = sorted(folder.name for folder in project.iterdir())
    all_of_them = "".join(f"add_subdirectory({kind})\n" for kind in kinds)
    (project / "CMakeLists.txt").write_text(
        f"cmake_minimum_required(VERSION 3.25)\nproject(templates CXX)\n{all_of_them}")
    run("cmake", "-S", project, "-B", project / "build", *how)
    run("cmake", "--build", project / "build")
    for kind in kinds:
        path = project / "build" / kind
        run(scratch / "prefix/bin/ubp", "plugin", "describe", f"{kind}/my_{kind}", "--plugin-path", path)
    return len(kinds)


def main():
    build, flags = pathlib.Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else ""
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        run("cmake", "--install", build, "--prefix", scratch / "prefix")
        how = ("-G", "Ninja", f"-DCMAKE_PREFIX_PATH={scratch / 'prefix'}", "-DCMAKE_BUILD_TYPE=Release",
               f"-DCMAKE_CXX_FLAGS={flags}")
        templates = build_templates(scratch, how)
        project = scratch / "mine"
        project.mkdir()
        shutil.copy(HERE / "project.cmake", project / "CMakeLists.txt")
        for name in ("vicreg", "lsgan"):
            lines = (HERE / f"{name}.cpp").read_text().splitlines()
            assert len(lines) <= 35, f"{name}.cpp has {len(lines)} lines"
            shutil.copy(HERE / f"{name}.cpp", project)
            shutil.copy(HERE / f"{name}.toml", project)
        run("cmake", "-S", project, "-B", project / "build", *how)
        run("cmake", "--build", project / "build")
        for name in ("vicreg", "lsgan"):
            symbols = run("nm", "-D", "--defined-only", project / "build" / f"{name}.so").split()
            assert symbols[2::3] == ["ubp_entry_v1"] or flags, symbols
        ubp = scratch / "prefix/bin/ubp"
        environment = dict(os.environ, UBP_PLUGIN_PATH=str(project / "build"))
        for name, trials in (("vicreg", 4), ("lsgan", 2)):
            run(ubp, "sweep", f"{name}.toml", "--quiet", cwd=project, env=environment)
            query = f"SELECT count(*) AS n FROM trials WHERE state = 'COMPLETE' AND sweep = '{name}'"
            rows = json.loads(run(ubp, "sql", query, "--format", "json", cwd=project, env=environment))
            assert rows[0]["n"] == trials, rows
    print(f"2 objectives swept, {templates} templates built")


main()
