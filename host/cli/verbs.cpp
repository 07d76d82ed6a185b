// SPDX-License-Identifier: MIT
// The one list of verbs. A new one: its file in verbs/, and its name twice here.
#include "cli/verb.hpp"

namespace ubp {

extern const Verb run_verb, sweep_verb, resume_verb, confirm_verb, stop_verb, slurm_verb, ask_verb, tell_verb;
extern const Verb ls_verb, find_verb, show_verb, top_verb, tail_verb, best_verb, compare_verb, gate_verb,
    importance_verb, choosing_verb;
extern const Verb plot_verb, explain_verb, report_verb, prune_verb, sql_verb, reproduce_verb, diff_verb, tag_verb,
    note_verb;
extern const Verb doctor_verb, gc_verb;
extern const Verb export_verb, import_verb, mcp_verb, plugin_verb, ops_verb, spec_verb, data_verb, db_verb, merge_verb;
extern const Verb worker_verb, describe_verb, decode_verb, man_verb, complete_verb, forks_verb, relay_verb, share_verb;

std::string text_of(const Verb& verb) {
  std::string text = verb.about;
  if (!*verb.example) return text;
  text += std::string_view(verb.example).find('\n') == std::string_view::npos ? "\n\nExample:\n" : "\n\nExamples:\n";
  for (const char* at = verb.example; *at; ++at) {
    if (at == verb.example || at[-1] == '\n') text += "  ";
    text += *at;
  }
  return text;
}

std::span<const Verb* const> verbs() {
  static constexpr const Verb* kVerbs[] = {
      &run_verb,    &sweep_verb,      &resume_verb,   &confirm_verb, &stop_verb,     &slurm_verb,   &ask_verb,
      &tell_verb,  // to run
      &ls_verb,     &find_verb,       &show_verb,     &top_verb,     &tail_verb,     &best_verb,    &compare_verb,
      &gate_verb,   &importance_verb, &choosing_verb, &plot_verb,    &report_verb,   &explain_verb, &prune_verb,
      &sql_verb,    &reproduce_verb,  &diff_verb,     &tag_verb,     &note_verb,  // to look at results
      &export_verb, &import_verb,     &mcp_verb,      &plugin_verb,  &ops_verb,      &spec_verb,    &data_verb,
      &db_verb,     &doctor_verb,     &gc_verb,       &merge_verb,  // to look up, to keep
      &worker_verb, &describe_verb,   &decode_verb,   &man_verb,     &complete_verb, &forks_verb,   &relay_verb,
      &share_verb};  // hidden
  return kVerbs;
}

}  // namespace ubp
