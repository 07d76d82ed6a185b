// SPDX-License-Identifier: MIT
#include <algorithm>

#include "cli/command.hpp"

int main(int argc, char** argv) { return ubp::run_command({argv + std::min(argc, 1), argv + argc}); }
