// SPDX-License-Identifier: MIT
// sampler_bench SAMPLER FUNCTION BUDGET SEED COUNT: minimises a test function with seeds SEED .. SEED + COUNT - 1.
//
// Prints one line a seed, "regret microseconds": the smallest value found less the function's minimum, and the
// processor time of one proposal. samplers.py makes tables of them; it has the same functions for other programs.
// FUNCTION may be a file of tables/ instead: the smallest loss found less the smallest there is.
// sampler_bench SAMPLER time-REALS-STEPPED BUDGET SEED COUNT: proposals in so many dimensions, by a function of no
// difficulty.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <numbers>
#include <sstream>
#include <stdexcept>

#include <fmt/format.h>

#include "search/samplers.hpp"

using namespace ubp::search;

namespace {

struct Function {
  std::vector<Dimension> dimensions;
  double minimum = 0;
  std::function<double(const Point&)> value;
};

Dimension real(double low, double high) { return {"", Dimension::Kind::real, low, high, false, 0}; }

double branin(const Point& x) {
  constexpr double pi = std::numbers::pi;
  const double a = x[1] - 5.1 / (4 * pi * pi) * x[0] * x[0] + 5 / pi * x[0] - 6;
  return a * a + 10 * (1 - 1 / (8 * pi)) * std::cos(x[0]) + 10;
}

double hartmann6(const Point& x) {
  constexpr double alpha[4] = {1, 1.2, 3, 3.2};
  constexpr double a[4][6] = {
      {10, 3, 17, 3.5, 1.7, 8}, {.05, 10, 17, .1, 8, 14}, {3, 3.5, 1.7, 10, 17, 8}, {17, 8, .05, 10, .1, 14}};
  constexpr double p[4][6] = {{.1312, .1696, .5569, .0124, .8283, .5886},
                              {.2329, .4135, .8307, .3736, .1004, .9991},
                              {.2348, .1451, .3522, .2883, .3047, .6650},
                              {.4047, .8828, .8732, .5743, .1091, .0381}};
  double sum = 0;
  for (int i = 0; i < 4; ++i) {
    double inner = 0;
    for (int j = 0; j < 6; ++j) inner += a[i][j] * std::pow(x[j] - p[i][j], 2);
    sum -= alpha[i] * std::exp(-inner);
  }
  return sum;
}

double rastrigin(const Point& x) {
  double sum = 10 * static_cast<double>(x.size());
  for (const double v : x) sum += v * v - 10 * std::cos(2 * std::numbers::pi * v);
  return sum;
}

double ackley(const Point& x) {
  double squares = 0, cosines = 0;
  for (const double v : x) squares += v * v, cosines += std::cos(2 * std::numbers::pi * v);
  const double n = static_cast<double>(x.size());
  return -20 * std::exp(-0.2 * std::sqrt(squares / n)) - std::exp(cosines / n) + 20 + std::numbers::e;
}

double rosenbrock(const Point& x) {
  double sum = 0;
  for (std::size_t i = 0; i + 1 < x.size(); ++i)
    sum += 100 * std::pow(x[i + 1] - x[i] * x[i], 2) + std::pow(1 - x[i], 2);
  return sum;
}

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> out;
  std::istringstream in(line);
  for (std::string cell; std::getline(in, cell, ',');) out.push_back(cell);
  return out;
}

/// A whole grid: a line of names, then a line for each point, its loss last; the last parameter changes fastest. A
/// number is searched as its place among the column's values, so that its scale is that of the grid.
Function table(const std::string& path) {
  std::ifstream in(path);
  std::string line;
  if (!std::getline(in, line)) throw std::invalid_argument("no such table: " + path);
  const std::size_t axes = cells_of(line).size() - 1;
  std::vector<std::vector<std::string>> values(axes);
  std::vector<double> losses;
  while (std::getline(in, line)) {
    const std::vector<std::string> cells = cells_of(line);
    for (std::size_t i = 0; i < axes; ++i)
      if (std::find(values[i].begin(), values[i].end(), cells[i]) == values[i].end()) values[i].push_back(cells[i]);
    losses.push_back(std::stod(cells[axes]));
  }
  Function out;
  std::size_t points = 1;
  for (const auto& each : values) {
    const bool number = each[0].find_first_not_of("0123456789.e-") == std::string::npos;
    const double last = static_cast<double>(each.size()) - 1;
    out.dimensions.push_back({"", number ? Dimension::Kind::integer : Dimension::Kind::categorical, 0, last, false, 1});
    points *= each.size();
  }
  if (points != losses.size()) throw std::invalid_argument(path + ": not a whole grid");
  out.minimum = *std::min_element(losses.begin(), losses.end());
  out.value = [values, losses](const Point& x) {
    std::size_t at = 0;
    for (std::size_t i = 0; i < x.size(); ++i) at = at * values[i].size() + static_cast<std::size_t>(x[i]);
    return losses[at];
  };
  return out;
}

Function function(const std::string& name) {
  if (name.ends_with(".csv")) return table(name);
  const std::map<std::string, Function> functions = {
      {"branin", {{real(-5, 10), real(0, 15)}, 0.397887357729739, branin}},
      {"hartmann6", {std::vector<Dimension>(6, real(0, 1)), -3.32236801141551, hartmann6}},
      {"rastrigin5", {std::vector<Dimension>(5, real(-5.12, 5.12)), 0, rastrigin}},
      {"ackley5", {std::vector<Dimension>(5, real(-32.768, 32.768)), 0, ackley}},
      {"rosenbrock4", {std::vector<Dimension>(4, real(-5, 10)), 0, rosenbrock}},
  };
  if (const auto found = functions.find(name); found != functions.end()) return found->second;
  int reals = 0, stepped = 0;
  if (std::sscanf(name.c_str(), "time-%d-%d", &reals, &stepped) != 2)
    throw std::invalid_argument("no such function: " + name);
  Function easy{std::vector<Dimension>(reals, real(0, 1)), 0, [](const Point& x) {
                  double sum = 0;
                  for (const double v : x) sum += (v - 0.5) * (v - 0.5);
                  return sum;
                }};
  easy.dimensions.resize(reals + stepped, {"", Dimension::Kind::integer, 1, 64, false, 1});
  return easy;
}

/// As ubp asks (plan/proposal.hpp): again, until it is told something that was not tried.
Point fresh_point(Sampler& sampler, Question question) {
  const auto is_known = [&](const Point& point) {
    return std::any_of(question.history.begin(), question.history.end(),
                       [&](const Told& told) { return told.point == point; });
  };
  for (;; ++question.attempt) {
    Point point = question.attempt < 100 ? sampler.propose(question) : uniform_point(question);
    if (!is_known(point)) return point;
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) {
    std::cerr << "usage: sampler_bench SAMPLER FUNCTION BUDGET SEED COUNT\n";
    return 2;
  }
  const Function f = function(argv[2]);
  const Space space{f.dimensions, {}, {}};
  const std::int64_t budget = std::stoll(argv[3]);
  const std::uint64_t first = std::stoull(argv[4]), count = std::stoull(argv[5]);
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    const std::unique_ptr<Sampler> sampler = make_sampler(argv[1]);
    History history;
    double best = HUGE_VAL;
    double spent = 0;
    for (std::int64_t k = 0; k < budget; ++k) {
      const std::clock_t start = std::clock();
      const Point point = fresh_point(*sampler, {space, history, seed, k, 0});
      spent += static_cast<double>(std::clock() - start) * (1e6 / CLOCKS_PER_SEC);
      const double value = f.value(point);
      best = std::min(best, value);
      history.push_back({point, Told::State::complete, {value}, 0, 0, k + 1});
    }
    std::cout << fmt::format("{} {:.3f}\n", best - f.minimum, spent / static_cast<double>(budget));
  }
}
