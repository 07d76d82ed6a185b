// SPDX-License-Identifier: MIT
// A report as one HTML page that needs nothing beside itself: no network, no server. Equal parts give equal bytes.
#pragma once

#include <string>
#include <vector>

#include "query/health.hpp"

namespace ubp {

struct PageFigure {
  std::string name, summary, command;  ///< "curves"; half a line; what draws it: "ubp plot curves 3"
  std::string drawing;                 ///< SVG, or an <img>
  std::string numbers;                 ///< behind it, a table in HTML; "": none
  std::vector<std::string> notes;      ///< sentences, without their full stop: how to read it
};

/// Something that the page would show, and why it does not: one sentence without its full stop.
struct PageGap {
  std::string name, why;
};

struct Page {
  std::string title, question, scope;  ///< of the sweep; what it ran, one sentence
  std::vector<std::string> answer;     ///< sentences
  std::vector<HealthCheck> health;
  std::string leaderboard, leaderboard_command;  ///< a table in HTML
  std::vector<PageFigure> figures;
  std::string failures, ground;  ///< tables in HTML; "": none
  std::vector<PageGap> absent = {};
};

std::string html_of(const Page&);

}  // namespace ubp
