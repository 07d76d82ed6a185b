#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The client of the package `mcp` asks `ubp mcp`, in both eras of the protocol: tests/mcp/asked_by_others.py UBP

UBP_MCP_PYTHON names an interpreter that has the package; the test calls itself with it.
"""
import asyncio
import base64
import json
import pathlib
import subprocess
import sys


async def ask(ubp, database, mode):
    import mcp
    from mcp.client.client import Client
    from mcp.client.stdio import StdioServerParameters

    server = StdioServerParameters(command=ubp, args=["mcp", "--db", database])
    async with Client(server, mode=mode) as client:
        found = {"revision": client.protocol_version}
        found["tools"] = sorted(tool.name for tool in (await client.list_tools()).tools)
        board = await client.call_tool("leaderboard", {"sweep": "rings"})
        found["best"] = json.loads(board.content[0].text)[0]["config"]
        gate = await client.call_tool("keep_or_discard", {"baseline": "rings/0", "candidate": "rings/1"})
        found["decision"] = gate.structured_content["decision"]
        image = (await client.call_tool("plot", {"kind": "box", "of": "rings"})).content[0]
        found["image"] = (image.mime_type, base64.b64decode(image.data)[1:4].decode())
        failed = await client.call_tool("trial", {"trial": "rings/9.9"})
        found["failed"] = (failed.is_error, len(failed.content))
        try:
            await client.call_tool("nothing", {})
        except mcp.MCPError as e:
            found["unknown"] = e.error.code
    return found


def main():
    if len(sys.argv) > 2:
        print(json.dumps(asyncio.run(ask(*sys.argv[1:]))))
        return
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
    from served import check, interpreter, swept
    python = interpreter("UBP_MCP_PYTHON")
    ubp = str(pathlib.Path(sys.argv[1]).resolve())
    world = swept(ubp)
    best = world.rows("SELECT config FROM leaderboard WHERE sweep = 'rings' AND rank = 1")[0]["config"]
    for mode, revision in (("legacy", "2025-11-25"), ("auto", "2026-07-28"), ("2026-07-28", "2026-07-28")):
        done = subprocess.run([python, __file__, ubp, str(world.folder / "ubp.db"), mode], capture_output=True,
                              text=True, timeout=120)
        check((done.returncode, done.stderr), (0, ""), f"the client, {mode}")
        found = json.loads(done.stdout)
        check((found["revision"], found["best"], found["decision"], found["unknown"]), (revision, best, "keep", -32602),
              mode)
        check((found["image"], found["failed"], len(found["tools"])), (["image/png", "PNG"], [True, 1], 13), mode)
    print("the client of the package mcp was answered, in both eras")


if __name__ == "__main__":
    main()
