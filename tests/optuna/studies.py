# SPDX-License-Identifier: MIT
"""What the tests with Optuna share: an interpreter that has it, and a script of Optuna's own words for it."""
import json
import os
import subprocess
import sys



def _interpreter():
    """The one that is named, else this one, else Debian's, for which its packages are."""
    named = os.environ.get("UBP_OPTUNA_PYTHON")
    known = [named] if named else [sys.executable, "/usr/bin/python3"]
    for python in known:
        if subprocess.run([python, "-c", "import optuna"], capture_output=True).returncode == 0:
            return python
    return known[-1]


PYTHON = _interpreter()

WORDS = """
import json, math, sys, warnings
warnings.simplefilter("ignore")
import optuna
optuna.logging.set_verbosity(optuna.logging.ERROR)
storage = "sqlite:///" + sys.argv[1]
def told(trial):
    shown = lambda x: repr(x) if isinstance(x, float) and not math.isfinite(x) else x
    seconds = lambda t: t and t.timestamp()
    return {"number": trial.number, "state": trial.state.name,
            "values": trial.values and [shown(v) for v in trial.values], "params": trial.params,
            "series": {str(k): shown(v) for k, v in trial.intermediate_values.items()}, "attrs": trial.user_attrs,
            "distributions": {k: json.loads(optuna.distributions.distribution_to_json(d))
                              for k, d in trial.distributions.items()},
            "start": seconds(trial.datetime_start), "end": seconds(trial.datetime_complete)}
def answer(x):
    print(json.dumps(x))
"""


def release():
    """(major, minor) of Optuna; where there is none: says so, and ends the test as skipped."""
    done = subprocess.run([PYTHON, "-c", "import optuna; print(optuna.__version__)"], text=True, capture_output=True)
    if done.returncode:
        print(f"skipped: {PYTHON} has no Optuna (apt-get install python3-optuna)")
        sys.exit(77)
    return tuple(int(part) for part in done.stdout.split(".")[:2])


def ask(database, script, *words):
    """The last line that a script in Optuna's words prints, as a value."""
    done = subprocess.run([PYTHON, "-c", WORDS + script, str(database), *words], text=True, capture_output=True)
    if done.returncode:
        raise SystemExit(f"Optuna fails:\n{script}\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


TRIALS = """
study = optuna.load_study(study_name=sys.argv[2], storage=storage)
answer([told(t) for t in study.trials])
"""
