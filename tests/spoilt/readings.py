# SPDX-License-Identifier: MIT
"""What a data file holds, read by Python alone. Each reader returns a Reading or raises Unreadable."""
import ast
import csv
import io
import re
import struct
import zipfile
from dataclasses import dataclass, field

MISSING = ("", "?", "NA", "N/A", "n/a", "#N/A", "NaN", "nan", "NULL", "Null", "null")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
VALUE_CAP = 12


class Unreadable(Exception):
    """Why these bytes are no such file."""


@dataclass
class Reading:
    """Rows of numbers (None: missing), a class for each row or None, and what columns and classes are called."""
    shape: list
    rows: dict
    columns: list = field(default_factory=list)
    classes: list = field(default_factory=list)


def is_number(text):
    return NUMBER.fullmatch(text.strip(" \t\r")) is not None


def decoded(data):
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16")
    else:
        text = data.decode("utf-8-sig")
    if "\0" in text:
        raise Unreadable("a NUL")
    return text


def in_order(texts):
    return sorted(set(texts), key=lambda text: text.encode())


def numbered(texts):
    """The classes of a label of numbers: their names and the class of each text."""
    values = [float(text) for text in texts]
    if any(value != int(value) for value in values):
        raise Unreadable("a class is no whole number")
    names = sorted({int(value) for value in values})
    return [str(name) for name in names], [names.index(int(value)) for value in values]


def table(columns, cells, label):
    """columns: (name, declared) with declared "numbers", "names", a list of names, or None: the cells decide."""
    taken, names, classes, labels = [], [], [], None
    for (name, declared), texts in zip(columns, zip(*cells)):
        known = [text for text in texts if text is not None]
        numbers = [is_number(text) for text in known]
        if declared is None and any(numbers) and not all(numbers):
            raise Unreadable(f"{name} mixes numbers and texts")
        of_numbers = declared == "numbers" or (declared is None and all(numbers))
        if of_numbers and not all(numbers):
            raise Unreadable(f"{name} holds no number")
        values = declared if isinstance(declared, list) else in_order(known)
        if not of_numbers and not set(known) <= set(values):
            raise Unreadable(f"{name} holds another value")
        if name == label:
            if len(known) < len(texts):
                raise Unreadable("a class is missing")
            classes, labels = numbered(known) if of_numbers else (values, [values.index(text) for text in known])
        elif of_numbers:
            taken.append([[text if text is None else float(text)] for text in texts])
            names.append(name)
        elif 2 < len(values) < VALUE_CAP:
            taken.append([[None if text is None else float(text == value) for value in values] for text in texts])
            names += [f"{name}={value}" for value in values]
        else:
            taken.append([[None if text is None else float(values.index(text))] for text in texts])
            names.append(f"{name}={values[1]}" if len(values) == 2 else name)
    rows = [sum(parts, []) for parts in zip(*taken)]
    if not rows:
        raise Unreadable("no rows")
    if any(value in (float("inf"), float("-inf")) for row in rows for value in row):
        raise Unreadable("a number is too large")
    return Reading([len(rows[0])], {"train": (rows, labels)}, names, classes)


def read_csv(data, label):
    reader = csv.reader(io.StringIO(decoded(data), newline=""), strict=True, skipinitialspace=True)
    lines = [line for line in reader if line and not (len(line) == 1 and not line[0].strip())]
    if not lines:
        raise Unreadable("empty")
    header, *rows = [[cell.strip(" \t\r") for cell in line] for line in lines]
    header = [name or f"column_{at + 1}" for at, name in enumerate(header)]
    if len(set(header)) < len(header) or label not in header or any(len(row) != len(header) for row in rows):
        raise Unreadable("no table")
    cells = [[None if cell in MISSING else cell for cell in row] for row in rows]
    return table([(name, None) for name in header], cells, label)


VALUE = re.compile(r"""[ \t]*('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^,{}'"%]*)[ \t]*""")


def values_of(text):
    """'a, "b c"' -> [(text, was quoted)]"""
    found, at = [], 0
    while True:
        match = VALUE.match(text, at)
        token = match[1]
        quoted = token[:1] in ("'", '"')
        plain = re.sub(r"\\(.)", lambda m: {"n": "\n", "t": "\t", "r": "\r"}.get(m[1], m[1]), token[1:-1])
        found.append((plain, True) if quoted else (token.strip(" \t"), False))
        at = match.end()
        if at == len(text):
            return found
        if text[at] != ",":
            raise Unreadable(f"text behind a value: {text[at:]}")
        at += 1


def read_arff(data, label):
    columns, cells, in_data = [], [], False
    for line in re.split(r"\r\n|\r|\n", decoded(data)):
        line = line.strip(" \t")
        if not line or line.startswith("%"):
            continue
        if in_data:
            values = values_of(line)
            if len(values) != len(columns) or ("", False) in values:
                raise Unreadable("another number of values")
            cells.append([None if value == ("?", False) else value[0] for value in values])
            continue
        declared = re.fullmatch(r"@attribute\s*('[^']*'|\"[^\"]*\"|[^\s'\"{]+)\s*(\{(.*)\}|\w+)", line, re.IGNORECASE)
        if line.lower() == "@data":
            in_data = True
        elif declared:
            kinds = {"numeric": "numbers", "real": "numbers", "integer": "numbers", "string": "names"}
            kind = kinds.get(declared[2].lower())
            if declared[3] is None and kind is None:
                raise Unreadable("another type")
            columns.append((declared[1].strip("'\""), kind or [value for value, _ in values_of(declared[3])]))
        elif not line.lower().startswith("@relation"):
            raise Unreadable("another declaration")
    names = [name for name, _ in columns]
    if not in_data or len(set(names)) < len(names) or label not in names:
        raise Unreadable("no table")
    lists = [declared for _, declared in columns if isinstance(declared, list)]
    if any(len(set(values)) < len(values) or "" in values for values in lists):
        raise Unreadable("a value twice")
    return table(columns, cells, label)


def array(data):
    """An .npy as (shape, numbers in C order, are they bytes)."""
    if data[:6] != b"\x93NUMPY" or data[6] not in (1, 2, 3) or data[7]:
        raise Unreadable("no array")
    start = 10 if data[6] == 1 else 12
    length = int.from_bytes(data[8:start], "little")
    try:
        header = ast.literal_eval(re.sub(r"(\d)L", r"\1", data[start:start + length].decode("latin-1")))
        shape, descr, fortran = header["shape"], header["descr"], header["fortran_order"]
        order, kind, size = descr[0], descr[1], int(descr[2:])
        code = {"f2": "e", "f4": "f", "f8": "d", "b1": "B", "i1": "b", "i2": "h", "i4": "i", "i8": "q", "u1": "B",
                "u2": "H", "u4": "I", "u8": "Q"}[f"{kind}{size}"]
    except (SyntaxError, ValueError, KeyError, TypeError, IndexError) as reason:
        raise Unreadable(f"damaged header: {reason}") from reason
    if set(header) != {"shape", "descr", "fortran_order"} or not isinstance(shape, tuple) or not shape:
        raise Unreadable("another header")
    if not all(isinstance(n, int) and n > 0 for n in shape) or order not in ("<>" if size > 1 else "|<>"):
        raise Unreadable("another shape or order")
    count, body = 1, data[start + length:]
    for n in shape:
        count *= n
    if len(body) != count * size:
        raise Unreadable("another size")
    numbers = struct.unpack(("<" if order == "|" else order) + f"{count}{code}", body)
    if fortran:
        numbers = from_fortran(shape, numbers)
    return shape, numbers, code == "B" and kind == "u"


def from_fortran(shape, numbers):
    strides = [1]
    for n in shape[:-1]:
        strides.append(strides[-1] * n)
    places = [0]
    for n, stride in zip(shape, strides):
        places = [place + at * stride for place in places for at in range(n)]
    return [numbers[place] for place in places]


def split_of(data, label):
    shape, numbers, _ = array(data)
    width = len(numbers) // shape[0]
    rows = [[None if n != n else float(n) for n in numbers[at:at + width]] for at in range(0, len(numbers), width)]
    if any(n in (float("inf"), float("-inf")) or (n is not None and int(n) != m and isinstance(m, int))
           for row, at in zip(rows, range(0, len(numbers), width)) for n, m in zip(row, numbers[at:at + width])):
        raise Unreadable("a number that no double holds")
    classes = None
    if label is not None:
        label_shape, values, _ = array(label)
        if label_shape[0] != shape[0] or len(values) != shape[0] or any(v != v or v != int(v) for v in values):
            raise Unreadable("other labels")
        classes = [int(v) for v in values]
    return list(shape[1:]) or [1], rows, classes


def arrays(splits):
    """{"train": (rows, labels)} of .npy contents."""
    read = {name: split_of(*split) for name, split in splits.items()}
    shape = read["train"][0]
    if len(shape) > 2 or any(other != shape for other, _, _ in read.values()):
        raise Unreadable("other rows")
    known = sorted({c for _, _, classes in read.values() for c in classes or ()})
    rows = {name: (rows, classes and [known.index(c) for c in classes]) for name, (_, rows, classes) in read.items()}
    return Reading(shape if len(shape) == 1 else [1, *shape], rows, [], [str(c) for c in known])


def read_npy(data):
    return arrays({"train": (data, None)})


def read_npz(data):
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            member = {info.filename: archive.read(info) for info in archive.infolist()}
            splits = {"train": (member["x_train.npy"], member.get("y_train.npy"))}
            if "x_test.npy" in member:
                splits["test"] = (member["x_test.npy"], member.get("y_test.npy"))
    except Exception as reason:  # zipfile raises a dozen kinds on damaged archives
        raise Unreadable(f"{type(reason).__name__}: {reason}") from reason
    return arrays(splits)


def idx(data, axes):
    if len(data) < 4 + 4 * axes or data[:3] != b"\0\0\x08" or data[3] != axes:
        raise Unreadable("no IDX file")
    shape = struct.unpack(f">{axes}I", data[4:4 + 4 * axes])
    body, count = data[4 + 4 * axes:], 1
    for n in shape:
        count *= n
    if len(body) != count or count == 0:
        raise Unreadable("another size")
    return shape, body


def read_idx(files):
    """The four files of MNIST, {name: bytes}."""
    rows, greatest, size = {}, 0, None
    for split, stem in (("train", "train"), ("test", "t10k")):
        shape, pixels = idx(files[f"{stem}-images-idx3-ubyte"], 3)
        (count,), labels = idx(files[f"{stem}-labels-idx1-ubyte"], 1)
        if count != shape[0] or (size and size != shape[1:]):
            raise Unreadable("another number of labels")
        size, width, greatest = shape[1:], shape[1] * shape[2], max(greatest, *labels)
        rows[split] = ([[float(p) for p in pixels[r * width:(r + 1) * width]] for r in range(count)], list(labels))
    return Reading([1, *size], rows, [], [str(c) for c in range(greatest + 1)])
