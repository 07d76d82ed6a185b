// SPDX-License-Identifier: MIT
// ubp stop: ends what runs on a database, resumable.
#include "run/stop.hpp"
#include "cli/named.hpp"
#include "cli/options.hpp"
#include "query/sweeps.hpp"

namespace ubp {
namespace {

void declare(Options& o) {
  o.words({"SWEEP"}, 0).with_database();
  o.flag("now", "kill the trials, as a second Ctrl-C does");
}

int nothing(const std::string& why) {
  message("ubp: {}", why);
  return static_cast<int>(Exit::nothing);
}

void tell_what_is_left(const std::filesystem::path& database, std::int64_t sweep_id) {
  Reader reader(database);
  const SweepProgress left = sweep_progress(reader, sweep_id);
  const std::int64_t confirms = declared_sweep(reader, sweep_id).confirms;
  message("sweep {} '{}' {}: {} of {} trials complete{}{}", sweep_id, sweep_facts(reader, sweep_id).name,
          left.to_do > 0 ? "is stopped" : "had come to its end", left.complete, left.total,
          left.failed > 0 ? fmt::format(", {} failed", left.failed) : "",
          left.to_do > 0
              ? fmt::format(", {} to do; to continue: ubp {} --db {}", left.to_do,
                            confirms > 0 ? fmt::format("confirm {}", confirms) : fmt::format("resume {}", sweep_id),
                            database.string())
              : "");
}

int run(const Options& o) {
  const std::filesystem::path database = o.database();
  std::int64_t wanted = 0;
  {
    Reader reader(database);
    if (!o.words().empty()) wanted = named_sweep(reader, o.word(0));
  }
  if (!writer_of(database)) return nothing(fmt::format("{}: nothing runs there", database.string()));
  const std::optional<Writer> writer = coordinator_of(database);
  if (!writer) return nothing(fmt::format("{}: no sweep runs there", database.string()));
  if (wanted > 0 && writer->sweep_id > 0 && writer->sweep_id != wanted)
    return nothing(
        fmt::format("sweep {} does not run: process {} carries out sweep {}", wanted, writer->pid, writer->sweep_id));
  if (writer->host.empty())
    message("process {} is asked to end sweep {}: {}", writer->pid, writer->sweep_id,
            o.has("now") ? "its trials are killed" : "its trials write checkpoints");
  stop_coordinator(database, *writer, o.has("now"), [](const std::string& sentence) { message("{}", sentence); });
  tell_what_is_left(database, writer->sweep_id);
  return 0;
}

}  // namespace

extern const Verb stop_verb = {
    .name = "stop",
    .synopsis = "[SWEEP]",
    .summary = "end what runs on a database, resumable",
    .about =
        "Asks the ubp that carries out a sweep (id or name; default: whichever it is) on the database to end as Ctrl-C "
        "does -\n"
        "its trials write checkpoints -, waits until it has, and says what is left to do. With --now as a second "
        "Ctrl-C.",
    .example = "ubp stop rings",
    .declare = declare,
    .run = run};

}  // namespace ubp
