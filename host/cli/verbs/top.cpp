// SPDX-License-Identifier: MIT
// ubp top: what is going on.
#include <chrono>
#include <cstdlib>
#include <string_view>
#include <thread>

#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/options.hpp"
#include "cli/sparkline.hpp"
#include "query/front.hpp"
#include "query/pages.hpp"
#include "query/print.hpp"
#include "record/lock.hpp"
#include "run/progress.hpp"

namespace ubp {
namespace {

constexpr std::size_t kHistory = 24;  // characters of a sparkline
constexpr const char* kSlots = "slots";

/// A listing of sweeps on its way to people: durations as such and, behind the state, the values of its trials as they
/// came, drawn.
class SweepCells : public RowSink {
 public:
  SweepCells(Reader& reader, RowSink& to) : reader_(reader), to_(to) {}
  void columns(const std::vector<std::string>& names) override {
    names_ = names;
    std::vector<std::string> shown;
    for (const std::string& name : names) {
      if (name == kSlots) continue;  // above the trials that run
      shown.push_back(is_duration(name) ? name.substr(0, name.find('_')) : name);
      if (name == "state") shown.emplace_back("values");
    }
    to_.columns(shown);
  }
  void row(const Row& row) override {
    Row shown;
    std::int64_t sweep_id = 0;
    for (std::size_t c = 0; c < row.size(); ++c) {
      if (names_[c] == kSlots) continue;
      const double* seconds = is_duration(names_[c]) ? std::get_if<double>(&row[c]) : nullptr;
      shown.push_back(seconds ? Value(duration(*seconds)) : row[c]);
      if (names_[c] == "sweep_id") sweep_id = std::get<std::int64_t>(row[c]);
      if (names_[c] != "state") continue;
      const std::string line = sparkline(values_of_trials(reader_, sweep_id), kHistory);
      shown.push_back(line.empty() ? Value() : Value(line));
    }
    to_.row(shown);
  }
  void end() override { to_.end(); }

 private:
  static bool is_duration(const std::string& name) { return name.ends_with("_seconds"); }

  Reader& reader_;
  RowSink& to_;
  std::vector<std::string> names_;
};

void print_part(Reader& reader, const PagePart& part, Format format, std::FILE* out) {
  const auto sink = printer(format, out);
  if (part.name != "sweeps") return void(reader.query(part.query, *sink));
  SweepCells cells(reader, *sink);
  FrontCells fronts(reader, format == Format::table ? static_cast<RowSink&>(cells) : *sink);
  reader.query(part.query, fronts);
}

/// "running: 3 of 4 slots", of the sweep that runs.
std::string title_of(Reader& reader, const PagePart& part, const PagePart& sweeps) {
  if (part.name != "running") return part.name;
  const std::map<std::string, std::string> first = reader.named_first(sweeps.query);
  const std::string slots = first.at(kSlots);
  return slots.empty() ? part.name : fmt::format("{}: {} of {} slots", part.name, first.at("running"), slots);
}

void print_json(const std::filesystem::path& file) {
  Reader reader(file);
  const auto writer = writer_of(file);
  fmt::print("{{\"writer_pid\":{}", writer ? fmt::format("{}", writer->pid) : "null");
  for (const PagePart& part : activity_page()) {
    fmt::print(",\n\"{}\":", part.name);
    print_part(reader, part, Format::json, stdout);
  }
  fmt::print("}}\n");
}

/// What is shown; `written`: whether a live process writes the database.
std::string screen(const std::filesystem::path& file, bool& written) {
  char* text = nullptr;
  std::size_t size = 0;
  std::FILE* out = open_memstream(&text, &size);
  if (!out) throw std::bad_alloc();
  const auto close = [&] {
    std::fclose(out);
    std::string all(text, size);
    std::free(text);
    return all;
  };
  try {
    Reader reader(file);  // anew each time: a long snapshot would make the writer's log grow
    const auto writer = writer_of(file);
    written = writer.has_value();
    fmt::print(out, "{}: {}\n", plain_line(file.string()),
               writer ? fmt::format("written by process {}", writer->pid) : "no process writes it");
    const std::vector<PagePart> page = activity_page();
    for (const PagePart& part : page) {
      if (reader.rows(part.query).empty()) continue;
      fmt::print(out, "\n{}\n", title_of(reader, part, page.front()));
      print_part(reader, part, Format::table, out);
    }
  } catch (...) {
    close();
    throw;
  }
  return close();
}

/// In the place of what was drawn before: nothing is wiped first, so that nothing flickers.
void draw(const std::string& text) {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0)
    size.ws_col = 80, size.ws_row = 24;
  std::string frame = "\033[H";
  std::size_t begin = 0;
  for (int row = 0; row + 1 < size.ws_row && begin < text.size(); ++row) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    frame += fitted(text.substr(begin, end - begin), size.ws_col) + "\033[K\n";
    begin = end + 1;
  }
  fmt::print("{}\033[J", frame);
  std::fflush(stdout);
}

bool is_live(const Options& o) {
  const char* term = std::getenv("TERM");
  return isatty(STDOUT_FILENO) && term && std::string_view(term) != "dumb" && !o.has("once");
}

void declare(Options& o) { o.flag("once", "draw it once").with_database().with_format({"table", "json"}); }

int run(const Options& o) {
  if (o.format() == Format::json) return print_json(o.database()), 0;
  bool written = false;
  if (!is_live(o)) return fmt::print("{}", screen(o.database(), written)), 0;
  fmt::print("\033[2J");
  do {
    draw(screen(o.database(), written));
    if (written) std::this_thread::sleep_for(std::chrono::seconds(1));
  } while (written);
  return 0;
}

}  // namespace

extern const Verb top_verb = {
    .name = "top",
    .synopsis = "",
    .summary = "what is running, what is left, and the newest trials",
    .about =
        "Sweeps with their progress, the time that is left, the best so far and the values of their trials in the\n"
        "order in which they ended, drawn; the trials that run, how many slots there are for them, and what one is at\n"
        "that has made no step for a minute (`sweep.trial_stall` ends such a trial); those that ended last. On a\n"
        "terminal it is drawn again every second for as long as a process writes the database; Ctrl-C ends it. In a\n"
        "pipe it is printed once.",
    .example = "ubp top --once",
    .declare = declare,
    .run = run};

}  // namespace ubp
