// SPDX-License-Identifier: MIT
// Compiles only as long as a plugin of ABI 0.3 reads every struct as this host writes it.
#include "layout_0_3.h"
