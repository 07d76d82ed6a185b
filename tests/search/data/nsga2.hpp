// SPDX-License-Identifier: MIT
// Made by nsga2.py with Optuna 3.1.0: hypervolumes below (1, 6) after 1000 configs, 10 seeds.
#pragma once

constexpr double kOptunaZdt1[] = {5.1015, 5.4200, 5.0947, 5.1561, 5.1233, 5.2285, 5.1753, 5.2118, 5.2058, 5.1173};
constexpr double kOptunaZdt2[] = {4.7308, 4.8031, 4.5026, 4.6282, 4.7400, 4.5305, 4.7824, 4.7725, 4.7191, 4.6184};
