// SPDX-License-Identifier: MIT
// A trial by its spec text, with the plugins of this folder before the shipped ones, and what it told.
#pragma once

#include <cstdlib>
#include <fstream>
#include <string>

#include <fmt/format.h>

#include "../boundary/trial_bench.hpp"
#include "base/child.hpp"

namespace ubp::testing {

/// Before the first test: where plugins lie, and a cache that goes with the process.
inline const struct Surroundings {
  Surroundings() {
    setenv("UBP_PLUGIN_PATH", UBP_SHIPPED_FOLDER, 1);
    setenv("UBP_CACHE", cache.path().c_str(), 1);
  }
  Folder cache;
} kSurroundings;

/// Runs the trial; in `folder`, if it is to be continued.
inline void run(const std::string& toml, Story& story, const Folder& folder = Folder()) {
  story.end = run_trial(spec_of(toml, folder), story, story.stop);
}

/// The sentence that refuses the spec or ends its trial; "" if it completes.
inline std::string refusal(const std::string& toml) {
  Story story;
  try {
    run(toml, story);
  } catch (const std::exception& e) {
    return e.what();
  }
  return story.end.error;
}

/// What `ubp VERB` says of the spec, output and errors.
inline std::string told(const std::string& verb, const std::string& toml) {
  const Folder folder;
  const std::string file = (folder.path() / "spec.toml").string(), db = (folder.path() / "ubp.db").string();
  std::ofstream(file) << toml;
  const std::string line =
      fmt::format("UBP_DB={} {} {} --plugin-path={} {} 2>&1", db, UBP_PROGRAM, verb, UBP_PLUGIN_FOLDER, file);
  return run_child("/bin/sh", {"-c", line}).out;
}

}  // namespace ubp::testing
