// SPDX-License-Identifier: MIT
// A figure as SVG 1.1, with the geometry of its PNG. Text stays text, which can be searched, copied and edited; Cairo
// would turn it into outlines. Nothing in the file depends on time or chance.
// Marks that have a Subject carry it; the titles of the panels are the label of the whole.
#pragma once

#include <string>

#include "draw/figure.hpp"

namespace ubp {

/// Throws Error (usage) where the font is missing that text is measured with.
std::string svg(const Figure&);

}  // namespace ubp
