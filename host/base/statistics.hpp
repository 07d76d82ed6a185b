// SPDX-License-Identifier: MIT
// What is said of results over seeds: all rooms of base/statistics/.
#pragma once

#include "base/statistics/bayes.hpp"          // IWYU pragma: export
#include "base/statistics/bootstrap.hpp"      // IWYU pragma: export
#include "base/statistics/corrections.hpp"    // IWYU pragma: export
#include "base/statistics/distributions.hpp"  // IWYU pragma: export
#include "base/statistics/estimates.hpp"      // IWYU pragma: export
#include "base/statistics/paired.hpp"         // IWYU pragma: export
#include "base/statistics/power.hpp"          // IWYU pragma: export
#include "base/statistics/ranks.hpp"          // IWYU pragma: export
