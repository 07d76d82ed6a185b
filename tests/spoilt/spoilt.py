#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Is a spoilt file read as what it has become, or refused with its place? spoilt.py SHOWN [--seed N] [--files N]

Spoils small good files (CSV, ARFF, NPY, NPZ, IDX): bytes are flipped, cut, repeated, put elsewhere, encoded anew or
typed otherwise. `shown` prints what the data set plugin reads of each; Python reads it on its own (readings.py). The
two are equal, or the plugin refuses the file and says where. Neither a crash nor a silent difference passes.
"""
import argparse
import collections
import io
import pathlib
import random
import re
import struct
import subprocess
import sys
import tempfile
import zipfile

import readings
from readings import Reading, Unreadable

CSV = b'''size,kind,"the, note",count,y
1.5,red,"a ""b""",3,late
-2e1,green,,4,early
,blue,"two
lines",5,late
+4,?,x,6,early
0.25,red,x,-7,late
1e-3,green,a,8,late
'''
ARFF = b"""% made for this test
@relation spoilt
@attribute size numeric
@attribute 'the kind' {red, 'dark green', blue}
@attribute count integer
@attribute note string
@attribute y {late, early}
@data
1.5, red, 3, 'it\\'s', late
-2e1, 'dark green', 4, ?, early
?, blue, 5, "x", late
0.25, red, -7, x, early
"""
NOTATIONS = ["0x1F", "1_000", "1 234", '"1,234"', "3%", "1d3", "-", ".", "none", "1e400", "inf", "--5", '"0,5"', "$3"]
HARMLESS = ["2.7e-412", "1e-310", "007", "+.5", "5.", '"6"', "NA", '""', "null", " 4 ", "-0"]
DTYPES = [b"'<f4'", b"'>f8'", b"'<i8'", b"'>i8'", b"'<u8'", b"'|O8'", b"'<c8'", b"'|b1'", b"'<f2'"]
SHAPES = [b"(4L, 3L)", b"(3, 4)", b"(2.5,)", b"(12,)", b"(6, 2)", b"(-4, 3)", b"(4, 3, 1)", b"(9999999999, 9999999999)"]
HEADER = "{'descr': '%s', 'fortran_order': False, 'shape': %s, }"


def npy(descr, shape, data):
    header = (HEADER % (descr, shape)).encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data


MEMBERS = {"x_train": npy("<f8", "(4, 3)", struct.pack("<12d", *range(11), float("nan"))),
           "y_train": npy("<i4", "(4,)", struct.pack("<4i", 7, -1, 7, 3)),
           "x_test": npy("<f8", "(2, 3)", struct.pack("<6d", *range(6))), "y_test": npy("|u1", "(2,)", bytes([7, 3]))}


def npz(kind, changed=None):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", kind) as archive:
        for name, content in {**MEMBERS, **(changed or {})}.items():
            archive.writestr(zipfile.ZipInfo(name + ".npy"), content, kind)
    return out.getvalue()


def idx(shape, data):
    return bytes([0, 0, 8, len(shape)]) + struct.pack(f">{len(shape)}I", *shape) + bytes(data)


IDX = {"train-images-idx3-ubyte": idx((3, 2, 2), range(12)), "train-labels-idx1-ubyte": idx((3,), [1, 0, 2]),
       "t10k-images-idx3-ubyte": idx((1, 2, 2), range(4)), "t10k-labels-idx1-ubyte": idx((1,), [1])}


def flip(random_, data):
    data, at = bytearray(data), random_.randrange(len(data))
    data[at] ^= 1 << random_.randrange(8)
    return bytes(data)


def cut(random_, data):
    first = random_.randrange(len(data))
    return data[:first] if random_.random() < 0.5 else data[:first] + data[first + random_.randint(1, 8):]


def part(random_, data, is_text):
    """A stretch of bytes, of text mostly whole lines."""
    if is_text and random_.random() < 0.7:
        lines = [match.span() for match in re.finditer(rb"[^\n]*\n?", data) if match[0]]
        return random_.choice(lines)
    first = random_.randrange(len(data))
    return first, min(len(data), first + random_.randint(1, 12))


def repeat(random_, data, is_text):
    first, last = part(random_, data, is_text)
    return data[:last] + data[first:]


def reorder(random_, data, is_text):
    first, last = part(random_, data, is_text)
    rest, at = data[:first] + data[last:], random_.randrange(len(data) - (last - first) + 1)
    return rest[:at] + data[first:last] + rest[at:]


def encode(random_, data, is_text):
    """Another encoding or line end; of binary files, bytes in pairs turned round."""
    if not is_text:
        at = 2 * random_.randrange(len(data) // 2)
        return data[:at] + data[at:at + 8][::-1] + data[at + 8:]
    text = data.decode()
    accented = text.replace("red", "r\u00e9d")
    ways = [text.encode("utf-16"), text.encode("utf-16-le"), b"\xfe\xff" + text.encode("utf-16-be"),
            b"\xef\xbb\xbf" + data, accented.encode("latin-1"), accented.encode(), data.replace(b"\n", b"\r\n"),
            data.replace(b"\n", b"\r"), data.rstrip(b"\n"), b"\n\n" + data]
    return random_.choice(ways)


def retype(random_, data, is_text):
    """Another notation in one cell; another type or shape in a header."""
    if is_text:
        numbers = [match.span() for match in re.finditer(rb"(?<=[, \n])[-+]?\d[\d.e-]*(?=[,\n])", data)]
        first, last = random_.choice(numbers)
        return data[:first] + random_.choice(NOTATIONS + HARMLESS).encode() + data[last:]
    if data.startswith(b"\0\0"):
        at = random_.choice([2, 3, 4, 7])
        return data[:at] + bytes([random_.choice([0, 1, 2, 9, 13, 255])]) + data[at + 1:]
    pattern, other = random_.choice([
        (rb"'[<>|]\w\d+'", random_.choice(DTYPES)), (rb"\(\d+, 3\)", random_.choice(SHAPES)),
        (rb"False", random_.choice([b"True ", b"false", b"0    "]))])
    return re.sub(pattern, other, data, count=1)


EDITS = {"flipped": lambda r, d, t: flip(r, d), "cut": lambda r, d, t: cut(r, d), "repeated": repeat,
         "reordered": reorder, "encoded": encode, "retyped": retype}


class Kind:
    """A kind of file: good ones, how Python reads one, and how the plugin is asked."""

    def __init__(self, name, goods, read, plugin, params=()):
        self.name, self.goods, self.read, self.plugin, self.params = name, goods, read, plugin, params
        self.is_text = name in ("csv", "arff")


KINDS = [
    Kind("csv", [CSV], lambda data: readings.read_csv(data, "y"), "csv", ["label=y"]),
    Kind("arff", [ARFF], lambda data: readings.read_arff(data, "y"), "arff", ["label=y"]),
    Kind("npy", [npy("<f8", "(4, 3)", struct.pack("<12d", *range(11), float("nan"))),
                 npy("<i2", "(4, 3)", struct.pack("<12h", *range(-6, 6)))], readings.read_npy, "npy"),
    Kind("npz", [npz(zipfile.ZIP_STORED), npz(zipfile.ZIP_DEFLATED)], readings.read_npz, "npy"),
    Kind("idx", list(IDX), None, "mnist"),
]


def ask(shown, plugin, params):
    done = subprocess.run([shown, plugin, *params], capture_output=True, timeout=60)
    return done.returncode, done.stdout.decode("utf-8", "replace")


def parsed(text):
    """What `shown` prints, as a Reading."""
    reading = Reading([], {})
    for line in text.splitlines():
        what, *words = line.split(" ")
        if what == "shape":
            reading.shape = [int(word) for word in words]
        elif what in ("columns", "classes"):
            setattr(reading, what, [bytes.fromhex(word[1:]).decode() for word in words])
        else:
            rows, classes = reading.rows.setdefault(what, ([], []))
            if "class" in words:
                classes.append(int(words[words.index("class") + 1]))
                words = words[:words.index("class")]
            rows.append([None if word == "?" else float.fromhex(word) for word in words])
    for split, (rows, classes) in reading.rows.items():
        reading.rows[split] = (rows, classes or None)
    return reading


def place(refusal, path, data):
    """Why a refusal does not say where, or ""."""
    where = next((str(p) for p in [path, *(path / name for name in IDX)] if refusal.startswith(f"{p}:")), "")
    if not where:
        return "the refusal does not begin with the file"
    line = re.match(r":(\d+): .", refusal[len(where):])
    if line and not 1 <= int(line[1]) <= len(re.split(rb"\r\n|\r|\n|\r\0\n\0|\0\r\0\n", data)):
        return "the refusal names a line that does not exist"
    if not line and not re.match(r": \S.*[a-z]", refusal[len(where):]):
        return "the refusal says nothing"
    return ""


def judge(kind, good, data, path, code, output):
    """What became of a spoilt file: "read", "refused", or a complaint."""
    if code == 2:
        return place(output, path, data) or "refused"
    if code != 0:
        return f"exit code {code}"
    try:
        expected = kind.read(data)
    except (Unreadable, UnicodeError, readings.csv.Error) as reason:
        if kind.name != "npz" or good == data:
            return f"read, though Python cannot: {reason}"
        expected = kind.read(good)  # an archive whose damage does not reach the arrays
    found = parsed(output)
    return "read" if found == expected else f"read as something else:\n  found    {found}\n  expected {expected}"


def spoilt_files(kind, random_, count):
    """(edit, good, spoilt)"""
    for at in range(count):
        edit = list(EDITS)[at % len(EDITS)]
        good = random_.choice(kind.goods)
        if kind.name == "npz" and at % 2:  # a sound archive of a spoilt array
            name = random_.choice(list(MEMBERS))
            data = npz(zipfile.ZIP_DEFLATED, {name: EDITS[edit](random_, MEMBERS[name], False)})
            yield edit, data, data
        else:
            yield edit, good, EDITS[edit](random_, IDX[good] if kind.name == "idx" else good, kind.is_text)


def look_at(kind, edit, good, data, folder, shown):
    path = folder / f"spoilt.{kind.name}"
    if kind.name != "idx":
        path.write_bytes(data)
        code, output = ask(shown, kind.plugin, [f"file={path}", *kind.params])
        return judge(kind, good, data, path, code, output)
    for name, content in IDX.items():
        (folder / name).write_bytes(data if name == good else content)
    code, output = ask(shown, kind.plugin, [f"folder={folder}"])
    whole = Kind("idx", [], lambda _: readings.read_idx({**IDX, good: data}), "mnist")
    return judge(whole, good, data, folder, code, output)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shown")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--files", type=int, default=40, help="of each kind")
    options = parser.parse_args()
    random_, complaints, tally = random.Random(options.seed), [], collections.Counter()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for kind in KINDS:
            goods = [("good", good, IDX[good] if kind.name == "idx" else good) for good in kind.goods]
            for number, (edit, good, data) in enumerate(goods + list(spoilt_files(kind, random_, options.files))):
                verdict = look_at(kind, edit, good, data, folder, options.shown)
                tally[kind.name, verdict if verdict in ("read", "refused") else "WRONG"] += 1
                if verdict not in ("read", "refused") or (edit == "good" and verdict != "read"):
                    complaints.append(f"{kind.name} {number}, {edit}: {verdict}\n  {data!r}")
            if not tally[kind.name, "refused"]:
                complaints.append(f"{kind.name}: no file was spoilt")
    print("\n".join(complaints))
    print(", ".join(f"{name} {verdict}: {count}" for (name, verdict), count in sorted(tally.items())))
    sys.exit(bool(complaints))


if __name__ == "__main__":
    main()
