// SPDX-License-Identifier: MIT
#include "cli/completion.hpp"

namespace ubp {
namespace {

constexpr const char* kHead = R"sh(# bash completion for ubp: made by `ubp __complete bash`

_ubp_list() {  # $1: a list that ubp itself knows
  local i
  for ((i = 2; i + 1 < COMP_CWORD; i++)); do
    [[ ${COMP_WORDS[i]} == --db ]] && local -x UBP_DB=${COMP_WORDS[i + 1]}
  done
  case $1 in
)sh";

constexpr const char* kReply = R"sh(  esac
}

_ubp_reply() {  # $1: what may stand here
  case $1 in
    '') ;;
    files) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    folders) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
    choices:*) mapfile -t COMPREPLY < <(compgen -W "${1#choices:}" -- "$current") ;;
    components) [[ ${COMP_WORDS[2]} == describe ]] || set -- kinds ;&
    *)
      [[ $1 == keys ]] && compopt -o nospace
      mapfile -t COMPREPLY < <(compgen -W "$(_ubp_list "$1")" -- "$current")
      ;;
  esac
}

_ubp() {
  local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} verb=${COMP_WORDS[1]}
  local options='' valued='' words=() more='' typed=0 i
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    _ubp_reply "choices:$_ubp_verbs"
    return
  fi
  case "$verb $before" in
)sh";

constexpr const char* kTail = R"sh(    *) return ;;
  esac
  if [[ $current == -* ]]; then
    _ubp_reply "choices:$options"
    return
  fi
  [[ $current == = || $before == = ]] && return  # a value: any
  for ((i = 2; i < COMP_CWORD; i++)); do  # "a=b" is three words to bash
    case ${COMP_WORDS[i]} in
      =) i=$((i + 1)) ;;
      -*)
        [[ ${COMP_WORDS[i + 1]} == = ]] && i=$((i + 2)) && continue
        [[ " $valued " == *" ${COMP_WORDS[i]} "* ]] && i=$((i + 1))
        ;;
      *) typed=$((typed + 1)) ;;
    esac
  done
  [[ $more && $typed -ge ${#words[@]} ]] && typed=$((${#words[@]} - 1))
  _ubp_reply "${words[typed]}"
}

complete -F _ubp ubp
)sh";

std::string option_words(const OptionDecl& o) { return (o.letter.empty() ? "" : "-" + o.letter + " ") + "--" + o.name; }

/// The values of one verb's options: one case for each that has some.
std::string value_cases(const Verb& verb) {
  const Options options(verb);
  std::string text;
  for (const OptionDecl& o : options.declared()) {
    if (o.placeholder.empty()) continue;
    std::string pattern = fmt::format("'{} --{}'", verb.name, o.name);
    if (!o.letter.empty()) pattern += fmt::format(" | '{} -{}'", verb.name, o.letter);
    text +=
        fmt::format("    {}) _ubp_reply {}; return ;;\n", pattern, shell_quoted(candidates(o.placeholder, o.choices)));
  }
  return text;
}

std::string verb_case(const Verb& verb) {
  const Options options(verb);
  std::vector<std::string> all, valued, words;
  for (const OptionDecl& o : options.declared()) {
    all.push_back(option_words(o));
    if (!o.placeholder.empty()) valued.push_back(option_words(o));
  }
  for (const std::string& word : options.word_names()) words.push_back(shell_quoted(candidates(word)));
  return fmt::format("    {}) options={} valued={} words=({}) more={} ;;\n", verb.name,
                     shell_quoted(fmt::format("{}", fmt::join(all, " "))),
                     shell_quoted(fmt::format("{}", fmt::join(valued, " "))), fmt::join(words, " "),
                     options.more() ? "1" : "''");
}

}  // namespace

std::string bash_completion() {
  std::string lists, values, cases, names = "help";
  for (const NamedList& list : kNamedLists) lists += fmt::format("    {}) {} ;;\n", list.name, list.pipeline);
  for (const Verb* verb : listed_verbs()) {
    names += std::string(" ") + verb->name;
    values += value_cases(*verb);
    cases += verb_case(*verb);
  }
  return kHead + lists + kReply + values + "  esac\n  case $verb in\n    help) words=(\"choices:$_ubp_verbs\") ;;\n" +
         cases + kTail + fmt::format("_ubp_verbs={}\n", shell_quoted(names));
}

}  // namespace ubp
