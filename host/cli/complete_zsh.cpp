// SPDX-License-Identifier: MIT
#include "cli/completion.hpp"

namespace ubp {
namespace {

constexpr const char* kHead = R"sh(#compdef ubp
# zsh completion for ubp: made by `ubp __complete zsh`

_ubp_list() {  # $1: a list that ubp itself knows
  local -i at=${words[(I)--db]}
  ((at)) && local -x UBP_DB=${words[at + 1]}
  case $1 in
)sh";

constexpr const char* kReply = R"sh(  esac
}

_ubp_reply() {  # $1: what may stand here
  case $1 in
    '') ;;
    files) _files ;;
    folders) _files -/ ;;
    choices:*) compadd -- ${=1#choices:} ;;
    keys) compadd -S '' -- ${(f)"$(_ubp_list keys)"} ;;
    components) if [[ $words[2] == describe ]]; then compadd -- ${(f)"$(_ubp_list components)"}
      else compadd -- ${(f)"$(_ubp_list kinds)"}; fi ;;
    *) compadd -- ${(f)"$(_ubp_list $1)"} ;;
  esac
}

_ubp() {
  local -a verbs=(
)sh";

constexpr const char* kBody = R"sh(  )
  if ((CURRENT == 2)); then
    _describe verb verbs
    return
  fi
  shift words
  ((CURRENT--))
  case $words[1] in
    help) ((CURRENT == 2)) && _describe verb verbs ;;
)sh";

constexpr const char* kTail = R"sh(  esac
}

if [[ $funcstack[1] == _ubp ]]; then
  _ubp "$@"
else
  compdef _ubp ubp
fi
)sh";

std::string escaped(const std::string& text, const std::string& special) {
  std::string result;
  for (const char c : text) result += special.find(c) == std::string::npos ? std::string(1, c) : std::string("\\") + c;
  return result;
}

/// ":SWEEP: _ubp_reply sweeps", as _arguments reads it.
std::string place(const std::string& name, const std::string& what) {
  return fmt::format(":{}: _ubp_reply {}", escaped(name, ":"),
                     what.empty() ? "\"\"" : "\"" + escaped(what, ":") + "\"");
}

std::string option_spec(const OptionDecl& o) {
  const std::string value = o.placeholder.empty() ? "" : place(o.placeholder, candidates(o.placeholder, o.choices));
  const std::string rest = shell_quoted(fmt::format("[{}]{}", escaped(o.meaning, "[]:"), value));
  if (o.letter.empty()) return fmt::format("--{}{}", o.name, rest);
  return fmt::format("'(-{0} --{1})'{{-{0},--{1}}}{2}", o.letter, o.name, rest);
}

std::string verb_case(const Verb& verb) {
  const Options options(verb);
  std::string text = fmt::format("    {})\n      _arguments -s", verb.name);
  for (const OptionDecl& o : options.declared()) text += " \\\n        " + option_spec(o);
  const auto& names = options.word_names();
  for (std::size_t i = 0; i < names.size(); ++i) {
    const bool last = options.more() && i + 1 == names.size();
    text +=
        " \\\n        " + shell_quoted((last ? "*" : std::to_string(i + 1)) + place(names[i], candidates(names[i])));
  }
  return text + "\n      ;;\n";
}

}  // namespace

std::string zsh_completion() {
  std::string lists, verbs, cases;
  for (const NamedList& list : kNamedLists) lists += fmt::format("    {}) {} ;;\n", list.name, list.pipeline);
  for (const Verb* verb : listed_verbs()) {
    verbs += fmt::format("    {}\n", shell_quoted(fmt::format("{}:{}", verb->name, escaped(verb->summary, ":"))));
    cases += verb_case(*verb);
  }
  return kHead + lists + kReply + verbs + kBody + cases + kTail;
}

}  // namespace ubp
