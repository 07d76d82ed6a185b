// SPDX-License-Identifier: MIT
#include "engine/taped.hpp"

#include "engine/op.hpp"
#include "engine/tape.hpp"

namespace ubp {

std::vector<TapedOp> taped(Engine& engine) {
  const Engine::Impl& m = engine.impl();
  std::vector<TapedOp> all;
  for (std::size_t i = 0; i < m.n_nodes; ++i) {
    const Node& node = *m.tape[i];
    all.push_back({node.op ? std::string(node.op->signature.name) : "", node.in, node.out});
  }
  return all;
}

}  // namespace ubp
