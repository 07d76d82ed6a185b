// SPDX-License-Identifier: MIT
// Who is promoted: by hand, and against Algorithm 2 of the ASHA paper as it stands there.
#include <cmath>
#include <limits>
#include <set>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "engine/random.hpp"
#include "search/promotion.hpp"

using namespace ubp;
using namespace ubp::search;

namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// "start 0", "resume 3 to 1", "wait".
std::string text(const Move& move) {
  if (move.kind == Move::Kind::wait) return "wait";
  if (move.kind == Move::Kind::start) return fmt::format("start {}", move.bracket);
  return fmt::format("resume {} to {}", move.number, move.rung);
}

/// Li et al. 2020, Algorithm 2, line by line: it remembers what the function of promotion.hpp is told each time.
class Algorithm2 {
 public:
  Algorithm2(std::size_t rungs, std::size_t eta) : eta_(eta), losses_(rungs), promoted_(rungs) {}

  std::string get_job(bool may_start) {
    for (std::size_t k = losses_.size() - 1; k > 0; --k) {
      const std::size_t rung = k - 1;
      std::size_t candidates = losses_[rung].size() / eta_;
      for (const auto& [loss, theta] : losses_[rung]) {  // in the order of the losses
        if (candidates-- == 0) break;
        if (loss == kInf || promoted_[rung].count(theta) != 0) continue;
        promoted_[rung].insert(theta);
        return fmt::format("resume {} to {}", theta, rung + 1);
      }
    }
    return may_start ? "start 0" : "wait";
  }

  void update(std::int64_t theta, std::size_t rung, double loss) { losses_[rung].insert({loss, theta}); }

 private:
  std::size_t eta_;
  std::vector<std::set<std::pair<double, std::int64_t>>> losses_;
  std::vector<std::set<std::int64_t>> promoted_;
};

/// A config on its way comes to its rung; or fails, or arrives with NaN: one in `safety` each.
double arrive(Climber& climber, Random& random, std::uint64_t safety) {
  const std::uint64_t fate = random.below(safety);
  const double value = static_cast<double>(random.below(30));  // ties are frequent
  if (fate == 0) {
    climber.failed = true;
    return kInf;
  }
  climber.values.push_back(fate == 1 ? kNaN : value);
  return fate == 1 ? kInf : value;
}

std::size_t on_its_way(const std::vector<Climber>& climbers, std::uint64_t which) {
  std::vector<std::size_t> list;
  for (std::size_t i = 0; i < climbers.size(); ++i)
    if (!climbers[i].failed && climbers[i].values.size() == climbers[i].rung) list.push_back(i);
  return list[which % list.size()];
}

void send(std::vector<Climber>& climbers, const Move& move) {
  if (move.kind == Move::Kind::start)
    climbers.push_back({static_cast<std::int64_t>(climbers.size()), move.bracket, 0, {}, false});
  if (move.kind == Move::Kind::resume) climbers[static_cast<std::size_t>(move.number)].rung = move.rung;
}

/// Configs of bracket 0 that wait at rung 0 with these values.
std::vector<Climber> waiting(const std::vector<double>& values) {
  std::vector<Climber> list;
  for (const double v : values) list.push_back({static_cast<std::int64_t>(list.size()), 0, 0, {v}, false});
  return list;
}

}  // namespace

TEST_CASE("rungs are at r eta^(s + k), and the last is the end", "[prune]") {
  using Steps = std::vector<std::int64_t>;
  CHECK(rung_steps(1, 81, 3, 0) == Steps{1, 3, 9, 27, 81});
  CHECK(rung_steps(1, 81, 3, 3) == Steps{27, 81});
  CHECK(rung_steps(1, 81, 3, 4) == Steps{81});
  CHECK(rung_steps(1, 81, 3, 9) == Steps{81});
  CHECK(rung_steps(1, 100, 4, 0) == Steps{1, 4, 16, 100});
  CHECK(rung_steps(5, 7, 4, 0) == Steps{7});
  CHECK(rung_steps(1, std::numeric_limits<std::int64_t>::max(), 2, 0).size() == 63);
}

TEST_CASE("Hyperband's brackets: the exact number of them, and whose turn it is", "[prune]") {
  const auto brackets = hyperband_brackets(1, 9, 3);
  REQUIRE(brackets.size() == 3);
  CHECK(brackets[0].rungs == std::vector<std::int64_t>{1, 3, 9});
  CHECK(brackets[1].rungs == std::vector<std::int64_t>{3, 9});
  CHECK(brackets[2].rungs == std::vector<std::int64_t>{9});
  CHECK(hyperband_brackets(1, 243, 3).size() == 6);
  std::vector<Climber> climbers;
  std::string order;
  for (int i = 0; i < 19; ++i) {
    const Move move = next_move(brackets, 3, climbers, true);
    order += std::to_string(move.bracket);
    send(climbers, move);
  }
  CHECK(order == "0000000001111122200");  // 9, 5 and 3 a round
}

TEST_CASE("a small race with eta = 2, by hand", "[prune]") {
  const auto brackets = asha_brackets(1, 4, 2, 0);  // 1, 2, 4
  std::vector<Climber> c;
  const auto next = [&] {
    const Move move = next_move(brackets, 2, c, true);
    send(c, move);
    return text(move);
  };
  CHECK(next() == "start 0");
  c[0].values = {0.5};
  CHECK(next() == "start 0");  // half of one is none
  CHECK(next() == "start 0");
  c[1].values = {0.3};
  CHECK(next() == "resume 1 to 1");
  c[2].values = {0.4};
  CHECK(next() == "start 0");  // the best of three was promoted
  c[3].values = {0.1};
  CHECK(next() == "resume 3 to 1");
  c[3].values = {0.1, 0.2};
  CHECK(next() == "start 0");
  CHECK(next() == "start 0");
  c[5].values = {0.35};
  c[4].values = {0.35};
  c[1].values = {0.3, 0.25};
  CHECK(next() == "resume 3 to 2");  // the higher rung first
  CHECK(next() == "resume 4 to 1");  // three of six: 3, 1, and of the equal 4 and 5 the first
  c[3].values = {0.1, 0.2, 0.2};
  CHECK(next() == "start 0");  // none leaves the last rung
}

TEST_CASE("failed configs and NaN are the worst, and never promoted", "[prune]") {
  const auto brackets = asha_brackets(1, 4, 2, 0);
  auto c = waiting({kNaN, kNaN, kNaN});
  c.push_back({3, 0, 0, {}, true});
  CHECK(text(next_move(brackets, 2, c, false)) == "wait");
  c.push_back({4, 0, 0, {kInf}, false});
  CHECK(text(next_move(brackets, 2, c, false)) == "resume 4 to 1");
}

TEST_CASE("where nothing is to be promoted and nothing may start, a worker waits", "[prune]") {
  CHECK(text(next_move(asha_brackets(1, 4, 2, 0), 2, {}, false)) == "wait");
  CHECK(text(next_move(asha_brackets(1, 4, 2, 0), 2, waiting({1}), false)) == "wait");
  CHECK(text(next_move(asha_brackets(4, 4, 2, 0), 2, waiting({1, 2, 3, 4}), false)) == "wait");
}

TEST_CASE("races go as Algorithm 2 does", "[prune]") {
  int moves = 0, resumed = 0;
  for (std::uint64_t race = 0; race < 3000; ++race) {
    Random random(race, "prune/race");
    const auto eta = static_cast<std::int64_t>(2 + random.below(3));
    const auto brackets = asha_brackets(1, 1 + static_cast<std::int64_t>(random.below(100)), eta,
                                        static_cast<std::int64_t>(random.below(2)));
    const std::size_t workers = 1 + random.below(8), most = 5 + random.below(60);
    Algorithm2 paper(brackets[0].rungs.size(), static_cast<std::size_t>(eta));
    std::vector<Climber> climbers;
    std::size_t busy = 0;
    bool over = false;
    while (!over) {
      bool waits = false;
      while (busy < workers && !waits) {
        const bool may_start = climbers.size() < most;
        const Move move = next_move(brackets, eta, climbers, may_start);
        CAPTURE(race, moves);
        REQUIRE(text(move) == paper.get_job(may_start));
        send(climbers, move);
        waits = move.kind == Move::Kind::wait;
        busy += waits ? 0 : 1;
        ++moves;
        resumed += move.kind == Move::Kind::resume ? 1 : 0;
      }
      over = busy == 0;
      if (over) break;
      do {  // several may arrive before a worker is free, so that several rungs have something to promote
        Climber& climber = climbers[on_its_way(climbers, random.below(1000))];
        paper.update(climber.number, climber.rung, arrive(climber, random, 20));
        --busy;
      } while (busy > 0 && random.below(2) == 0);
    }
  }
  CHECK(moves > 100000);
  CHECK(resumed > 10000);
}

TEST_CASE("brackets race apart from each other", "[prune]") {
  const auto brackets = hyperband_brackets(1, 9, 3);
  auto c = waiting({3, 2, 1, 9, 9});
  c[0].bracket = 1;
  CHECK(text(next_move(brackets, 3, c, false)) == "resume 2 to 1");
  c[1].bracket = 1;
  CHECK(text(next_move(brackets, 3, c, false)) == "resume 2 to 1");
  c[3].bracket = 1;
  CHECK(text(next_move(brackets, 3, c, false)) == "resume 1 to 1");
}
