// SPDX-License-Identifier: MIT
// frozen_lake: cross the ice from S to G without falling into a hole H. Left (0), down (1), right (2), up (3).
//
//   4x4: SFFF FHFH FFFH HFFG      8x8: SFFFFFFF FFFFFFFF FFFHFFFF FFFFFHFF FFFHFFFF FHHFFFHF FHFFHFHF FFFHFFFG
//   slippery: the move is a - 1, a or a + 1 (mod 4), a third each;   into a wall: stay
//
// | parameter | type   | range       | default | meaning |
// |-----------|--------|-------------|---------|---------|
// | map       | choice | 4x4, 8x8    | 4x4     | The lake. |
// | slippery  | bool   | true, false | true    | Whether the ice turns moves aside. |
//
// Observation: one-hot of row * columns + column. Reward 1 at G, else 0; H and G end the episode; at most 100 steps on
// 4x4, 200 on 8x8. Slippery, the best possible mean return is 0.7442 on 4x4 and 0.9132 on 8x8, a random policy's 0.0139
// and 0.0019 (exact).
// Limits: rewards are rare; start on 4x4 without slipping.
// Source: Gymnasium's FrozenLake-v1.
//
//   [environment]
//   use      = "frozen_lake"
//   slippery = false
#include <ubp/sdk.hpp>

#include <algorithm>

namespace {
using namespace ubp;

struct LakeState {
  std::uint64_t seed;  // of the episode: slips are a function of it and the step
  std::int64_t cell, steps;
};

class FrozenLake : public Environment<LakeState> {
 public:
  static void describe(Describe<FrozenLake>& d) {
    d.id("frozen_lake")
        .title("Frozen lake")
        .cite("Gymnasium, FrozenLake-v1")
        .tag("grid")
        .doc("Cross the ice from start to goal without falling into a hole, while the ice turns moves aside.")
        .choice(&FrozenLake::map_, "map", {"4x4", "8x8"}, "4x4", 0, "The lake.")
        .param(&FrozenLake::slippery_, "slippery", true, 0, "Whether the ice turns moves aside.");
  }
  void created() override {
    lake_ = map_ == "4x4" ? "SFFFFHFHFFFHHFFG" : "SFFFFFFFFFFFFFFFFFFHFFFFFFFFFHFFFFFHFFFFFHHFFFHFFHFFHFHFFFFHFFFG";
    side_ = map_ == "4x4" ? 4 : 8;
    most_steps_ = map_ == "4x4" ? 100 : 200;
  }
  ubp_space observation_space() override { return box({side_ * side_}); }
  ubp_space action_space() override { return discrete(4); }

  LakeState reset(Hash& random) override { return {random.word(), 0, 0}; }

  EnvOutcome step(LakeState& s, const float* action) override {
    auto move = static_cast<std::int64_t>(action[0]);
    if (slippery_) move = (move + 3 + Hash(s.seed, s.steps).below(3)) % 4;
    std::int64_t row = s.cell / side_, column = s.cell % side_;
    switch (move) {
      case 0:
        column = std::max<std::int64_t>(column - 1, 0);
        break;
      case 1:
        row = std::min(row + 1, side_ - 1);
        break;
      case 2:
        column = std::min(column + 1, side_ - 1);
        break;
      case 3:
        row = std::max<std::int64_t>(row - 1, 0);
        break;
    }
    s.cell = row * side_ + column, ++s.steps;
    const char here = lake_[s.cell];
    const bool ends = here == 'G' || here == 'H';
    return {here == 'G' ? 1.0 : 0.0, ends, !ends && s.steps >= most_steps_};
  }

  void observe(const LakeState& s, float* out) override {
    std::fill_n(out, side_ * side_, 0.0f);
    out[s.cell] = 1;
  }

 private:
  std::string map_;
  bool slippery_ = true;
  const char* lake_ = nullptr;
  std::int64_t side_ = 0, most_steps_ = 0;
};

}  // namespace

UBP_EXPORT_PLUGIN("frozen_lake", "1.0.0", "MIT", FrozenLake);
