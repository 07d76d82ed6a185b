// SPDX-License-Identifier: MIT
// A report as one HTML page that needs nothing beside itself: no network, no server. Equal parts give equal bytes.
#pragma once

#include <string>
#include <vector>

#include "query/health.hpp"

namespace ubp {

struct PageFigure {
  std::string title, command;  ///< "Learning curves"; what draws it: "ubp plot curves 3"
  std::string svg;
  std::string numbers;  ///< behind it, a table in HTML; "": none
};

struct PagePicture {
  std::string caption, mime, bytes;
};

struct Page {
  std::string title, question, scope;  ///< of the sweep; what it ran, one sentence
  std::vector<std::string> answer;     ///< sentences
  std::vector<HealthCheck> health;
  std::string leaderboard, leaderboard_command;  ///< a table in HTML
  std::vector<PageFigure> figures;
  std::vector<PagePicture> pictures;
  std::string failures, ground;  ///< tables in HTML; "": none
};

std::string html_of(const Page&);

}  // namespace ubp
