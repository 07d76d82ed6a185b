// SPDX-License-Identifier: MIT
#include "explain/explain.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.hpp"
#include "draw/png.hpp"
#include "explain/parts.hpp"

namespace ubp::explain {

const std::vector<Part>& parts() {
  static const std::vector<Part> all = {
      {"scores", "The code beside none at all", scores},
      {"layers", "What training has changed, layer by layer", layers},
      {"map", "Where the rows lie", map},
      {"movement", "How they came there", movement},
      {"traversals", "What one code stands for", traversals},
      {"interpolations", "What lies between two rows", interpolations},
      {"prototypes", "What clusters of codes hold", prototypes},
      {"neighbours", "Which rows are alike to it", neighbours},
      {"features", "When a code is active", features},
      {"weights", "What the first layer looks for", weights},
      {"attributions", "Which numbers of a row a number about it comes from", attributions},
  };
  return all;
}

std::vector<std::string> part_names() {
  std::vector<std::string> names;
  for (const Part& part : parts()) names.emplace_back(part.name);
  return names;
}

void require_parts(const std::vector<std::string>& only) {
  for (const std::string& each : only)
    if (const std::vector<std::string> names = part_names(); std::ranges::find(names, each) == names.end())
      fail(Exit::usage, "--only: no part '{}'{}", each, suggestion(each, names));
  require_drawing();
}

Page explained(Reader& reader, Registry& registry, std::int64_t trial_id, const std::string& name,
               const Request& request, const std::vector<std::string>& only) {
  require_parts(only);
  const Look look(reader, registry, trial_id, request);
  Page page;
  page.title = fmt::format("What {} has learnt", look.restored().name);
  page.scope = fmt::format("Trial {}, {}.", trial_id,
                           look.restored().step < 0 ? "at the checkpoint that continues it"
                                                    : fmt::format("at step {}", look.restored().step));
  if (look.inputs().rows > 0)
    page.scope +=
        fmt::format(" {} of {} {} rows are looked at.", look.inputs().rows, look.trial().rows(), look.split());
  for (const std::string& note : look.restored().notes) page.answer.push_back(note);
  for (const Part& part : parts()) {
    if (!only.empty() && std::ranges::find(only, part.name) == only.end()) continue;
    try {
      PageFigure figure = part.of(look);
      figure.name = part.name, figure.summary = part.summary;
      figure.command = fmt::format("ubp explain {} --only {}", name, part.name);
      page.figures.push_back(std::move(figure));
    } catch (const Missing& missing) {
      page.absent.push_back({part.name, missing.why});
    } catch (const Error& error) {
      if (!only.empty()) throw;
      page.absent.push_back({part.name, error.what()});
    }
  }
  return page;
}

}  // namespace ubp::explain
