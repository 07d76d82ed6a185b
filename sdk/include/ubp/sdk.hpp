// SPDX-License-Identifier: MIT
// Everything a plugin author includes. Start at sdk/README.md; the contract behind it is abi.h.
#pragma once

#include <ubp/version.h>
#include <ubp/draws.hpp>
#include <ubp/export.hpp>
#include <ubp/layers.hpp>
