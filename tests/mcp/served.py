# SPDX-License-Identifier: MIT
"""What the tests of `ubp mcp` share: a database in which one config is better than another, and a client."""
import json
import pathlib
import subprocess
import sys
import types

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "fault"))
from support import World, check, interpreter, small  # noqa: E402, F401

# Learning rates far apart: configs 1 and 2 are better than config 0 on every seed.
RATES = [1e-4, 1e-2, 2e-2, 5e-4, 1e-3, 2e-3, 3e-3, 4e-3, 5e-3, 6e-3]
SPEC = small("steps = 60", f'replicates = 6\n[sweep.space]\n"optimizer.lr" = {RATES}\n')


def swept(ubp):
    """A world with two sweeps: rings, ten configs of six seeds; other, the same with one seed of its own."""
    world = World(types.SimpleNamespace(ubp=ubp))
    world.spec(SPEC)
    check(world.run("sweep", "spec.toml")[0], 0, "the sweep")
    other = SPEC.replace('"rings"', '"other"\nseed = 99').replace("replicates = 6", "replicates = 1")
    world.spec(other, "other.toml")
    check(world.run("sweep", "other.toml")[0], 0, "the other sweep")
    return world


class Client:
    """A client of the revisions with a handshake, a message at a time."""

    def __init__(self, world):
        # Nothing that a person has set tells the server's children which database is theirs.
        env = {name: value for name, value in world.env.items() if name != "UBP_DB"}
        self.process = subprocess.Popen([world.args.ubp, "mcp", "--db", str(world.folder / "ubp.db")],
                                        cwd=world.folder, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE)
        self.id = 0

    def send(self, data):
        self.process.stdin.write(data if isinstance(data, bytes) else json.dumps(data).encode() + b"\n")
        self.process.stdin.flush()

    def receive(self):
        return json.loads(self.process.stdout.readline())

    def ask(self, method, params=None, **more):
        self.id += 1
        message = {"jsonrpc": "2.0", "id": self.id, "method": method, **more}
        if params is not None:
            message["params"] = params
        self.send(message)
        answer = self.receive()
        check((answer["jsonrpc"], answer["id"]), ("2.0", self.id), "whose answer it is")
        return answer

    def initialize(self, revision="2025-11-25"):
        answer = self.ask("initialize", {"protocolVersion": revision, "capabilities": {},
                                         "clientInfo": {"name": "test", "version": "1"}})
        self.send({"jsonrpc": "2.0", "method": "notifications/initialized"})
        return answer["result"]

    def call(self, tool, **arguments):
        return self.ask("tools/call", {"name": tool, "arguments": arguments})["result"]

    def rows(self, tool, **arguments):
        """The JSON of an answer that is none of a failure."""
        result = self.call(tool, **arguments)
        check(result["isError"], False, result)
        return json.loads(result["content"][0]["text"])

    def failure(self, tool, **arguments):
        """The sentence of a call that failed."""
        result = self.call(tool, **arguments)
        check((result["isError"], len(result["content"])), (True, 1), result)
        return result["content"][0]["text"]

    def end(self):
        """What is left of stdout, and stderr, after a clean end."""
        out, error = self.process.communicate(timeout=60)
        check(self.process.returncode, 0, "the exit code at the end of the input")
        return out.decode(), error.decode()


def listing(folder):
    return {str(path.relative_to(folder)): path.stat().st_size for path in pathlib.Path(folder).rglob("*")}
