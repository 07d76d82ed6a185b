#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Is a report a page that can be sent, opened and read by anybody?

Runs a small sweep and looks at its report: equal bytes on a rerun, nothing from outside, every section and figure.
Where Debian's chromium is installed it opens it with the network off, and nothing may throw; where axe-core is, too
(pip install axe-core-python, or $UBP_AXE names axe.min.js), it finds no fault of accessibility.
"""
import argparse
import html.parser
import importlib.util
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

SPEC = """
[experiment]
name = "circles"
question = "Does <width> matter & how?"
[dataset]
use = "two_moons"
rows = 200
valid_share = 0.2
[model]
use = "autoencoder"
hidden = [8]
latent = 2
[objective]
use = "reconstruction"
[optimizer]
use = "adam"
[train]
epochs = 4
log_every = 1
[[metric]]
use = "reconstruction_error"
[sweep]
name = "small"
metric = "valid.mse"
sampler = "random"
configs = 12
replicates = 3
[sweep.space]
"optimizer.lr" = "1e-3..1e-1:log"
"model.latent" = [1, 2, 4]
"""


class Reading(html.parser.HTMLParser):
    """Which elements are open, which ids there are, what is loaded from elsewhere."""
    VOID = {"meta", "br", "img", "link", "input", "hr"}

    def __init__(self):
        super().__init__()
        self.open, self.ids, self.outside, self.faults = [], [], [], []

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name == "id":
                self.ids.append(value)
            if name in ("src", "href", "xlink:href") and not value.startswith(("data:", "#")):
                self.outside.append(value)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> at {self.getpos()} closes nothing")


def check(condition, what):
    if not condition:
        sys.exit(f"failed: {what}")


def browse(page, script):
    """The page in a browser without a network: what `script` leaves in document.title, and seconds."""
    with tempfile.TemporaryDirectory() as folder:
        watched = pathlib.Path(folder) / "page.html"
        text = page.read_text()
        guard = "<script>window.thrown=[];addEventListener('error',e=>thrown.push(e.message));</script>"
        text = text.replace("<head>", "<head>" + guard, 1)
        text = text.replace("</body>", f"<script>addEventListener('load',async()=>{{{script}}});</script></body>", 1)
        watched.write_text(text)
        start = time.perf_counter()
        done = subprocess.run(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/profile",
             "--host-resolver-rules=MAP * ~NOTFOUND", "--virtual-time-budget=20000", "--dump-dom", watched.as_uri()],
            capture_output=True, text=True, timeout=280, check=False)
        check(done.returncode == 0, f"chromium: {done.stderr[-500:]}")
        told = re.search(r"<title>(.*?)</title>", done.stdout, re.S)
        return html.unescape(told[1]), time.perf_counter() - start


def axe_core():
    if os.environ.get("UBP_AXE"):
        return pathlib.Path(os.environ["UBP_AXE"])
    for package in ("axe_core_python", "axe_playwright_python"):
        spec = importlib.util.find_spec(package)
        if spec and spec.origin:
            return pathlib.Path(spec.origin).parent / "axe.min.js"
    return None


def look(page):
    reading = Reading()
    reading.feed(page.read_text())
    check(not reading.faults and not reading.open, f"not well-formed: {reading.faults} {reading.open}")
    check(not reading.outside, f"loaded from outside: {reading.outside}")
    check(len(reading.ids) == len(set(reading.ids)), "an id is there twice")
    for section in ("answer", "health", "leaderboard", "curves", "history", "slice", "parallel", "importance", "box",
                    "timeline", "ground"):
        check(section in reading.ids, f"no section {section}")


def open_page(page):
    if not shutil.which("chromium"):
        print("skipped: chromium is not installed")
        return
    told, seconds = browse(page, """
      const figures = document.querySelectorAll('figure svg');
      const shown = [...figures].filter(f => f.getBoundingClientRect().height > 50);
      const mark = document.querySelector('#history [data-config]');
      mark.dispatchEvent(new MouseEvent('click', {bubbles: true}));
      const isolated = document.querySelectorAll('.isolated .chosen').length;
      document.title = JSON.stringify({thrown, figures: figures.length, shown: shown.length, isolated});
    """)
    found = json.loads(told)
    print(f"{page.name}: {found}, {seconds:.1f} s with the browser's start")
    check(not found["thrown"], f"thrown: {found['thrown']}")
    check(found["figures"] > 5 and found["shown"] == found["figures"], "a figure is not there")
    check(found["isolated"] > 1, "a click isolates no config")
    axe = axe_core()
    if not axe:
        print("skipped: axe-core is not installed")
        return
    told, _ = browse(page, axe.read_text().replace("</script", "<\\/script") + """;
      const all = await axe.run();
      document.title = JSON.stringify(all.violations.map(v => [v.id, v.nodes.length, v.nodes[0].html.slice(0, 200)]));
    """)
    check(json.loads(told) == [], f"axe-core: {told}")


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--ubp", required=True)
    ubp = os.path.abspath(arguments.parse_args().ubp)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "spec.toml").write_text(SPEC)

        def run(*words):
            done = subprocess.run([ubp, *words], cwd=folder, capture_output=True, text=True, check=False)
            check(done.returncode == 0, f"ubp {' '.join(words)}: {done.stderr}")
            return done.stdout

        run("sweep", "spec.toml", "-j", "2", "--quiet")
        run("report", "small", "-o", "a.html")
        run("report", "small", "-o", "b.html")
        check((folder / "a.html").read_bytes() == (folder / "b.html").read_bytes(), "a rerun has other bytes")
        text = run("report", "small")
        check("The best of 1" in text and "Is the winner at the edge of its range?" in text, f"text: {text}")
        look(folder / "a.html")
        check("Does &lt;width&gt; matter &amp; how?" in (folder / "a.html").read_text(), "the question is not there")
        open_page(folder / "a.html")
    print("ok")


if __name__ == "__main__":
    main()
