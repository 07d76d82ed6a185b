#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints sobol_directions.hpp: the first 64 dimensions of Joe & Kuo's new-joe-kuo-6.21201, as SciPy carries them.

  python3 host/search/sobol_directions.py > host/search/sobol_directions.hpp

needs: SciPy; made with 1.17.1
"""
import pathlib

import numpy
import scipy.stats

DIMENSIONS = 64

table = numpy.load(pathlib.Path(scipy.stats.__file__).parent / "_sobol_direction_numbers.npz")
print("""\
// SPDX-License-Identifier: MIT
// Made by sobol_directions.py: primitive polynomials and first direction numbers of Sobol' sequences, those of
// new-joe-kuo-6.21201 (S. Joe and F. Y. Kuo, "Constructing Sobol sequences with better two-dimensional projections",
// SIAM J. Sci. Comput. 30, 2008).
#pragma once

#include <cstdint>

namespace ubp::search {

/// One dimension: the coefficients of its polynomial as bits, from the highest to the constant one, and as many odd
/// numbers m_1, m_2, ... as its degree. The first is van der Corput's: of degree 0, all m are 1.
struct SobolDirections {
  std::uint32_t polynomial = 0;
  std::uint32_t m[10] = {};
};
""")
print(f"constexpr SobolDirections kSobolDirections[{DIMENSIONS}] = {{")
for polynomial, m in zip(table["poly"][:DIMENSIONS], table["vinit"][:DIMENSIONS]):
    degree = int(polynomial).bit_length() - 1
    print(f"    {{{polynomial}, {{{', '.join(str(each) for each in m[:degree])}}}}},")
print("""\
};

}  // namespace ubp::search""")
