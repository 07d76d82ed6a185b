// SPDX-License-Identifier: MIT
// The memory under tensors: reference-counted blocks from a pool of size classes.
//
// A class spans a quarter of a power of two, so at most 20 % of a block is unused and a step that repeats finds every
// block that the step before gave back. Nothing returns to the system before the pool dies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace ubp {

/// One block; tensors that share numbers share the block.
struct Storage {
  void* data = nullptr;
  std::int64_t bytes = 0;
  std::int32_t refs = 0;
  std::int32_t size_class = -1;  ///< -1: borrowed memory, not the pool's
};

class Pool {
 public:
  Pool() = default;
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  Storage* take(std::int64_t bytes);  ///< 64-byte aligned, uninitialised, refs 1. Throws std::bad_alloc
  Storage* borrow(void* data, std::int64_t bytes);
  void share(Storage* s) { ++s->refs; }
  void drop(Storage*);  ///< the last reference gives the block back

  std::int64_t blocks() const { return blocks_; }  ///< taken from the system so far
  std::int64_t bytes() const { return bytes_; }    ///< held, in use or not

 private:
  Storage* fresh();

  std::vector<std::vector<Storage*>> free_;
  std::vector<Storage*> spare_;
  std::vector<std::unique_ptr<Storage>> all_;
  std::int64_t blocks_ = 0, bytes_ = 0;
};

}  // namespace ubp
