// SPDX-License-Identifier: MIT
// ubp plugin: which components there are, and what each declares.
#include <algorithm>

#include "base/json.hpp"
#include "cli/manifest_text.hpp"
#include "cli/options.hpp"
#include "plugin/registry.hpp"

namespace ubp {
namespace {

int list(Registry& registry, const Options& o) {
  std::int32_t kind = 0;
  if (o.words().size() > 1) {
    kind = kind_of(o.word(1));
    if (kind == 0)
      fail(Exit::usage, "plugin ls: there is no kind '{}'{}", o.word(1), suggestion(o.word(1), kind_names()));
  }
  std::vector<std::string> broken;
  const auto print = printer(o.format());
  print->columns({"component", "version", "title", "file"});
  int count = 0;
  for (const Manifest* m : registry.all(&broken)) {
    if (kind != 0 && m->kind != kind) continue;
    print->row({fmt::format("{}/{}", kind_name(m->kind), m->id), m->version, m->title, m->file.string()});
    ++count;
  }
  print->end();
  for (const std::string& sentence : broken) message("ubp: {}", sentence);
  if (!broken.empty()) return static_cast<int>(Exit::plugin);
  if (count > 0) return 0;
  std::vector<std::string> folders;
  for (const auto& folder : registry.search_path()) folders.push_back(folder.string());
  message("ubp: no components found in {}", fmt::join(folders, ", "));
  return static_cast<int>(Exit::nothing);
}

const Manifest& component(Registry& registry, const std::string& text) {
  if (std::filesystem::is_regular_file(text)) return registry.describe(text).front();
  const std::size_t slash = text.find('/');
  if (slash != std::string::npos) {
    const std::int32_t kind = kind_of(text.substr(0, slash));
    if (kind == 0)
      fail(Exit::usage, "plugin describe: there is no kind '{}'{}", text.substr(0, slash),
           suggestion(text.substr(0, slash), kind_names()));
    return registry.find(kind, text.substr(slash + 1));
  }
  std::vector<std::string> known, same;
  for (std::int32_t kind = 1; kind <= static_cast<std::int32_t>(kind_names().size()); ++kind)
    for (const std::string& id : registry.ids(kind)) {
      known.push_back(id);
      if (id == text) same.push_back(fmt::format("{}/{}", kind_name(kind), id));
    }
  if (same.size() > 1)
    fail(Exit::usage, "plugin describe: '{}' is several components: {}", text, fmt::join(same, ", "));
  if (same.empty()) {
    const std::string near = nearest(text, known);
    fail(Exit::usage, "plugin describe: there is no component '{}'{}", text,
         near.empty() ? ": `ubp plugin ls` lists them" : fmt::format("; did you mean '{}'?", near));
  }
  return registry.find(kind_of(same[0].substr(0, same[0].find('/'))), text);
}

void declare(Options& o) {
  o.values("plugin-path", "FOLDER", "look here first").with_format().words({"ls|describe", "KIND|KIND/ID"}, 1);
}

int run(const Options& o) {
  const auto folders = o.all("plugin-path");
  Registry registry({folders.begin(), folders.end()});
  if (o.word(0) == "ls") return list(registry, o);
  if (o.word(0) != "describe")
    fail(Exit::usage, "plugin: there is no '{}'{}", o.word(0), suggestion(o.word(0), {"ls", "describe"}));
  if (o.words().size() < 2) fail(Exit::usage, "plugin describe: KIND/ID is missing");
  const Manifest& m = component(registry, o.word(1));
  switch (o.format()) {
    case Format::table:
      fmt::print("{}", described(m));
      break;
    case Format::json:
      fmt::print("{}\n", json_text(m, 2));
      break;
    default:
      parameter_rows(m.params, *printer(o.format()));
  }
  return 0;
}

}  // namespace

extern const Verb plugin_verb = {
    .name = "plugin",
    .synopsis = "ls [KIND] | describe KIND/ID",
    .summary = "the components there are, and their parameters",
    .about =
        "ls: every component that is found, or those of a KIND (model, objective, optimizer, dataset, metric, "
        "transform,\n"
        "environment). describe: what one of them computes, its parameters, its roles and stages, and its source; "
        "also of a\n"
        "FILE.so.",
    .example = "ubp plugin describe objective/reconstruction",
    .declare = declare,
    .run = run};

}  // namespace ubp
