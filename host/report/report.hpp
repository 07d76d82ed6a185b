// SPDX-License-Identifier: MIT
// What a report says of one sweep.
#pragma once

#include "query/reader.hpp"
#include "query/sweeps.hpp"
#include "report/answer.hpp"
#include "report/page.hpp"

namespace ubp {

/// But for `figures`, which are drawn already. `shares` as of answer(). Throws Error (nothing) if the sweep optimises
/// nothing or has no results.
Page report_of(Reader&, const SweepFacts&, const std::vector<NamedShare>& shares, std::vector<PageFigure> figures = {});

/// The same for a terminal: the answer and the health checks.
std::string text_of(const Page&);

}  // namespace ubp
