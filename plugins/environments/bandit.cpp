// SPDX-License-Identifier: MIT
// bandit: choose one of several arms of unknown mean reward; with contexts, the best arm depends on what is seen.
//
//   means q_ca ~ N(0, 1), fixed by `seed`;   an episode: a context c ~ U{0..contexts-1} is seen, arm a pays
//   q_ca + noise N(0, 1)
//
// | parameter | type  | range      | default | meaning |
// |-----------|-------|------------|---------|---------|
// | arms      | int   | [2, 1000]  | 10      | Actions. |
// | contexts  | int   | [1, 1000]  | 1       | Situations, seen as one-hot observations. |
// | noise     | float | [0, 100]   | 1       | Standard deviation of a reward. |
// | seed      | int   | [0, 1e+09] | 0       | Chooses the mean rewards. |
//
// Every episode is one step. The best possible mean return is the mean over contexts of max_a q_ca, with 10 arms about
// 1.54; a random policy's is about 0.
// Limits: the means differ from seed to seed; compare methods on the same ones.
// Source: the 10-armed testbed of Sutton and Barto, "Reinforcement Learning", 2nd ed., section 2.3.
//
//   [environment]
//   use  = "bandit"
//   arms = 10
#include <ubp/sdk.hpp>

#include <algorithm>

namespace {
using namespace ubp;

struct BanditState {
  std::uint64_t seed;
  std::int64_t context;
};

class Bandit : public Environment<BanditState> {
 public:
  static void describe(Describe<Bandit>& d) {
    d.id("bandit")
        .title("Bandit")
        .cite("Sutton, Barto, Reinforcement Learning, 2nd ed., 2.3")
        .tag("bandit")
        .max_steps(1)
        .doc(
            "Choose one of several arms whose mean rewards are unknown; with contexts, the best arm depends on what is "
            "seen.")
        .param(&Bandit::arms_, "arms", 10, {2, 1000}, 0, "Actions.")
        .param(&Bandit::contexts_, "contexts", 1, {1, 1000}, 0, "Situations, seen as one-hot observations.")
        .param(&Bandit::noise_, "noise", 1, {0, 100}, 0, "Standard deviation of a reward.")
        .param(&Bandit::seed_, "seed", 0, {0, 1e9}, 0, "Chooses the mean rewards.");
  }
  ubp_space observation_space() override { return box({contexts_}); }
  ubp_space action_space() override { return discrete(arms_); }

  BanditState reset(Hash& random) override { return {random.word(), random.below(contexts_)}; }

  EnvOutcome step(BanditState& s, const float* action) override {
    const auto arm = static_cast<std::int64_t>(action[0]);
    const double mean = Hash(seed_, "mean", s.context, arm).normal();
    return {mean + noise_ * Hash(s.seed, "reward", arm).normal(), true};
  }

  void observe(const BanditState& s, float* out) override {
    std::fill_n(out, contexts_, 0.0f);
    out[s.context] = 1;
  }

 private:
  std::int64_t arms_ = 0, contexts_ = 0, seed_ = 0;
  double noise_ = 0;
};

}  // namespace

UBP_EXPORT_PLUGIN("bandit", "1.0.0", "MIT", Bandit);
