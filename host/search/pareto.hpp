// SPDX-License-Identifier: MIT
// Points of several objectives, all minimised: which are better than which, and how much of the space they dominate.
//
// Ranks: X. Zhang et al., "An efficient approach to nondominated sorting", IEEE Trans. Evol. Comput. 19(2), 2015.
// Crowding: K. Deb et al., "A fast and elitist multiobjective genetic algorithm: NSGA-II", ibid. 6(2), 2002.
// Hypervolume: L. While, L. Bradstreet, L. Barone, "A fast way of calculating exact hypervolumes" (WFG), ibid. 16(1),
// 2012. Subsets: A. P. Guerreiro, C. M. Fonseca, L. Paquete, "Greedy hypervolume subset selection in low dimensions",
// Evol. Comput. 24(3), 2016.
//
// Everywhere: points are equally long and finite. Threads: any.
#pragma once

#include <cstddef>
#include <vector>

namespace ubp::search {

/// [point][objective]
using Front = std::vector<std::vector<double>>;

/// Is `a` at least as good everywhere and better somewhere?
bool dominates(const std::vector<double>& a, const std::vector<double>& b);

/// For each point: 0 if no other dominates it, else 1 + the highest rank of those that do.
std::vector<std::size_t> domination_ranks(const Front&);

/// For each point of one front: the perimeter of the box that its neighbours span, each side as a share of the front's;
/// infinite at the ends. An objective in which all are equal is no side.
std::vector<double> crowding_distances(const Front&);

/// The volume of what the points dominate and `reference` bounds; points that are not below it count nothing.
double hypervolume(const Front&, const std::vector<double>& reference);

/// Indices of `count` of the points, in the order of choice: each adds the most hypervolume to those before it, the
/// first of equals. The volume is at least 1 - 1/e of the best that so many can have.
/// REQUIRES: count <= points.
std::vector<std::size_t> largest_subset(const Front&, const std::vector<double>& reference, std::size_t count);

}  // namespace ubp::search
