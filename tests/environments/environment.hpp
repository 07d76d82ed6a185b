// SPDX-License-Identifier: MIT
// An environment behind its C table: reset, step, and its full state as bytes.
#pragma once

#include <cstring>

#include "../metrics/harness.hpp"

namespace harness {

class Env {
 public:
  struct Step {
    std::vector<double> reward;
    std::vector<std::uint8_t> terminated, truncated;
  };

  explicit Env(const std::string& id, const Params& params = {}, std::int64_t n = 1)
      : instance_(ENVIRONMENT_PLUGINS, id, params), n_(n) {
    check(vt().open(instance_.self(), "", static_cast<std::uint32_t>(n)));
    const ubp_space *o = nullptr, *a = nullptr;
    check(vt().spaces(instance_.self(), &o, &a));
    observation = *o, action = *a;
    width_ = observation.shape.dim[0];
    obs.resize(static_cast<std::size_t>(n * width_));
  }

  ubp_space observation{}, action{};
  std::vector<float> obs;  ///< [n, width], of the last reset or step
  std::int64_t max_steps() const { return vt().max_steps; }

  void reset(const std::vector<std::uint32_t>& which, const std::vector<std::uint64_t>& seeds) {
    Array<float> out({static_cast<std::int64_t>(which.size()), width_});
    check(vt().reset(instance_.self(), which.data(), seeds.data(), static_cast<std::uint32_t>(which.size()),
                     out.c_view()));
    for (std::size_t i = 0; i < which.size(); ++i)
      std::copy_n(&out.values[i * static_cast<std::size_t>(width_)], width_,
                  &obs[which[i] * static_cast<std::size_t>(width_)]);
  }
  Step step(const std::vector<std::int64_t>& actions) {
    Ints a({n_}, actions);
    Array<float> o({n_, width_});
    Doubles reward({n_});
    Array<std::uint8_t> terminated({n_}), truncated({n_});
    check(
        vt().step(instance_.self(), a.c_view(), o.c_view(), reward.c_view(), terminated.c_view(), truncated.c_view()));
    obs = o.values;
    return {reward.values, terminated.values, truncated.values};
  }

  std::string save() const {
    std::string bytes;
    ubp_ostream out{sizeof out, &bytes, [](ubp_ostream* s, const void* from, std::uint64_t n) -> ubp_status {
                      static_cast<std::string*>(s->impl)->append(static_cast<const char*>(from), n);
                      return UBP_OK;
                    }};
    check(instance_.component().life->save(instance_.self(), &out));
    return bytes;
  }
  void load(const std::string& bytes) {
    std::string left = bytes;
    ubp_istream in{sizeof in, &left, [](ubp_istream* s, void* to, std::uint64_t n, std::uint64_t* got) -> ubp_status {
                     auto& all = *static_cast<std::string*>(s->impl);
                     *got = std::min<std::uint64_t>({n, all.size(), 5});  // fewer than asked for: the reader must go on
                     std::memcpy(to, all.data(), *got);
                     all.erase(0, *got);
                     return UBP_OK;
                   }};
    check(instance_.component().life->load(instance_.self(), &in));
  }
  template <class State>
  void set_state(const State& s) {
    load(std::string(reinterpret_cast<const char*>(&s), sizeof s));
  }
  template <class State>
  State state() const {
    State s;
    const std::string bytes = save();
    REQUIRE(bytes.size() == sizeof s);
    std::memcpy(&s, bytes.data(), sizeof s);
    return s;
  }

 private:
  const ubp_environment_vt& vt() const { return instance_.table<ubp_environment_vt>(); }
  Instance instance_;
  std::int64_t n_, width_ = 0;
};

}  // namespace harness
