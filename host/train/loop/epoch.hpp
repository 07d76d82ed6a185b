// SPDX-License-Identifier: MIT
// How an epoch takes its rows: which of them each minibatch gets, and when it is over. It knows no data, so that the
// rounds of an epoch can be counted before it happens, by playing it.
#pragma once

#include "train/loop/program.hpp"

namespace ubp {

/// The rules of an epoch.
struct EpochRules {
  i64 rows = 0;  ///< 0: an objective on latents or noise alone, one round an epoch
  i64 batch = 1;
  i64 passes = 1;  ///< over the rows
  i64 draws = 0;   ///< more than 0: so many minibatches instead, from as many passes as they take
  bool whole_only =
      false;  ///< [train] drop_last: a pass ends before a minibatch that is not full, unless it has no other
  bool pairs_only = false;  ///< UBP_OBJ_MIN_BATCH_2: a pass ends before a last single row
};

/// Where an epoch stands. A phase that repeats draws minibatches of its own; if one of them finds a pass used up, it
/// opens the next one, and the epoch, if it was the last pass, is over with that round.
struct EpochCourse {
  i64 cursor = 0;  ///< rows of this pass that are used
  i64 passed = 0;  ///< passes that are used up
  i64 drawn = 0;   ///< minibatches

  bool over(const EpochRules&) const;

  struct Minibatch {
    i64 first = 0, last = 0;  ///< of the pass's order
    bool new_pass = false;    ///< the rows need a new order before
  };
  Minibatch next(const EpochRules&);

 private:
  i64 available(const EpochRules&) const;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(EpochCourse, cursor, passed, drawn)

/// Rounds of the epoch that begins with round `first_round` of its stage.
i64 rounds_per_epoch(const EpochRules&, const Stage&, i64 first_round);

/// Rounds of a whole stage; -1: nobody knows, because it has no planned end or collects its rows itself.
i64 rounds_of_stage(const EpochRules&, const Stage&);

}  // namespace ubp
