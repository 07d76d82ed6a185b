# SPDX-License-Identifier: MIT
"""The language of filters once more, as host/query/filter/syntax.hpp writes it down: a parser, and an evaluator over
rows that the views give. Nothing of ubp is used. For filters that are right; what is wrong with others is not said."""
import datetime
import fnmatch
import json
import math
import re
import statistics

SIGNS = ("==", "!=", "<=", ">=", "^=", "=", "<", ">", "~", "(", ")", "[", "]", ",")
T95 = {1: 12.7062047364, 2: 4.30265272991, 3: 3.18244630528, 4: 2.7764451052}
COLUMNS = {
    "trial": "trial_id", "ended": "finished", "cause": "reason", "resumed_from": "resumed_from_step",
    "branch": "branch",
    "git.sha": "git_sha", "git.branch": "branch", "git.dirty": "dirty", "git.diff": "diff_sha256",
    "host.sha": "host_sha256"}
OWN = ("name sweep sweep_id config replicate attempt seed state value seconds cpu_seconds max_rss_mb created started "
       "finished reason error exit_code signal log supervised same_as host cpu os kernel compiler build blas").split()
FLAGS = ("git.dirty", "supervised")
TIMES = ("created", "started", "ended", "finished")


def tokens(text):
    """(kind, text, quoted): word, sign, end."""
    at, found = 0, []
    while True:
        at += len(text[at:]) - len(text[at:].lstrip(" \t\r\n"))
        if at == len(text):
            return found + [("end", "", False)]
        sign = next((s for s in SIGNS if text.startswith(s, at)), None)
        if sign:
            found.append(("sign", "=" if sign == "==" else sign, False))
            at += len(sign)
            continue
        word, quoted = "", False
        while at < len(text) and text[at] not in " \t\r\n()[],=!<>~^":
            if text[at] not in "\"'":
                word, at = word + text[at], at + 1
                continue
            inner = re.compile(f"{text[at]}((?:[^{text[at]}]|{text[at]}{text[at]})*){text[at]}").match(text, at)
            word, quoted, at = word + inner[1].replace(text[at] * 2, text[at]), True, inner.end()
        found.append(("word", word, quoted))


class Parser:
    def __init__(self, text):
        self.rest = tokens(text)

    def says(self, *words):
        kind, text, quoted = self.rest[0]
        return kind == "word" and not quoted and text.lower() in words

    def take(self, *words):
        return self.says(*words) and self.rest.pop(0)[1].lower()

    def sign(self, *signs):
        return self.rest[0][0] == "sign" and self.rest[0][1] in signs and self.rest.pop(0)[1]

    def whole(self):
        return ("all", []) if self.rest[0][0] == "end" else self.any()

    def any(self):
        parts = [self.all()]
        while self.take("or"):
            parts.append(self.all())
        return ("any", parts)

    def all(self):
        parts = [self.one()]
        while self.take("and"):
            parts.append(self.one())
        return ("all", parts)

    def one(self):
        if self.take("not"):
            return ("not", self.one())
        if self.sign("("):
            inner = self.any()
            assert self.sign(")")
            return inner
        left = self.operand()
        sign = self.sign("=", "!=", "<", "<=", ">", ">=", "~", "^=") or self.take("contains")
        if sign:
            return ("compare", sign, left, self.operand())
        if self.take("is"):
            negated = bool(self.take("not"))
            assert self.take("undefined")
            return ("undefined", negated, left)
        negated = bool(self.take("not"))
        if self.take("in"):
            assert self.sign("[", "(")
            values = [self.operand()]
            while self.sign(","):
                values.append(self.operand())
            assert self.sign("]", ")")
            return ("in", negated, left, values)
        if self.take("between"):
            low = self.operand()
            assert self.take("and")
            return ("between", negated, left, low, self.operand())
        return ("flag", left)

    def operand(self):
        _, text, quoted = self.rest.pop(0)
        inner = None
        if self.sign("("):
            inner = self.operand()
            assert self.sign(")")
        return (text, quoted, inner)


def keys_of(spec):
    """{"optimizer.lr": 0.1, "optimizer.use": "adam"} of a spec, whose components are a list."""
    keys = flattened({k: v for k, v in spec.items() if k != "components"})
    for component in spec["components"]:
        keys |= flattened(component["params"], component["table"]) | {component["table"] + ".use": component["id"]}
    return keys


def flattened(value, name=""):
    """{"train.batch": 32} of {"train": {"batch": 32}}."""
    if isinstance(value, dict):
        parts = value.items()
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        parts = enumerate(value)
    else:
        return {name: value}
    return {k: v for key, part in parts for k, v in flattened(part, f"{name}.{key}" if name else str(key)).items()}


class World:
    """What the views say of every trial."""

    def __init__(self, db, now):
        db.row_factory = lambda cursor, row: dict(zip((c[0] for c in cursor.description), row))
        self.now = now
        self.trials = {t["trial_id"]: t for t in db.execute("SELECT * FROM trials")}
        for view in ("provenance", "failures"):
            for row in db.execute(f"SELECT * FROM {view}"):
                self.trials[row["trial_id"]].update(row)
        self.swept = {}
        for row in db.execute("SELECT * FROM params"):
            value = bool(row["value"]) if row["kind"] == "bool" else row["value"]
            self.swept.setdefault(row["trial_id"], {})[row["name"]] = value
        self.stats = {(m["trial_id"], m["metric"]): m for m in db.execute("SELECT * FROM metric_stats")}
        self.points = {(m["trial_id"], m["metric"], m["step"]): m["value"] for m in db.execute("SELECT * FROM metrics")}
        self.metrics = {metric for _, metric in self.stats}
        self.fixed = {t: keys_of(json.loads(row["spec"])) for t, row in self.trials.items() if row.get("spec")}
        self.tags = set()  # (trial, tag); a sweep's with the sweep's number negated
        for row in db.execute("SELECT * FROM annotation WHERE kind <> 'note' ORDER BY annotation_id"):
            key = (row["trial_id"] or -row["sweep_id"], row["text"])
            (self.tags.add if row["kind"] == "tag" else self.tags.discard)(key)
        self.swept_names = {name for params in self.swept.values() for name in params}
        self.fixed_names = {name for params in self.fixed.values() for name in params}

    # ---------- names ----------

    def known(self, text):
        """("column" | "param" | "series", name[, part]) of a name as typed."""
        if text in COLUMNS or text in OWN or text == "n_seeds":
            return ("column", text)
        param, metric = text.removeprefix("params."), text.removeprefix("metrics.")
        if param in self.swept_names:
            return ("param", param)
        if self.series(metric):
            return self.series(metric)
        if text.startswith("plugin."):
            return ("plugin", text[7:])
        if text.startswith("tags."):
            return ("tag", text[5:])

        def ends(names, words):
            return [n for n in names if n == words or n.endswith("." + words)]
        found = ends(self.swept_names, param) + ends(self.swept_names, param + ".use")
        if not found:
            head, _, part = metric.rpartition(".")
            found = ends(self.metrics, metric)
            if not found and part in ("min", "max", "mean", "first", "last"):
                found = [f"{name}.{part}" for name in ends(self.metrics, head)]
            if found:
                assert len(found) == 1, found
                return self.series(found[0])
        if not found:
            found = [n for n in (param, param + ".use") if n in self.fixed_names][:1] or ends(self.fixed_names, param)
        assert len(found) == 1, (text, found)
        return ("param", found[0])

    def series(self, text):
        if text in self.metrics:
            return ("series", text, "last")
        head, _, part = text.rpartition(".")
        return ("series", head, part) if head in self.metrics and part in (
            "min", "max", "mean", "first", "last") else None

    def type_of(self, operand):
        text, _, inner = operand
        if inner:
            return "number"
        kind, *name = self.known(text)
        if kind == "series" or name[0] == "n_seeds":
            return "number"
        if kind == "plugin":
            return "text"
        if kind == "column":
            name = name[0]
            texts = ("name sweep reason cause error log host cpu os kernel compiler build blas host.sha git.sha "
                     "git.branch branch git.diff").split()
            return ("flag" if name in FLAGS else "time" if name in TIMES else "state" if name == "state"
                    else "text" if name in texts else "number")
        values = [v for t in self.trials for v in [self.parameter(name[0], t)] if v is not None]
        kinds = {"flag" if isinstance(v, bool) else "number" if isinstance(v, (int, float)) else "text" for v in values}
        return kinds.pop() if len(kinds) == 1 else "mixed"

    def parameter(self, name, trial):
        value = self.swept.get(trial, {}).get(name)
        return self.fixed.get(trial, {}).get(name) if value is None else value

    def value(self, operand, trial):
        text, _, inner = operand
        if text.endswith(".at") and inner:
            metric = text[:-3].removeprefix("metrics.")
            metric = metric if metric in self.metrics else next(m for m in self.metrics if m.endswith("." + metric))
            return self.points.get((trial, metric, int(inner[0])))
        if inner:
            return self.over_seeds(text, inner, trial)
        kind, *name = self.known(text)
        if kind == "param":
            return self.parameter(name[0], trial)
        if kind == "series":
            return self.stats.get((trial, name[0]), {}).get(name[1])
        row = self.trials[trial]
        if kind == "tag":
            return (trial, name[0]) in self.tags or (-row["sweep_id"], name[0]) in self.tags
        if kind == "plugin":
            return self.plugin(name[0], row)
        if name[0] == "n_seeds":
            return len(self.seeds(trial))
        value = row.get(COLUMNS.get(name[0], name[0]))
        value = int(value) if name[0] == "seed" else value  # a text where it exceeds 63 bits
        return None if value == "" and name[0] in ("git.sha", "git.branch", "branch", "git.diff") else value

    @staticmethod
    def plugin(name, row):
        plugins = json.loads(row.get("plugins") or "{}")
        table, _, part = name.rpartition(".")
        if name in plugins or part not in ("id", "version", "sha"):
            return plugins.get(name)
        whole = re.match(r"(.*)/(.*)@(.*)#(.*)", plugins.get(table, ""))
        return whole and whole[{"id": 2, "version": 3, "sha": 4}[part]]

    def seeds(self, trial):
        """The last complete attempt of each replicate of its config."""
        last = {}
        for t in self.trials.values():
            if t["config_id"] == self.trials[trial]["config_id"] and t["state"] == "COMPLETE":
                if t["attempt"] >= last.get(t["replicate"], t)["attempt"]:
                    last[t["replicate"]] = t
        return [t["trial_id"] for t in last.values()]

    def over_seeds(self, name, inner, trial):
        seeds = self.seeds(trial)
        found = sorted(v for t in seeds for v in [self.value(inner, t)] if isinstance(v, (int, float)))
        if name == "n":
            return len(found) if seeds else None
        if not found or (name in ("sd", "ci95") and len(found) < 2):
            return None
        n = len(found)
        if name == "ci95":
            return T95[n - 1] * statistics.stdev(found) / math.sqrt(n)
        if name == "iqm":
            return statistics.fmean(found[n // 4:n - n // 4])
        return {"mean": statistics.fmean, "sd": statistics.stdev, "median": statistics.median, "min": min, "max": max,
                "sum": math.fsum}.get(name, lambda v: None)(found)

    # ---------- tests ----------

    def matching(self, text):
        tree = Parser(text).whole()
        return [t for t in sorted(self.trials) if self.holds(tree, t)]

    def holds(self, node, trial):
        kind = node[0]
        if kind in ("all", "any"):
            return (all if kind == "all" else any)([self.holds(part, trial) for part in node[1]])
        if kind == "not":
            return not self.holds(node[1], trial)
        if kind == "flag":
            return bool(self.value(node[1], trial))
        if kind == "undefined":
            return (self.value(node[2], trial) is None) != node[1]
        if kind == "compare":
            return self.compares(*node[1:], trial)
        negated, left = node[1], node[2]
        value = self.value(left, trial)
        if kind == "in":
            found = any(value == self.literal(one, left) for one in node[3])
        else:
            low, high = (self.other(one, left, trial) for one in node[3:])
            if isinstance(value, str) and self.type_of(left) == "mixed":
                value = None
            if value is None or low is None or high is None:
                return False
            found = low <= value <= high
        return value is not None and found != negated

    def compares(self, sign, left, right, trial):
        if self.is_number(left) and not self.is_number(right) and sign not in ("~", "^=", "contains"):
            left, right = right, left
            sign = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(sign, sign)
        value = self.value(left, trial)
        mixed = self.type_of(left) == "mixed"
        if sign in ("~", "^=", "contains"):
            if not isinstance(value, str):
                return False
            glob = re.sub(r"\[(?![^]]+\])", "[[]", right[0])
            return {"~": lambda: fnmatch.fnmatchcase(value, glob) if glob == right[0] else False,
                    "^=": lambda: value.startswith(right[0]), "contains": lambda: right[0] in value}[sign]()
        if sign in ("=", "!="):
            other = self.other(right, left, trial)
            return value is not None and other is not None and (value == other) == (sign == "=")
        other = self.other(right, left, trial)
        if mixed and (isinstance(value, str) or isinstance(other, str)):
            return False
        if value is None or other is None:
            return False
        return {"<": value < other, "<=": value <= other, ">": value > other, ">=": value >= other}[sign]

    @staticmethod
    def is_number(operand):
        text, quoted, inner = operand
        return not quoted and not inner and bool(
            re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|[+-]?inf|true|false", text))

    def literal(self, operand, left):
        kind = self.type_of(left)
        text = operand[0]
        if kind == "state":
            return {"STOPPED": "RUNNING"}.get(text.upper(), text.upper())
        if kind == "time":
            return self.time(text)
        if kind in ("number", "mixed", "flag") and self.is_number(operand):
            return {"true": 1.0, "false": 0.0}[text] if text in ("true", "false") else (
                int(text) if left[0] == "seed" else float(text))
        return None if kind == "number" else text

    def other(self, operand, left, trial):
        value = self.literal(operand, left)
        return self.value(operand, trial) if value is None else value

    def time(self, text):
        ago = re.fullmatch(r"-([\d.]+)([smhdw])", text)
        if ago:
            seconds = float(ago[1]) * {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}[ago[2]]
            moment = datetime.datetime.fromtimestamp(self.now - seconds, datetime.timezone.utc)
        elif re.match(r"\d{4}-", text):
            parts = [float(p) for p in re.findall(r"[\d.]+", text)]
            whole = [int(p) for p in parts[:5]] + [0] * (5 - len(parts[:5]))
            moment = datetime.datetime(*whole) + datetime.timedelta(seconds=parts[5] if len(parts) > 5 else 0)
        else:
            return None
        return moment.strftime("%Y-%m-%d %H:%M:%S.") + f"{moment.microsecond // 1000:03}"
