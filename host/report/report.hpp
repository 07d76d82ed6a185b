// SPDX-License-Identifier: MIT
// What a report says of one sweep.
#pragma once

#include "figures/chart.hpp"
#include "report/page.hpp"

namespace ubp {

/// Without its figures. Of a request with a filter it says so, and so do its commands. Throws Error (nothing) if the
/// sweep optimises nothing or has no results.
Page report_of(Reader&, const ChartRequest&);
/// With all that can be drawn. Throws Error as above; usage if this machine cannot draw.
Page drawn_report_of(Reader&, const ChartRequest&);

/// The same for a terminal: the answer and the health checks.
std::string text_of(const Page&);

}  // namespace ubp
