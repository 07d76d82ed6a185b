// SPDX-License-Identifier: MIT
// ubp ls: what is in the database.
#include <algorithm>
#include <cctype>

#include "base/vocabulary.hpp"
#include "cli/named.hpp"
#include "cli/options.hpp"
#include "query/listing.hpp"

namespace ubp {
namespace {

template <int (*Case)(int)>
std::string cased(std::string text) {
  for (char& c : text) c = static_cast<char>(Case(static_cast<unsigned char>(c)));
  return text;
}

std::string state_named(const std::string& text) {
  std::vector<std::string> names;
  for (int s = 0; s <= static_cast<int>(TrialState::cancelled); ++s)
    names.push_back(cased<std::tolower>(name_of(static_cast<TrialState>(s))));
  if (!text.empty() && std::find(names.begin(), names.end(), cased<std::tolower>(text)) == names.end())
    fail(Exit::usage, "ls: --state: there is no state '{}'{}", text, suggestion(text, names));
  return cased<std::toupper>(text);
}

}  // namespace

int verb_ls(const Words& words) {
  Options o("ls", "[SWEEP]",
            "Lists the sweeps, oldest first; of a SWEEP (id or name) its trials, with its parameters as columns.\n"
            "With --all or --state and no SWEEP: trials of every sweep.");
  o.value("state", "STATE", "only trials that are queued|running|complete|pruned|failed|lost|cancelled");
  o.flag("all,a", "trials of every sweep").with_database().with_format().words({"SWEEP"}, 0);
  if (!o.parse(words)) return 0;
  const Format format = o.format();
  TrialFilter filter;
  filter.state = state_named(o.get("state"));
  Reader reader(o.database());
  if (!o.words().empty()) filter.sweep_id = named_sweep(reader, o.word(0));

  const bool trials = filter.sweep_id || !filter.state.empty() || o.has("all");
  const Query q = trials ? trial_listing(reader, filter) : sweep_listing();
  if (reader.query(q, *printer(format)) > 0) return 0;
  message("ubp: {}: there is no {}", reader.file().string(), trials ? "such trial" : "sweep yet");
  return static_cast<int>(Exit::nothing);
}

}  // namespace ubp
