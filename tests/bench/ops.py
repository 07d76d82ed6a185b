#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Single ops against PyTorch's, there and back, side by side: tests/bench/ops.py [--peer PYTHON] [--rounds N] [OP ...]

On shapes of small nets, f32, one thread each: microseconds of a forward pass and of a backward pass to every input,
medians of rounds in turns. PyTorch is that of --peer, an interpreter that has it (also UBP_PEER_PYTHON); without one
only ubp is timed. --smoke: one short round of ubp; checks that it runs, not how fast.
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
BENCH = os.environ.get("UBP_OP_BENCH", str(HERE.parent.parent / "build/release/tests/bench/op_bench"))
ENV = dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")

# The case as the engine reads it, and the same in PyTorch: x is the list of inputs; integers are drawn by the peer.
ROWS = [
    ("matmul", "[8,4,32,16], [8,4,16,32]", "x[0] @ x[1]"),
    ("matmul", "[64,32,16], [16,32]", "x[0] @ x[1]"),
    ("attention", "[8,4,32,16], [8,4,32,16], [8,4,32,16]", "F.scaled_dot_product_attention(x[0], x[1], x[2])"),
    ("attention", "[8,4,32,16], [8,4,32,16], [8,4,32,16]; causal = 1",
     "F.scaled_dot_product_attention(x[0], x[1], x[2], is_causal=True)"),
    ("erf", "[128,64]", "torch.erf(x[0])"),
    ("cumsum", "[128,64]", "torch.cumsum(x[0], -1)"),
    ("cumsum", "[128,64]; axis = 0", "torch.cumsum(x[0], 0)"),
    ("top_k", "[128,64] grid -1..1; k = 8", "torch.topk(x[0], 8)[0]"),
    ("take_along", "[128,64], [128,8] < 64", "torch.gather(x[0], -1, index(64, 128, 8))"),
    ("one_hot", "[128] < 16; classes = 16", "F.one_hot(index(16, 128), 16).float()"),
    ("cast", "[128,64]; to = f64", "x[0].double()"),
    ("greater", "[128,64], [128,64]", "(x[0] > x[1]).float()"),
    ("conv1d", "[32,8,64], [16,8,5], [16]; pad = 2", "F.conv1d(x[0], x[1], x[2], padding=2)"),
    ("conv1d", "[32,16,64], [32,16,4], [32]; stride = 2, pad = 1", "F.conv1d(x[0], x[1], x[2], stride=2, padding=1)"),
    ("group_norm", "[32,16,8,8], [16] in 0.5..1.5, [16]; groups = 4", "F.group_norm(x[0], 4, x[1], x[2])"),
    ("layer_norm", "[128,64], [64] in 0.5..1.5, [64]", "F.layer_norm(x[0], (64,), x[1], x[2])"),
    ("batch_norm", "[128,64], [64] in 0.5..1.5, [64]", "F.batch_norm(x[0], None, None, x[1], x[2], training=True)"),
    ("upsample", "[32,8,8,8]", "F.interpolate(x[0], scale_factor=2, mode='nearest')"),
    ("upsample", "[32,8,8,8]; mode = bilinear", "F.interpolate(x[0], scale_factor=2, mode='bilinear')"),
    ("scan", "[64,32], [64,32]; reverse = 1", "returns(x[0], x[1])"),
    ("cholesky", "[16,16] spd", "torch.linalg.cholesky(x[0])"),
    ("triangular_solve", "[16,16] spd, [16,32]", "torch.linalg.solve_triangular(x[0].tril(), x[1], upper=False)"),
    ("inverse", "[16,16] spd", "torch.linalg.inv(x[0])"),
    ("logdet", "[16,16] spd", "torch.logdet(x[0])"),
    ("logdet", "[32,8,8] spd", "torch.logdet(x[0])"),
    ("eigh", "[16,16] spd", "torch.linalg.eigh(x[0])[0]"),
    ("nearest", "[128,16], [64,16]; k = 4", "torch.cdist(x[0], x[1]).square().topk(4, largest=False)[0]"),
]

PEER = r"""
import json, re, statistics, sys, time
import torch, torch.nn.functional as F
torch.set_num_threads(1)
torch.manual_seed(1)
drawn = {}
def index(limit, *shape):
    if shape not in drawn:
        drawn[shape] = torch.randint(limit, shape)
    return drawn[shape]
def returns(x, decay):  # PyTorch has no scan: what its users write
    y, all_ = torch.zeros_like(x[0]), []
    for t in range(len(x) - 1, -1, -1):
        y = x[t] + decay[t] * y
        all_.append(y)
    return torch.stack(all_[::-1])
def leaf(text):
    shape = [int(n) for n in re.match(r"\[(.*?)\]", text)[1].split(",") if n]
    v = torch.rand(shape) * 2 - 1
    if "spd" in text:
        v = v @ v.mT + 2 * torch.eye(shape[-1])
    return v.requires_grad_()
seconds, case, code = float(sys.argv[1]), sys.argv[2], compile(sys.argv[3], "op", "eval")
x = [leaf(part) for part in re.findall(r"\[[^\]]*\][^,;]*", case.split(";")[0]) if "<" not in part]
rounds, end = [], time.perf_counter() + seconds
while time.perf_counter() < end or not rounds:
    since = time.perf_counter()
    for _ in range(20):
        y = eval(code)
        if y.requires_grad:
            for v in x:
                v.grad = None
            y.sum().backward()
    rounds.append((time.perf_counter() - since) / 20)
print(statistics.median(rounds[len(rounds) // 4:]) * 1e6)
"""


def timed(command):
    done = subprocess.run(command, env=ENV, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr.strip())
    return float(done.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ops", nargs="*")
    parser.add_argument("--peer", default=os.environ.get("UBP_PEER_PYTHON"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--smoke", action="store_true")
    options = parser.parse_args()
    seconds, rounds, peer = (0.0, 1, None) if options.smoke else (0.3, options.rounds, options.peer)
    if not peer and not options.smoke:
        print("no PyTorch was named (--peer PYTHON): only ubp is timed", file=sys.stderr)
    print(f"{'op':<18}{'ubp us':>9}{'PyTorch us':>12}{'ratio':>8}   case")
    for op, case, code in ROWS:
        if options.ops and op not in options.ops:
            continue
        mine, theirs = [], []
        for _ in range(rounds):
            mine.append(timed([BENCH, str(seconds), op, case]))
            if peer:
                theirs.append(timed([peer, "-c", PEER, str(seconds), case, code]))
        m = statistics.median(mine)
        line = f"{op:<18}{m:>9.1f}"
        line += f"{statistics.median(theirs):>12.1f}{statistics.median(theirs) / m:>8.2f}" if peer else " " * 20
        print(f"{line}   {case}", flush=True)


if __name__ == "__main__":
    main()
