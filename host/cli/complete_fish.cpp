// SPDX-License-Identifier: MIT
#include "cli/completion.hpp"

namespace ubp {
namespace {

constexpr const char* kHead = R"sh(# fish completion for ubp: made by `ubp __complete fish`

function __ubp_list  # argv: a list that ubp itself knows
    set -l line (commandline -opc)
    set -l at (contains -i -- --db $line)
    and set -lx UBP_DB $line[(math $at + 1)]
    switch $argv[1]
)sh";

constexpr const char* kBody = R"sh(    end
end

function __ubp_verb  # whether the line has this verb
    set -l line (commandline -opc)
    test (count $line) -ge 2; and test "$line[2]" = $argv[1]
end

function __ubp_at  # argv: verb, how many words are there besides options ("2+": or more), options that take a value
    __ubp_verb $argv[1]; or return 1
    set -l line (commandline -opc)
    set -l typed 0
    set -l skip 0
    for word in $line[3..-1]
        if test $skip = 1
            set skip 0
        else if contains -- $word $argv[3..-1]
            set skip 1
        else if not string match -q -- '-*' $word
            set typed (math $typed + 1)
        end
    end
    test $skip = 0; or return 1
    string match -q -- '*+' $argv[2]; and test $typed -ge (string trim -c + $argv[2]); or test $typed = $argv[2]
end

function __ubp_components  # of `plugin describe`; of `plugin ls`, their kinds
    if contains -- describe (commandline -opc)
        __ubp_list components
    else
        __ubp_list kinds
    end
end

complete -c ubp -f
complete -c ubp -n __fish_is_first_token -a help -d 'list the verbs'
)sh";

std::string fish_quoted(const std::string& text) { return shell_quoted(text, "\\'"); }

/// "-a '(__ubp_list sweeps)'", or -F where files may stand.
std::string arguments(const std::string& what) {
  if (what == "files") return " -F";
  if (what == "folders") return " -a '(__fish_complete_directories)'";
  if (what == "components") return " -a '(__ubp_components)'";
  if (what.starts_with("choices:")) return " -a " + fish_quoted(what.substr(std::string("choices:").size()));
  return what.empty() ? "" : fmt::format(" -a '(__ubp_list {})'", what);
}

std::string option_line(const Verb& verb, const OptionDecl& o) {
  return fmt::format("complete -c ubp -n '__ubp_verb {}'{} -l {}{} -d {}\n", verb.name,
                     o.letter.empty() ? "" : " -s " + o.letter, o.name,
                     o.placeholder.empty() ? "" : " -r" + arguments(candidates(o.placeholder, o.choices)),
                     fish_quoted(o.meaning));
}

std::string verb_lines(const Verb& verb) {
  const Options options(verb);
  std::string text =
      fmt::format("complete -c ubp -n __fish_is_first_token -a {} -d {}\n", verb.name, fish_quoted(verb.summary));
  text += fmt::format("complete -c ubp -n '__ubp_at help 0' -a {}\n", verb.name);
  std::string valued;
  for (const OptionDecl& o : options.declared()) {
    text += option_line(verb, o);
    if (!o.placeholder.empty()) valued += " --" + o.name + (o.letter.empty() ? "" : " -" + o.letter);
  }
  const auto& names = options.word_names();
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string what = arguments(candidates(names[i]));
    const bool last = options.more() && i + 1 == names.size();
    if (!what.empty())
      text += fmt::format("complete -c ubp -n '__ubp_at {} {}{}{}'{}\n", verb.name, i, last ? "+" : "", valued, what);
  }
  return text;
}

}  // namespace

std::string fish_completion() {
  std::string text = kHead;
  for (const NamedList& list : kNamedLists)
    text += fmt::format("        case {}\n            {}\n", list.name, list.pipeline);
  text += kBody;
  for (const Verb* verb : listed_verbs()) text += verb_lines(*verb);
  return text;
}

}  // namespace ubp
