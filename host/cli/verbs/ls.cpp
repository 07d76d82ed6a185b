// SPDX-License-Identifier: MIT
// ubp ls: what is in the database.
#include <algorithm>
#include <cctype>
#include <iterator>

#include "base/vocabulary.hpp"
#include "cli/named.hpp"
#include "cli/options.hpp"
#include "query/front.hpp"
#include "query/listing.hpp"
#include "record/lock.hpp"

namespace ubp {
namespace {

constexpr const char* kWaits[] = {"interrupted", "preempted", "paused", "asked"};  // of those that are queued: why

template <int (*Case)(int)>
std::string cased(std::string text) {
  for (char& c : text) c = static_cast<char>(Case(static_cast<unsigned char>(c)));
  return text;
}

std::vector<std::string> state_names() {
  std::vector<std::string> names;
  for (int s = 0; s <= static_cast<int>(TrialState::cancelled); ++s)
    names.push_back(cased<std::tolower>(name_of(static_cast<TrialState>(s))));
  names.insert(names.end(), std::begin(kWaits), std::end(kWaits));
  return names;
}

/// "" for "": any.
void filter_state(const std::string& text, TrialFilter& filter) {
  const std::vector<std::string> names = state_names();
  const std::string name = cased<std::tolower>(text);
  if (!text.empty() && std::find(names.begin(), names.end(), name) == names.end())
    fail(Exit::usage, "ls: --state: there is no state '{}'{}", text, suggestion(text, names));
  const bool waits = std::find(std::begin(kWaits), std::end(kWaits), name) != std::end(kWaits);
  filter.state = waits ? name_of(TrialState::queued) : cased<std::toupper>(text);
  if (waits) filter.waits = name;
}

void declare(Options& o) {
  const std::vector<std::string> states = state_names();
  o.value("state", "STATE", fmt::format("only trials that are {}", fmt::join(states, ", "))).choices(states);
  o.value("where", "FILTER", "only trials that match, as `ubp find` has it");
  o.flag("all,a", "trials of every sweep").with_database().with_format().words({"SWEEP"}, 0);
}

std::int64_t list_sweeps(Reader& reader, bool written, RowSink& sink) {
  FrontCells fronts(reader, sink);
  return reader.query(sweep_listing(written), fronts);
}

int run(const Options& o) {
  const Format format = o.format();
  TrialFilter filter;
  filter_state(o.get("state"), filter);
  filter.where = o.get("where");
  Reader reader(o.database());
  if (!o.words().empty()) filter.sweep_id = named_sweep(reader, o.word(0));

  const bool trials = filter.sweep_id || !filter.state.empty() || o.has("where") || o.has("all");
  filter.written = writer_of(reader.file()).has_value();
  const auto sink = printer(format);
  if ((trials ? reader.query(trial_listing(reader, filter), *sink) : list_sweeps(reader, filter.written, *sink)) > 0)
    return 0;
  message("ubp: {}: there is no {}", reader.file().string(), trials ? "such trial" : "sweep yet");
  return static_cast<int>(Exit::nothing);
}

}  // namespace

extern const Verb ls_verb = {.name = "ls",
                             .synopsis = "[SWEEP]",
                             .summary = "list sweeps, or the trials of one",
                             .about =
                                 "Lists the sweeps, oldest first (STOPPED: trials ran when their ubp died); of a SWEEP "
                                 "(id or name) its trials, with its parameters as columns.\n"
                                 "With --all, --state or --where and no SWEEP: trials of every sweep.",
                             .example = "ubp ls rings --where 'latent = 4 and state = complete'",
                             .declare = declare,
                             .run = run};

}  // namespace ubp
