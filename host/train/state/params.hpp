// SPDX-License-Identifier: MIT
// Parameters, their gradients, named state and target copies: owned here, by name, so that checkpoints need no plugin.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/engine.hpp"
#include "train/state/checkpoint.hpp"

namespace ubp {

/// Page-aligned numbers of the run's dtype that never move. Values and gradients have the same layout.
class Chunk {
 public:
  Chunk(DType, i64 capacity);
  i64 capacity() const { return capacity_; }
  i64 used = 0;
  /// Once so many are used that a large page of the system's is full, those are asked for: a step reads all of it.
  void use_large_pages() const;
  char* values() const { return values_.get(); }
  char* grads() const { return grads_.get(); }

 private:
  struct Unmap {
    std::size_t bytes;
    void operator()(char* p) const;
  };
  i64 capacity_;
  std::size_t bytes_;
  std::unique_ptr<char, Unmap> values_, grads_;
};

struct Param {
  std::string owner, name;  ///< owner: a role, "self", or a target
  Shape shape;
  std::uint32_t flags = 0;  ///< UBP_PARAM_*
  Tensor tensor;
  std::size_t chunk = 0;     ///< index into ParamStore::chunks
  i64 offset = 0;            ///< in numbers, a multiple of 16
  std::vector<i64> touched;  ///< row-sparse: rows of the last gradient
  bool reached = false;      ///< some loss has depended on it
  bool finite = false;       ///< its gradient was looked at when it was written

  bool row_sparse() const { return flags & UBP_PARAM_ROW_SPARSE; }
  std::string full_name() const { return owner + "." + name; }
};

/// Threads: one. Throws EngineError: NOT_FOUND listing the names there are, STATE for a second creation with another
/// shape, SHAPE.
class ParamStore {
 public:
  ParamStore(Engine& engine, std::uint64_t seed) : engine_(engine), seed_(seed) {}

  /// Creates (start values from a stream of its own name, so that no other parameter moves them) or finds.
  Tensor param(std::string_view owner, std::string_view name, const Shape* shape, int init, double p0, double p1,
               std::uint32_t flags);
  Tensor state(std::string_view owner, std::string_view name, const Shape* shape, DType dtype, double fill);
  bool is_state(Tensor) const;

  void copy_owner(const std::string& from, const std::string& to);  ///< same names and numbers, not trainable
  void blend_owner(const std::string& from, const std::string& to, double momentum);  ///< to = m to + (1 - m) from
  bool has_owner(const std::string& owner) const;

  std::vector<Param*> all();
  /// What a phase's `train` list selects: "encoder,self", "autoencoder.encoder" (a name prefix). Null: everything but
  /// targets.
  std::vector<Param*> select(const char* train);
  Chunk& chunk(std::size_t i) { return *chunks_[i]; }
  std::size_t n_chunks() const { return chunks_.size(); }
  i64 count() const;  ///< trainable numbers
  void* values(const Param&) const;
  void* grads(const Param&) const;

  void save(Checkpoint&) const;
  /// Restores what exists now, and what will be created later under a name that the checkpoint has.
  void load(const Checkpoint&);

 private:
  struct State {
    std::string owner, name;
    Shape shape;
    DType dtype;
    std::unique_ptr<char[]> bytes;
    char* data;
    Tensor tensor;
  };
  /// Names are looked up as they come, without a copy: every call of a model asks for all of its parameters.
  struct Before {
    using is_transparent = void;
    bool operator()(const auto& a, const auto& b) const {
      const int owners = std::string_view(a.first).compare(b.first);
      return owners != 0 ? owners < 0 : std::string_view(a.second) < std::string_view(b.second);
    }
  };
  template <class T>
  using ByName = std::map<std::pair<std::string, std::string>, T*, Before>;

  Param* find(std::string_view owner, std::string_view name);
  std::vector<std::string> groups() const;  // what a phase could have named
  void place(Param&);
  void restore(Param&) const;
  void restore(const std::string& section, void* to, i64 bytes) const;
  void initialise(Param&, int init, double p0, double p1);

  Engine& engine_;
  std::uint64_t seed_;
  Checkpoint restored_;
  std::vector<std::unique_ptr<Chunk>> chunks_;
  std::map<std::string, std::size_t> open_chunk_;  ///< by owner: where its next parameter goes
  std::deque<Param> params_;
  ByName<Param> by_name_;
  std::deque<State> states_;
  ByName<State> state_by_name_;
};

}  // namespace ubp
