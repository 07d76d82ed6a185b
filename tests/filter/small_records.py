# SPDX-License-Identifier: MIT
"""A small database with everything that a filter can ask for, the same on every day."""
import json
import sqlite3
import subprocess

NOW = 1767225600  # 2026-01-01T00:00Z, unix seconds
DAY = 86_400_000
SHA = "3fa9" + "0" * 36


class unguarded:
    """Without the triggers, which refuse to write what a finished trial left."""

    def __init__(self, db):
        self.db = db

    def __enter__(self):
        self.triggers = self.db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in self.triggers:
            self.db.execute(f'DROP TRIGGER "{name}"')

    def __exit__(self, *_):
        for _, sql in self.triggers:
            self.db.execute(sql)
        self.db.commit()


class Records:
    def __init__(self, db):
        self.db = db

    def add(self, table, /, **columns):
        names = ", ".join(f'"{name}"' for name in columns)
        places = ", ".join("?" * len(columns))
        return self.db.execute(f"INSERT INTO {table}({names}) VALUES({places})", tuple(columns.values())).lastrowid

    def sweep(self, name, metric="test.mse"):
        return self.add("sweep", experiment_id=1, name=name, identity=name, spec="", space="{}", sampler="{}", seed=7,
                        replicates=3, metric=metric, goal="minimize", reduce="last", state="OPEN",
                        created_ms=NOW * 1000 - 30 * DAY)

    def config(self, sweep, number, params, spec, supervised=0):
        """spec: by table, as people write it; recorded as ubp does, components apart, in the order of their tables."""
        tables = [(name, table) for name, table in spec.items() if isinstance(table, dict) and "use" in table]
        tables += [(f"metric.{i}", table) for i, table in enumerate(spec.get("metric", []))]
        spec = {"components": [{"id": table["use"], "kind": name.split(".")[0], "table": name, "version": "1.0.0",
                                "params": {k: v for k, v in table.items() if k != "use"}} for name, table in tables],
                **{name: table for name, table in spec.items() if "use" not in table and name != "metric"}}
        config = self.add("config", sweep_id=sweep, number=number, supervised=supervised,
                          params=json.dumps(params, sort_keys=True))
        self.add("config_spec", config_id=config, spec=json.dumps(spec))
        for name, value in params.items():
            kind = {bool: "bool", int: "int", float: "float", str: "text"}.get(type(value), "list")
            text = value if kind == "text" else json.dumps(value) if kind == "list" else None
            self.add("param", config_id=config, name=name, kind=kind, num=None if text is not None else float(value),
                     text=text)
        return config

    def trial(self, sweep, config, replicate, *, attempt=0, seed=0, state="COMPLETE", value=None, days=10.0, wall=5000,
              environment=1, source=1, plugin=1, series={}, **more):
        started = NOW * 1000 - int(days * DAY)
        ended = state not in ("QUEUED", "RUNNING")
        trial = self.add("trial", sweep_id=sweep, config_id=config, replicate=replicate, attempt=attempt, seed=seed,
                         state=state, value=value, environment_id=environment, source_id=source,
                         created_ms=NOW * 1000 - 20 * DAY, started_ms=None if state == "QUEUED" else started,
                         finished_ms=started + wall if ended else None, wall_ms=wall if ended else None,
                         cpu_ms=wall // 2 if ended else None, **more)
        if plugin:
            self.add("trial_plugin", trial_id=trial, table="objective", plugin_id=plugin)
            self.add("trial_plugin", trial_id=trial, table="model.critic", plugin_id=3)
        for metric, points in series.items():
            self.points(trial, metric, points)
        return trial

    def points(self, trial, metric, points):
        """points: {step: value}; None is NaN."""
        known = self.db.execute("SELECT metric_id FROM metric_name WHERE name = ?", (metric,)).fetchone()
        metric_id = known[0] if known else self.add("metric_name", name=metric)
        numbers = {step: v for step, v in points.items() if v is not None}
        low, high = (min(numbers, key=numbers.get), max(numbers, key=numbers.get)) if numbers else (None, None)
        for step, v in points.items():
            self.add("metric", trial_id=trial, metric_id=metric_id, step=step, value=v, t_ms=step)
        self.add("metric_summary", trial_id=trial, metric_id=metric_id, n=len(points), n_nan=len(points) - len(numbers),
                 first=points[min(points)], last=points[max(points)], last_step=max(points), min=numbers.get(low),
                 min_step=low, max=numbers.get(high), max_step=high, sum=sum(numbers.values()) if numbers else None)


def fill(db):
    r = Records(db)
    r.add("experiment", name="e", question="q", created_ms=0)
    for host, cpu in (("gpu01", "EPYC"), ("gpu02", "EPYC"), ("laptop", "i7")):
        r.add("environment", sha256=host, host=host, os="Debian 12", kernel="6.1", cpu=cpu, n_cpu=8, mem_bytes=1 << 34,
              compiler="g++ 12.2", build="release", blas="OpenBLAS 0.3", host_sha256="ab" * 32)
    r.add("source", git_sha=SHA, branch="main", dirty=0, diff_sha256="")
    r.add("source", git_sha="77" * 20, branch="try/it", dirty=1, diff_sha256="cd" * 32)
    r.add("source", git_sha="", branch="", dirty=0, diff_sha256="")
    for kind, name in (("objective", "vicreg"), ("objective", "barlow"), ("model", "critic")):
        r.add("plugin", kind=kind, id=name, version="1.2.0", sha256=f"{name[:1]}{'0' * 63}", file="f", build="b",
              first_seen_ms=0)

    first = r.sweep("alpha")
    for number, (objective, lr, latent) in enumerate(
            (o, lr, z) for o in ("vicreg", "barlow") for lr in (1e-4, 1e-3, 0.1) for z in (4, 8)):
        params = {"objective.use": objective, "optimizer.lr": lr, "model.latent": latent}
        config = r.config(first, number, params, {"objective": {"use": objective, "weight": 2.0},
                                                  "optimizer": {"use": "adam", "lr": lr},
                                                  "model": {"use": "mlp", "latent": latent},
                                                  "train": {"batch": 32, "amp": False}})
        for replicate in range(3):
            value = round(0.2 + 0.05 * number + 0.01 * replicate + (30 if lr == 0.1 and replicate == 2 else 0), 6)
            common = dict(seed=replicate, days=12 - number, environment=1 + number % 3, source=1 + number % 3,
                          plugin=1 if objective == "vicreg" else 2)
            loss = {0: 4.0, 10: value + 1, 20: None if number == 3 else value + 0.5}
            if number == 5 and replicate == 1:
                r.trial(first, config, replicate, state="FAILED", reason="numeric", error="the loss is nan at step 7",
                        exit_code=1, series={"train.loss": {0: 4.0}}, **common)
                continue
            if number == 7 and replicate == 0:
                lost = r.trial(first, config, replicate, state="LOST", reason="killed", error="signal 9", signal=9,
                               **common)
                r.add("trial_log", trial_id=lost, tail="step 3: it's 100% gone")
                common["attempt"] = 1
            r.trial(first, config, replicate, value=value,
                    series={"train.loss": loss, "test.mse": {0: 2.0, 20: value},
                            "probe.err.min": {20: value * 10}, "probe.err": {10: value * 20, 20: value * 30}}, **common)

    second = r.sweep("beta two")
    for number, (batch, amp) in enumerate((("auto", True), (32, False), (64, True))):
        config = r.config(second, number, {"train.batch": batch, "train.amp": amp, "model.critic.rate": 0.5,
                                           "data.rate": 1},
                          {"model": {"use": "mlp", "critic": {"rate": 0.5}}, "objective": {"use": "barlow"},
                           "optimizer": {"use": "sgd", "lr": 0.01}, "train": {"batch": batch, "amp": amp},
                           "metric": [{"use": "mse"}, {"use": "knn", "k": 5 + number}]}, supervised=number % 2)
        r.trial(second, config, 0, value=float(number), days=1, seed=0, wall=100_000,
                series={"odd name": {0: 1.0, 5: float(number)}, "test.mse": {0: 9.0, 20: float(number)}})
        r.trial(second, config, 1, state="RUNNING", days=0.01, seed=-5, series={"train.loss": {0: 3.0 + number}})
        r.trial(second, config, 2, state="QUEUED", environment=None, source=None, plugin=None, seed=2)
    r.trial(second, config, 3, state="PRUNED", reason="the median of 3", days=2, series={"test.mse": {0: 12.0}})
    r.trial(second, config, 4, state="CANCELLED", days=3)

    for at, (kind, what) in enumerate((("tag", "keep"), ("untag", "keep"), ("tag", "keep"), ("tag", "gone"),
                                       ("untag", "gone"))):
        r.add("annotation", t_ms=at, sweep_id=None, trial_id=3, kind=kind, text=what)
    r.add("annotation", t_ms=9, sweep_id=None, trial_id=7, kind="tag", text="keep")
    r.add("annotation", t_ms=9, sweep_id=second, trial_id=None, kind="tag", text="whole")


def make(empty, file):
    subprocess.run([empty, file], check=True)
    db = sqlite3.connect(file)
    with unguarded(db):
        fill(db)
    db.close()
