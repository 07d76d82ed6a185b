// SPDX-License-Identifier: MIT
// ubp mcp: the database as tools of a Model Context Protocol server.
#include <unistd.h>

#include "cli/options.hpp"
#include "mcp/serve.hpp"

namespace ubp {
namespace {

void declare(Options& o) { o.with_database(); }

int run(const Options& o) {
  mcp::serve(STDIN_FILENO, stdout, o.database().string());
  return 0;
}

}  // namespace

extern const Verb mcp_verb = {
    .name = "mcp",
    .summary = "serve the database to a program that speaks the Model Context Protocol",
    .about =
        "A server of the Model Context Protocol (JSON-RPC 2.0 on standard input and output, one message a line, until\n"
        "the input ends) with tools that list and compare sweeps, configs and trials, search, draw and ask in SQL. "
        "One\n"
        "of them can write: keep_or_discard, as `ubp gate`, which tags and notes if it is told to record. A client\n"
        "starts it itself:\n"
        "  {\"mcpServers\": {\"ubp\": {\"command\": \"ubp\", \"args\": [\"mcp\", \"--db\", \"/path/to/ubp.db\"]}}}",
    .example = "ubp mcp --db ubp.db",
    .declare = declare,
    .run = run};

}  // namespace ubp
