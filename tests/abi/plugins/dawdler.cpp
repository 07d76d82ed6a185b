// SPDX-License-Identifier: MIT
// dawdler: a data set and a metric that take for ever, until a file is there or the process is asked to stop.
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include <ubp/sdk.hpp>
using namespace ubp;

/// Says that it has begun, by a file beside the other. Throws if it was asked to stop.
template <class Asked>
void dawdle(const std::string& until, const Asked& cancelled) {
  if (until.empty() || std::filesystem::exists(until)) return;
  std::ofstream(until + ".begun") << "now";
  for (int waited = 0; !std::filesystem::exists(until); ++waited) {
    if (cancelled()) throw Error("told to stop", UBP_E_STATE);
    if (waited > 60'000) throw Error("nobody said stop", UBP_E_STATE);  // rather than for ever
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

struct DawdlingRows : Dataset {
  std::string until;
  static void describe(Describe<DawdlingRows>& d) {
    d.id("dawdler").doc("Rows that take for ever.").param(&DawdlingRows::until, "until", "", 0, "A file.");
  }
  std::vector<ubp_field> fields() override { return {field("x", {2}, UBP_FIELD_INPUT)}; }
  std::int64_t count(const std::string& split) override { return split == "train" || split == "test" ? 8 : 0; }
  void read(const std::string&, const std::int64_t* rows, std::uint32_t n, const std::vector<FieldOut>& out) override {
    dawdle(until, [] { return cancelled(); });
    for (std::uint32_t r = 0; r < n; ++r) out[0].row(r)[0] = static_cast<float>(rows[r]), out[0].row(r)[1] = 1;
  }
};

struct DawdlingMetric : Metric {
  std::string until;
  static void describe(Describe<DawdlingMetric>& d) {
    d.id("dawdler")
        .doc("Takes for ever.")
        .needs({"input"})
        .param(&DawdlingMetric::until, "until", "", 0, "A file.")
        .emits("dawdled", UBP_SMALLER_IS_BETTER, "One.");
  }
  void update(const MetricBatch&) override {
    dawdle(until, [] { return cancelled(); });
  }
  void finish(const Emit& emit) override { emit("dawdled", 1); }
};

UBP_EXPORT_PLUGIN("dawdler", "1.0.0", "MIT", DawdlingRows, DawdlingMetric);
