// SPDX-License-Identifier: MIT
// Reinforcement: the vectorised environment, and the table of collected rows that is minibatched like a data set.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/random.hpp"
#include "plugin/instance.hpp"
#include "train/state/checkpoint.hpp"

namespace ubp {

/// Collected rows: named columns of equal length. A ring when `capacity` is set: new rows replace the oldest.
class Table {
 public:
  void set_capacity(i64 rows) { capacity_ = rows; }
  void clear();
  i64 rows() const { return rows_; }
  const std::vector<const char*>& names() const { return names_; }  ///< ends with null
  /// m rows. The first append fixes names, dtypes and row shapes. Throws EngineError (SHAPE, INVALID_ARG).
  void append(const Engine&, std::span<const char* const> names, std::span<const Tensor> columns);
  Tensor gather(Engine&, const std::string& column, std::span<const i64> rows) const;
  void save(Checkpoint&) const;
  void load(const Checkpoint&);

 private:
  struct Column {
    DType dtype;
    Shape row;
    i64 row_bytes;
    std::string bytes;
  };
  void rename();
  std::map<std::string, Column> columns_;
  std::vector<const char*> names_{nullptr};
  i64 rows_ = 0, next_ = 0, capacity_ = 0;
};

/// n instances of an environment. Finished instances are reset here, with seeds from the trial's stream, so that an
/// environment never seeds itself; `next` and `obs` differ exactly there.
class Environments {
 public:
  Environments(Engine&, Instance&, i64 instances, Random seeds);
  i64 instances() const { return n_; }
  const ubp_space& observation() const { return observation_; }
  const ubp_space& action() const { return action_; }

  Tensor observe();  ///< where the last call stopped; resets at first
  Tensor reset();
  void step(Tensor action, ubp_env_step& out);

  struct Episode {
    i64 instance;
    double total;  ///< reward, undiscounted
    i64 length;    ///< steps
  };
  /// The episodes that ended since the last call, in the order of ending.
  std::vector<Episode> take_finished();
  void save(Checkpoint&, const std::string& prefix) const;
  void load(const Checkpoint&, const std::string& prefix);

 private:
  Tensor observation_tensor() const;
  void reset_some(const std::vector<std::uint32_t>& which);

  Engine& engine_;
  Instance& env_;
  ubp_environment_vt calls_;
  i64 n_, obs_count_ = 1;
  ubp_space observation_{}, action_{};
  Shape obs_row_;
  Random seeds_;
  bool started_ = false;
  std::vector<float> obs_;
  std::vector<double> returns_;
  std::vector<i64> lengths_;
  std::vector<Episode> finished_;
};

}  // namespace ubp
