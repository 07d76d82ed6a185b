// SPDX-License-Identifier: MIT
// A small world of plugins for the plan's tests, without files.
#pragma once

#include <list>

#include "base/error.hpp"
#include "plan/components.hpp"
#include "plan/planner.hpp"

namespace ubp::test {

class FakeComponents : public Components {
 public:
  FakeComponents();
  const Manifest& find(std::int32_t kind, const std::string& id) override;
  std::vector<std::string> ids(std::int32_t kind) override;
  Manifest& edit(const std::string& id);

 private:
  std::list<Manifest> all_;
};

/// A sweep of 3 x 3 points, 2 replicates, that is right in every respect. Line numbers matter to test_messages.
extern const char* const kSpec;

/// A plan with everything that it compiles to: configs x replicates, config-major.
struct Expanded : Plan {
  struct Trial {
    std::int64_t config = 0, replicate = 0;
    TrialSpec spec;
  };
  std::vector<Config> configs;
  std::vector<Trial> trials;
};

Expanded plan(const std::string& text = kSpec, const std::vector<std::string>& overrides = {}, bool single = false);
Expanded plan_with(std::shared_ptr<FakeComponents>, const std::string& text = kSpec,
                   const std::vector<std::string>& overrides = {}, bool single = false);

/// The one sentence that planning fails with; "no error" if it does not.
std::string complaint(const std::string& text, const std::vector<std::string>& overrides = {}, bool single = false);

/// kSpec with its `line` (1-based) replaced; further lines may be inside.
std::string spec_with(int line, const std::string& text);

}  // namespace ubp::test
