// SPDX-License-Identifier: MIT
// ubp show: all that is recorded of one trial.
#include "base/json.hpp"
#include "cli/options.hpp"
#include "query/find.hpp"
#include "query/pages.hpp"
#include "query/recorded_trial.hpp"
#include "record/lock.hpp"

namespace ubp {
namespace {

/// One row, printed upright; NULLs and empty texts are left out.
class Upright : public RowSink {
 public:
  void columns(const std::vector<std::string>& names) override { names_ = names; }
  void row(const Row& row) override {
    for (std::size_t c = 0; c < row.size(); ++c)
      if (!text_of(row[c]).empty()) fmt::print("  {:<18} {}\n", names_[c], human(row[c]));
  }

 private:
  std::vector<std::string> names_;
};

class Object : public RowSink {
 public:
  void columns(const std::vector<std::string>& names) override { names_ = names; }
  void row(const Row& row) override {
    for (std::size_t c = 0; c < row.size(); ++c)
      text += fmt::format("{}{}:{}", c ? "," : "", json_of(names_[c]), json_of(row[c]));
  }
  std::string text;

 private:
  std::vector<std::string> names_;
};

void print_flat(const nlohmann::json& spec) {
  for (const auto& [key, value] : flattened(spec))
    fmt::print("  {} = {}\n", plain_line(key),
               human(value.is_string() && key.ends_with(".use") ? value.get<std::string>() : json_text(value)));
}

void print_log(const std::string& log) {
  fmt::print("\nlog (its last lines)\n");
  for (std::size_t begin = 0; begin < log.size();) {
    const std::size_t end = std::min(log.find('\n', begin), log.size());
    fmt::print("  {}\n", human(log.substr(begin, end - begin)));
    begin = end + 1;
  }
}

void print_people(Reader& reader, const TrialPage& page) {
  const auto print = [&](const PagePart& part, RowSink& sink) {
    if (reader.rows(part.query).empty()) return;
    fmt::print("{}\n", part.name);
    reader.query(part.query, sink);
    fmt::print("\n");
  };
  Upright upright;
  for (const PagePart& fact : page.facts) print(fact, upright);
  for (const PagePart& list : page.lists) print(list, *printer(Format::table));
  fmt::print("spec\n");
  print_flat(reader.parsed(page.spec));
  if (!page.log.empty()) print_log(page.log);
}

void print_json(Reader& reader, const TrialPage& page) {
  const char* separator = "{";
  for (const PagePart& fact : page.facts) {
    Object object;
    reader.query(fact.query, object);
    fmt::print("{}\"{}\":{{{}}}", separator, fact.name, object.text);
    separator = ",\n";
  }
  for (const PagePart& list : page.lists) {
    fmt::print(",\n\"{}\":", list.name);
    reader.query(list.query, *printer(Format::json));
  }
  fmt::print(",\n\"spec\":{},\n\"log\":{}}}\n", page.spec, json_of(page.log));
}

void declare(Options& o) { o.with_database().with_format({"table", "json"}).words({"TRIAL"}, 1); }

int run(const Options& o) {
  const Format format = o.format();
  Reader reader(o.database());
  const TrialPage page = trial_page(reader, find_trial(reader, o.word(0)), writer_of(reader.file()).has_value());
  format == Format::json ? print_json(reader, page) : print_people(reader, page);
  return 0;
}

}  // namespace

extern const Verb show_verb = {
    .name = "show",
    .synopsis = "TRIAL",
    .summary = "all that is recorded of one trial",
    .about =
        "All that is recorded of one trial: what it was asked, what it found, where its files are and which "
        "binaries made them.\n"
        "TRIAL is an id, SWEEP/CONFIG.REPLICATE (the last attempt) or SWEEP/CONFIG.REPLICATE.ATTEMPT.",
    .example = "ubp show rings/3.0",
    .declare = declare,
    .run = run};

}  // namespace ubp
