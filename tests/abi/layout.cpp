// SPDX-License-Identifier: MIT
// Compiles only as long as a plugin of ABI 0.4 reads every struct as this host writes it.
#include "layout_0_5.h"
