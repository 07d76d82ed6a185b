// SPDX-License-Identifier: MIT
// The parts of `ubp explain`: what each shows, and the score beside it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "explain/look.hpp"

namespace ubp::explain {

struct Part {
  const char* name;     ///< "traversals": --only takes it
  const char* summary;  ///< half a line
  /// The figure without name, summary and command. Throws Missing where it does not apply to this trial, and Error.
  PageFigure (*of)(const Look&);
};

PageFigure scores(const Look&);          ///< trained beside untrained, PCA and raw input, as recorded
PageFigure layers(const Look&);          ///< how alike layers are to those of the same network untrained
PageFigure map(const Look&);             ///< codes on their principal plane
PageFigure movement(const Look&);        ///< how they came there, checkpoint by checkpoint
PageFigure traversals(const Look&);      ///< one code at a time, decoded
PageFigure interpolations(const Look&);  ///< from row to row, decoded
PageFigure prototypes(const Look&);      ///< clusters: nearest rows, decoded centres, purity
PageFigure neighbours(const Look&);      ///< in code space
PageFigure features(const Look&);        ///< how often codes are active, and the rows that excite them most
PageFigure weights(const Look&);         ///< of the first layer
PageFigure attributions(const Look&);    ///< which numbers of a row a number about it comes from

const std::vector<Part>& parts();

}  // namespace ubp::explain
