// SPDX-License-Identifier: MIT
#include "cli/options.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <sstream>

namespace ubp {

namespace po = boost::program_options;

Options::Options(const Verb& verb) : verb_(verb), options_("Options", 100) {
  flag("help,h", "this text");
  if (verb.declare) verb.declare(*this);
}

Options& Options::add(const std::string& name, const std::string& placeholder, const std::string& meaning,
                      const po::value_semantic* semantic) {
  const std::size_t comma = std::min(name.find(','), name.size());
  declared_.push_back({name.substr(0, comma), name.substr(std::min(comma + 1, name.size())), placeholder, meaning, {}});
  options_.add_options()(name.c_str(), semantic, meaning.c_str());
  return *this;
}

Options& Options::flag(const std::string& name, const std::string& meaning) {
  return add(name, "", meaning, new po::untyped_value(true));
}

Options& Options::value(const std::string& name, const std::string& placeholder, const std::string& meaning) {
  return add(name, placeholder, meaning, po::value<std::string>()->value_name(placeholder));
}

Options& Options::values(const std::string& name, const std::string& placeholder, const std::string& meaning) {
  return add(name, placeholder, meaning, po::value<std::vector<std::string>>()->value_name(placeholder));
}

Options& Options::choices(std::vector<std::string> values) {
  declared_.back().choices = std::move(values);
  return *this;
}

Options& Options::with_database() { return value("db", "FILE", "the database (default: $UBP_DB, or ubp.db)"); }

Options& Options::with_format(std::vector<std::string> formats) {
  formats_ = std::move(formats);
  return value("format", "FORMAT", fmt::format("{} (default: {})", fmt::join(formats_, "|"), formats_[0]))
      .choices(formats_);
}

Options& Options::words(std::vector<std::string> names, std::size_t required, bool more) {
  word_names_ = std::move(names);
  required_ = required;
  more_ = more;
  return *this;
}

Options& Options::signed_words() {
  signed_ = true;
  return *this;
}

void Options::unknown(const std::string& option) const {
  std::vector<std::string> names;
  for (const OptionDecl& o : declared_) names.push_back("--" + o.name);
  fail(Exit::usage, "{}: there is no option '{}'{}", verb_.name, option, suggestion(option, names));
}

void Options::print_help() const {
  std::ostringstream text;
  text << options_;
  fmt::print("Usage: ubp {}{}{} [options]\n\n{}\n\n{}", verb_.name, *verb_.synopsis ? " " : "", verb_.synopsis,
             text_of(verb_), text.str());
}

bool Options::parse(const Words& words) {
  if (verb_.hidden) return words_ = words, true;
  constexpr char kMinus = '\002';  // of a word: no minus of an option
  Words typed = words;
  for (std::string& word : typed) {
    if (!signed_ || word == "--") break;
    if (word.size() > 2 && word[0] == '-' && word[1] != '-') word[0] = kMinus;
  }
  po::options_description all;
  all.add(options_).add_options()("\001word", po::value<Words>());
  po::positional_options_description positional;
  positional.add("\001word", -1);
  try {
    const auto style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    po::store(po::command_line_parser(typed).options(all).positional(positional).style(style).run(), map_);
  } catch (const po::unknown_option& e) {
    unknown(e.get_option_name());
  } catch (const po::multiple_occurrences& e) {
    fail(Exit::usage, "{}: {} is given twice", verb_.name, e.get_option_name());
  } catch (const po::invalid_command_line_syntax& e) {
    if (e.kind() == po::invalid_command_line_syntax::extra_parameter)
      fail(Exit::usage, "{}: {} takes no value", verb_.name, e.get_option_name());
    fail(Exit::usage, "{}: {}: its value is missing", verb_.name, e.get_option_name());
  } catch (const po::error& e) {
    fail(Exit::usage, "{}: {}", verb_.name, e.what());
  }
  if (has("help")) return print_help(), false;
  if (has("\001word")) words_ = map_["\001word"].as<Words>();
  for (std::string& word : words_)
    if (word.starts_with(kMinus)) word[0] = '-';
  if (words_.size() < required_)
    fail(Exit::usage, "{}: {} is missing: ubp {} {}", verb_.name, word_names_[words_.size()], verb_.name,
         verb_.synopsis);
  if (!more_ && words_.size() > word_names_.size())
    fail(Exit::usage, "{}: one word too many: '{}'; expected: ubp {} {}", verb_.name, words_[word_names_.size()],
         verb_.name, verb_.synopsis);
  return true;
}

std::string Options::get(const std::string& name, const std::string& otherwise) const {
  return has(name) ? map_[name].as<std::string>() : otherwise;
}

std::vector<std::string> Options::all(const std::string& name) const {
  return has(name) ? map_[name].as<std::vector<std::string>>() : std::vector<std::string>{};
}

std::int64_t Options::integer(const std::string& name, std::int64_t otherwise, std::int64_t least) const {
  if (!has(name)) return otherwise;
  const std::string text = get(name);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < least)
    fail(Exit::usage, "{}: --{}: found '{}', expected a whole number of at least {}", verb_.name, name, text, least);
  return value;
}

std::filesystem::path Options::database() const {
  const char* environment = std::getenv("UBP_DB");
  return get("db", environment && *environment ? environment : "ubp.db");
}

Format Options::format() const { return format_of(get("format", formats_[0]), formats_); }

}  // namespace ubp
