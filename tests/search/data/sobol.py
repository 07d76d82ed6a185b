#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints sobol.hpp: the first 16 unscrambled points of 64 dimensions, in units of 2^-4, as SciPy makes them.

  python3 tests/search/data/sobol.py > tests/search/data/sobol.hpp

needs: SciPy; made with 1.17.1
"""
from scipy.stats import qmc

points = qmc.Sobol(64, scramble=False).random(16)
print("// SPDX-License-Identifier: MIT")
print("// Made by sobol.py: points of a Sobol' sequence, [dimension][index], in units of 1/16, by SciPy 1.17.1.")
print("#pragma once\n")
print(f"constexpr int kSobolPoints[{points.shape[1]}][{points.shape[0]}] = {{")
for column in points.T:
    assert all(x * 16 == int(x * 16) for x in column)
    print(f"    {{{', '.join(str(int(x * 16)) for x in column)}}},")
print("};")
