#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`ubp mcp` answers a client with nothing but the standard library: tests/mcp/spoken.py UBP"""
import base64
import json
import pathlib
import struct
import sys
import zlib
from random import Random

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from served import SPEC, Client, check, listing, swept  # noqa: E402

MODERN = {"io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {}}


def revisions(world):
    for asked, agreed in (("2024-11-05", "2024-11-05"), ("2025-03-26", "2025-03-26"), ("2025-06-18", "2025-06-18"),
                          ("2025-11-25", "2025-11-25"), ("2099-01-01", "2025-11-25"), ("", "2025-11-25")):
        client = Client(world)
        found = client.initialize(asked)
        check(found["protocolVersion"], agreed, f"the revision for {asked}")
        check(found["serverInfo"]["name"], "ubp", "who answers")
        check(found["capabilities"], {"tools": {}}, "capabilities")
        check(client.ask("ping")["result"], {}, "ping")
        batch = [{"jsonrpc": "2.0", "id": "a", "method": "ping"}, {"jsonrpc": "2.0", "method": "notifications/x"}, 5]
        client.send(batch)
        answer = client.receive()
        if agreed == "2025-03-26":
            check([each.get("id") for each in answer], ["a", None], "a batch")
            client.send([{"jsonrpc": "2.0", "method": "notifications/x"}])  # no answer is due
        else:
            check(answer["error"]["code"], -32600, "a batch")
        check(client.end(), ("", ""), "all that was said")


def stateless(world):
    """The revision without a handshake."""
    client = Client(world)
    found = client.ask("server/discover", {"_meta": MODERN})["result"]
    check((found["supportedVersions"], found["resultType"], found["cacheScope"]),
          (["2026-07-28"], "complete", "public"), "discovery")
    check(found["_meta"]["io.modelcontextprotocol/serverInfo"]["name"], "ubp", "who answers")
    check(len(client.ask("tools/list", {"_meta": MODERN})["result"]["tools"]) > 10, True, "tools")
    called = client.ask("tools/call", {"_meta": MODERN, "name": "sweeps"})["result"]
    check((called["isError"], called["resultType"]), (False, "complete"), "a call")
    revision = "io.modelcontextprotocol/protocolVersion"
    for method, meta, code in (("ping", MODERN, -32601), ("initialize", MODERN, -32601),
                               ("server/discover", None, -32602), ("tools/list", {**MODERN, revision: 7}, -32602),
                               ("tools/list", {revision: "2026-07-28"}, -32602),
                               ("tools/list", {**MODERN, revision: "2099-01-01"}, -32022)):
        check(client.ask(method, {"_meta": meta} if meta else {})["error"]["code"], code, (method, meta))
    check(client.ask("tools/list", {})["error"]["code"], -32600, "before initialize")
    client.end()


def listed(client):
    tools = {tool["name"]: tool for tool in client.ask("tools/list")["result"]["tools"]}
    writes = [name for name, tool in tools.items() if not tool["annotations"]["readOnlyHint"]]
    check(writes, ["keep_or_discard"], "the tools that can write")
    for name, tool in tools.items():
        schema = tool["inputSchema"]
        check(schema["type"], "object", name)
        check(set(schema.get("required", [])) <= set(schema["properties"]), True, name)
        check(len(tool["description"]) > 30 and "title" in tool, True, name)
    check("enum" in tools["plot"]["inputSchema"]["properties"]["kind"], True, "kinds of figures")
    check(tools["leaderboard"]["inputSchema"]["properties"]["limit"]["default"], 10, "a default")
    return tools


def pixels(png):
    """Width and height of a PNG all of whose chunks are whole, and its lines after decompression."""
    check(png[:8], b"\x89PNG\r\n\x1a\n", "the signature")
    at, data, size = 8, b"", None
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at:at + 8])
        body = png[at + 8:at + 8 + length]
        check(zlib.crc32(kind + body), struct.unpack_from(">I", png, at + 8 + length)[0], "the sum of a chunk")
        if kind == b"IHDR":
            size = struct.unpack(">IIBB", body[:10])
        data += body if kind == b"IDAT" else b""
        at += 12 + length
    width, height, depth, colour = size
    channels = {0: 1, 2: 3, 6: 4}[colour]
    check(len(zlib.decompress(data)), height * (1 + width * channels * depth // 8), "the lines of the picture")
    return width, height


def every_tool(world, client, tools):
    asked = {name: False for name in tools}

    def ubp(*words):
        code, out, error = world.run(*words, "--format", "json")
        check(code in (0, 9), True, error)
        return json.loads(out)

    def same(tool, words, **arguments):
        asked[tool] = True
        check(client.rows(tool, **arguments), ubp(*words), tool)

    same("sweeps", ["ls"])
    same("trials", ["ls", "rings"], sweep="rings")
    same("trials", ["ls", "rings", "--where", "replicate < 2"], sweep="rings", where="replicate < 2")
    same("leaderboard", ["best", "rings"], sweep="rings")
    same("leaderboard", ["best", "rings", "-k", "1"], sweep="rings", limit=1)
    same("find", ["find", "lr > 1e-3"], filter="lr > 1e-3")
    same("find", ["find", "", "--sort", "value:desc", "--cols", "lr,value", "--limit", "3"],
         sort="value:desc", cols="lr,value", limit=3)
    same("find", ["find", "", "--by", "lr", "--pivot", "replicate"], by="lr", pivot="replicate")
    same("names", ["find", "--names"])
    same("trial", ["show", "rings/1.0"], trial="rings/1.0")
    same("compare", ["compare", "rings/0", "rings/1"], configs=["rings/0", "rings/1"])
    same("compare", ["compare", "rings/0", "rings/1", "--rope", "0.01"], configs=["rings/0", "rings/1"], rope=0.01)
    same("importance", ["importance", "rings"], sweep="rings")
    same("differences", ["diff", "rings/0.0", "rings/1.0"], a="rings/0.0", b="rings/1.0")
    same("sql", ["sql", "SELECT trial_id, value FROM trials"], query="SELECT trial_id, value FROM trials")
    same("keep_or_discard", ["gate", "rings/0", "rings/1"], baseline="rings/0", candidate="rings/1")
    asked["report"] = asked["plot"] = True
    check(client.call("report", sweep="rings")["content"][0]["text"].strip(), world.run("report", "rings")[1].strip(),
          "the report")
    image = client.call("plot", kind="box", of="rings", top=2)["content"][0]
    check((image["type"], image["mimeType"]), ("image", "image/png"), "a picture")
    width, height = pixels(base64.b64decode(image["data"]))
    check(width > 300 and height > 200, True, "the size of the picture")
    check([name for name, was in asked.items() if not was], [], "tools that were not asked")

    page = client.call("trial", trial="1")
    check(page["structuredContent"], json.loads(page["content"][0]["text"]), "structured content")
    check("minimize train.loss" in client.call("leaderboard", sweep="rings")["content"][1]["text"], True,
          "what is told beside the leaderboard")


def gate(world, client):
    kept = client.call("keep_or_discard", baseline="rings/0", candidate="rings/1")
    found = kept["structuredContent"]
    check((found["decision"], found["n"], found["recorded_trials"]), ("keep", 6, 0), found["sentence"])
    check(found["high"] < 0 and found["p"] < 0.05, True, found)
    check(world.rows("SELECT * FROM tags"), [], "tags that nobody asked for")
    found = client.call("keep_or_discard", baseline="rings/1", candidate="rings/0", record=True)["structuredContent"]
    check((found["decision"], found["recorded_trials"]), ("discard", 6), found["sentence"])
    said = world.rows("SELECT t.name, t.tag, n.note FROM tags t JOIN notes n USING (trial_id) ORDER BY t.trial_id")
    check([(row["name"], row["tag"], row["note"]) for row in said],
          [(f"rings/0.{r}", "discarded", found["sentence"]) for r in range(6)], "what is said of the trials")
    client.call("keep_or_discard", baseline="rings/2", candidate="rings/0", record=True)
    check(len(world.rows("SELECT * FROM annotation WHERE kind = 'tag'")), 6, "tags after the same decision")
    check(len(world.rows("SELECT * FROM notes")), 12, "notes after two decisions")
    world.run("tag", "rings/1.0", "+discarded", "+mine")
    client.call("keep_or_discard", baseline="rings/0", candidate="rings/1", record=True)
    check([row["tag"] for row in world.rows("SELECT tag FROM tags WHERE name = 'rings/1.0' ORDER BY tag")],
          ["kept", "mine"], "the tag of the latest decision in place of the earlier one")
    check(client.failure("keep_or_discard", baseline="rings/0", candidate="other/0"),
          "rings/0 and other/0 have no seed in common, expected two or more: give both the same seeds", "unpaired")
    check("one config" in client.failure("keep_or_discard", baseline="rings/0", candidate="rings/0"), True, "itself")
    best = client.call("keep_or_discard", baseline="rings/0", candidate="rings")["structuredContent"]
    check((best["candidate_chosen_among"], "for the best of 10 configs" in best["sentence"]), (10, True), best)
    check([world.run("gate", *words)[0] for words in (("rings/0", "rings/1"), ("rings/1", "rings/0"),
                                                      ("rings/0", "other/0"))], [0, 9, 4], "exit codes of ubp gate")


def malformed(world):
    client = Client(world)
    client.initialize()
    start = b'{"jsonrpc": "2.0", "id": 1, "method": '
    for data, code in (
            (b"", None), (b"{", -32700), (b"\xff\xfe\x00\x01", -32700), (b"nonsense", -32700),
            (start + b'"ping"} x', -32700), (b"5", -32600), (b'"ping"', -32600), (b"null", -32600), (b"[]", -32600),
            (b"{}", -32600), (b'{"id": 1, "method": "ping"}', -32600),
            (b'{"jsonrpc": "1.0", "id": 1, "method": "ping"}', -32600), (start + b"7}", -32600),
            (b'{"jsonrpc": "2.0", "id": null, "method": "ping"}', -32600),
            (b'{"jsonrpc": "2.0", "id": {"a": 1}, "method": "ping"}', -32600),
            (b'{"jsonrpc": "2.0", "id": 1.5, "method": "ping"}', -32600),
            (start + b'"pong"}', -32601), (start + b'"resources/list"}', -32601),
            (start + b'"tools/call", "params": [1]}', -32602), (start + b'"tools/call"}', -32602),
            (start + b'"tools/call", "params": {"name": "rm"}}', -32602),
            (start + b'"tools/call", "params": {"name": "sweeps", "arguments": 3}}', -32602),
            (start + b'"initialize", "params": {"protocolVersion": 1}}', -32602),
            (b'{"jsonrpc": "2.0", "method": "tools/call", "params": {"name": "sweeps"}}', None),
            (b'{"jsonrpc": "2.0", "id": 3, "result": {}}', None), (b"[" * 500000, -32600),
            (b"[" * 500000 + b"]" * 500000, -32600), (start + b"[" * 400000 + b"]" * 400000 + b"}", -32600),
            (start + b'"tools/call", "params": {"name": "find", "arguments": {"filter": '
             + b"[" * 400000 + b"]" * 400000 + b"}}}", -32600),
            (b"x" * 5_000_000, -32600), (start + b'"' + b"m" * 1000000 + b'"}', -32601)):
        client.send(data + b"\n")
        if code is not None:
            check(client.receive()["error"]["code"], code, data[:100])
    check(client.ask("ping")["result"], {}, "alive after all of them")
    client.send(b'{"jsonrpc": "2.0", "id": "last", "method": "ping"}')  # no line end before the end of the input
    out, error = client.end()
    check(json.loads(out), {"jsonrpc": "2.0", "id": "last", "result": {}}, "the last message")
    check(error, "", "stderr")


def random_bytes(world):
    """Lines of bytes that nobody has thought of, and lines that are nearly messages."""
    client, random = Client(world), Random(1)
    client.initialize()
    message = b'{"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": {"name": "names", "arguments": {}}}'
    for _ in range(300):
        if random.random() < 0.3:
            line = bytes(random.choices([byte for byte in range(256) if byte != 10], k=random.randrange(1, 200)))
        else:
            line = bytearray(message)
            for _ in range(random.randrange(1, 4)):
                at = random.randrange(len(line))
                signs = random.choices(b'{}[]",:0 \\\xc3\x00n', k=random.randrange(3))
                line[at:at + random.randrange(3)] = bytes(signs)
        client.send(bytes(line) + b"\n")
    client.send(b'{"jsonrpc": "2.0", "id": "last", "method": "ping"}\n')
    answers = [json.loads(line) for line in client.end()[0].splitlines()]
    check(answers[-1], {"jsonrpc": "2.0", "id": "last", "result": {}}, "alive after any bytes")
    check(all(("result" in answer) != ("error" in answer) for answer in answers), True, "what was answered")


def refused(client):
    for tool, arguments, sentence in (
            ("leaderboard", {"limit": "5"}, "limit: expected a whole number of at least 1, found string"),
            ("leaderboard", {"limit": 0}, "limit: expected a whole number of at least 1, found number"),
            ("leaderboard", {"limits": 5}, "leaderboard: there is no argument 'limits'; did you mean 'limit'?"),
            ("sweeps", {"limit": 5}, "sweeps: there is no argument 'limit'; it takes none"),
            ("trials", {}, "trials: the argument 'sweep' is missing"),
            ("trials", {"sweep": ["rings"]}, "sweep: expected a text, found array"),
            ("compare", {"configs": ["rings/0"]}, "configs: expected an array of two texts or more, found array"),
            ("plot", {"kind": "boxes"}, "kind: there is no 'boxes'; did you mean 'box'?"),
            ("leaderboard", {"sweep": "ring"}, "there is no sweep 'ring'; did you mean 'rings'?"),
            ("trial", {"trial": "999"}, "there is no trial 999: the last one is 70"),
            ("keep_or_discard", {"baseline": "rings/0", "candidate": "rings/1", "record": "yes"},
             "record: expected true or false, found string")):
        check(client.failure(tool, **arguments), sentence, (tool, arguments))
    big = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) SELECT i FROM n"
    check("the answer has more than 262144 bytes" in client.failure("sql", query=big), True, "a large answer")


def injected(world, client):
    """Values that look like options, files or statements stay values."""
    before, records = listing(world.folder), world.run("db", "check")[1]
    annotations = world.rows("SELECT count(*) AS n FROM annotation")
    stolen = str(world.folder / "stolen")
    for tool, arguments in (
            ("find", {"filter": f"--output={stolen}"}), ("find", {"filter": "-o"}), ("find", {"filter": "--help"}),
            ("find", {"filter": f"--db={stolen}"}), ("find", {"filter": "--"}),
            ("find", {"filter": "value > 0\n--db=x"}),
            ("find", {"filter": "", "cols": f"--db={stolen}"}), ("find", {"by": f"lr --db={stolen}"}),
            ("find", {"filter": "'; DROP TABLE trial; --"}), ("find", {"filter": "value > 0\x00--db=x"}),
            ("trials", {"sweep": "--db"}), ("trials", {"sweep": f"--db={stolen}"}), ("trials", {"sweep": "-a"}),
            ("trials", {"sweep": "rings", "state": f"complete --db={stolen}"}),
            ("trials", {"sweep": "rings", "where": f"--db={stolen}"}),
            ("leaderboard", {"sweep": "--help"}), ("trial", {"trial": "--format=table"}),
            ("compare", {"configs": ["rings/0", f"--db={stolen}"]}), ("report", {"sweep": f"--output={stolen}"}),
            ("report", {"sweep": f"-o{stolen}"}), ("plot", {"kind": "box", "of": f"--output={stolen}.png"}),
            ("plot", {"kind": "box", "metric": f"x --output={stolen}.png"}),
            ("plot", {"kind": "all", "of": "rings"}), ("sql", {"query": f"ATTACH '{stolen}' AS s"}),
            ("sql", {"query": "DELETE FROM annotation"}), ("sql", {"query": f"VACUUM INTO '{stolen}'"}),
            ("sql", {"query": "SELECT load_extension('x')"}), ("sql", {"query": "-"}),
            ("sql", {"query": "--format=csv"}),
            ("keep_or_discard", {"baseline": "--record", "candidate": "rings/1"}),
            ("keep_or_discard", {"baseline": "rings/0", "candidate": "rings/1 --record"}),
            ("keep_or_discard", {"baseline": "rings/0", "candidate": "rings/1", "metric": "--record"})):
        sentence = client.failure(tool, **arguments)
        check("Usage:" not in sentence and sentence != "", True, (tool, arguments, sentence))
    check(listing(world.folder), before, "the files of the folder")
    check(world.run("db", "check")[1], records, "the records")
    check(world.rows("SELECT count(*) AS n FROM annotation"), annotations, "the annotations")


def while_a_sweep_runs(world, client):
    world.spec(SPEC.replace('"rings"', '"live"').replace("steps = 60", "steps = 500"), "live.toml")
    sweep, complete, said = world.popen("sweep", "live.toml"), [], 0
    while sweep.poll() is None:
        complete += [row["complete"] for row in client.rows("sweeps") if row["sweep"] == "live"]
        found = client.call("keep_or_discard", baseline="rings/0", candidate="rings/2", record=True)
        check(found["structuredContent"]["decision"], "keep", found)
        said += 6
    check((sweep.communicate()[0] is not None, sweep.returncode), (True, 0), "the sweep")
    check(len(set(complete)) > 2, True, f"what was seen of it: {complete}")
    check(len(world.rows("SELECT 1 FROM notes WHERE name GLOB 'rings/2.*'")), said, "notes")
    check(world.run("db", "check")[1].splitlines()[0], "ok", "db check")


def main():
    world = swept(str(pathlib.Path(sys.argv[1]).resolve()))
    revisions(world)
    stateless(world)
    malformed(world)
    random_bytes(world)
    client = Client(world)
    client.initialize()
    tools = listed(client)
    every_tool(world, client, tools)
    refused(client)
    injected(world, client)
    gate(world, client)
    while_a_sweep_runs(world, client)
    check(client.end(), ("", ""), "what was left")

    (world.folder / "ubp.db").rename(world.folder / "away.db")
    client = Client(world)
    client.initialize()
    check("ubp.db" in client.failure("sweeps"), True, "no database")
    (world.folder / "away.db").rename(world.folder / "ubp.db")
    check(len(client.rows("sweeps")), 3, "a database that came later")
    client.end()
    print("every message was answered as it should be, and nothing else was said")


if __name__ == "__main__":
    main()
