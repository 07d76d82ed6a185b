// SPDX-License-Identifier: MIT
// The studies of data/*.txt: their lines, and the values that decisions.py made of their seeds.
#pragma once

#include <cstdint>
#include <fstream>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "search/rule_options.hpp"

namespace scenario {

/// SplitMix64 (Steele et al., OOPSLA 2014), as in decisions.py.
class Stream {
 public:
  explicit Stream(std::uint64_t seed) : state_(seed) {}
  std::int64_t below(std::int64_t n) {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return static_cast<std::int64_t>((z ^ (z >> 31)) % static_cast<std::uint64_t>(n));
  }

 private:
  std::uint64_t state_;
};

using Series = std::vector<std::pair<std::int64_t, double>>;

struct Study {
  std::string line, rule;
  ubp::search::RuleOptions options;
  std::int64_t seed, trials, workers, reports, gap, first, grain, nan, vary, maximise;
  std::vector<std::int64_t> stops;  ///< by trial; -1: none

  Stream stream(std::int64_t part) const { return Stream(static_cast<std::uint64_t>(seed * 1000 + part)); }

  double number(std::int64_t value, std::int64_t fine, bool lost) const {
    if (lost) return std::numeric_limits<double>::quiet_NaN();
    if (grain == 0) return static_cast<double>((value << 30) + fine) / 1099511627776.0;
    return static_cast<double>(value / grain * grain) / 1024;
  }

  Series series(std::int64_t trial) const {
    Stream random = stream(trial);
    const std::int64_t level = random.below(1024), drop = random.below(2048);
    const std::int64_t count = reports - (vary != 0 ? random.below(reports / 2) : 0);
    Series found;
    for (std::int64_t i = 0, step = first; i < count; ++i) {
      const std::int64_t value = level + drop * 8 / (8 + step) + random.below(256);
      const std::int64_t fine = random.below(std::int64_t{1} << 30);
      const bool lost = nan != 0 && (random.below(12) == 0 || trial % 7 == 3);
      found.emplace_back(step, number(value, fine, lost));
      step += gap > 0 ? gap : 1 + random.below(3);
    }
    return found;
  }

  Series instances(std::int64_t trial) const {
    Stream random = stream(trial);
    const std::int64_t level = random.below(256), begin = random.below(reports);
    const std::int64_t count = reports - (vary != 0 ? random.below(reports / 2) : 0);
    Series found;
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t instance = (begin + i) % reports;
      const std::int64_t value = stream(999 - instance).below(1024) + level + random.below(512);
      const std::int64_t fine = random.below(std::int64_t{1} << 30);
      found.emplace_back(instance, number(value, fine, nan != 0 && random.below(40) == 0));
    }
    return found;
  }
};

inline void set_option(ubp::search::RuleOptions& o, const std::string& name, const std::string& value) {
  std::istringstream text(value);
  if (name == "percentile")
    text >> o.percentile;
  else if (name == "n_startup")
    text >> o.n_startup;
  else if (name == "n_min")
    text >> o.n_min;
  else if (name == "n_warmup")
    text >> o.n_warmup;
  else if (name == "interval")
    text >> o.interval;
  else if (name == "lower")
    text >> o.lower;
  else if (name == "upper")
    text >> o.upper;
  else if (name == "wrapped")
    text >> o.wrapped;
  else if (name == "patience")
    text >> o.patience;
  else if (name == "min_delta")
    text >> o.min_delta;
  else if (name == "eta")
    text >> o.eta.emplace();
  else if (name == "rate")
    text >> o.rate;
  else if (name == "min_resource")
    text >> o.min_resource.emplace();
  else if (name == "max_resource")
    text >> o.max_resource.emplace();
  else if (name == "bootstrap")
    text >> o.bootstrap;
  else if (name == "sweep")
    text >> o.sweep;
  else if (name == "p")
    text >> o.p;
  else if (name == "n_pairs")
    text >> o.n_pairs;
  else
    throw std::runtime_error("no option " + name);
}

inline Study parsed(const std::string& line) {
  Study s{};
  s.line = line;
  std::istringstream text(line);
  text >> s.rule;
  for (std::string word; text >> word && word != "/";)
    set_option(s.options, word.substr(0, word.find('=')), word.substr(word.find('=') + 1));
  text >> s.seed >> s.trials >> s.workers >> s.reports >> s.gap >> s.first >> s.grain >> s.nan >> s.vary >> s.maximise;
  s.options.maximised = s.maximise != 0;
  std::string word;
  text >> word;
  while (text >> word) s.stops.push_back(word == "-" ? -1 : std::stoll(word));
  return s;
}

inline std::vector<Study> studies(const std::string& file) {
  std::ifstream in(file);
  std::vector<Study> list;
  for (std::string line; std::getline(in, line);) list.push_back(parsed(line));
  return list;
}

}  // namespace scenario
