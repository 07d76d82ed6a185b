// SPDX-License-Identifier: MIT
// Written by kl_parts_reference.py.
#pragma once

namespace kl_reference {

constexpr int kRows = 6, kUnits = 3, kTrainingRows = 50;
constexpr double kZ[] = {0.129,  1.127,  -0.045, -0.787, -1.177, -0.992, -2.184, 2.824, 0.845,
                         -0.206, -1.108, 0.23,   0.072,  -0.428, -1.541, -1.604, 0.986, 0.068};
constexpr double kMean[] = {0.091, 1.091,  0.078, -1.386, -2.296, -1.428, 1.728,  2.205, 1.997,
                            0.976, -1.183, 0.855, -1.123, -0.664, -1.158, -0.792, 0.86,  -0.707};
constexpr double kLogvar[] = {-2.646, -1.484, -0.465, 0.166,  -0.838, -1.673, 0.443,  -1.221, -0.969,
                              -0.818, -1.063, -1.542, -0.525, -2.165, -1.501, -1.409, -1.934, -0.915};
// mutual information, total correlation, dimension-wise KL
constexpr double kWeighted[] = {5.36572483614, 7.25295059645, -11.4542028114};
constexpr double kStratified[] = {3.05248424397, -1.2180712258, -0.669940396991};

}  // namespace kl_reference
