// SPDX-License-Identifier: MIT
#include "run/restore.hpp"

#include <fmt/ranges.h>

#include "base/contents.hpp"
#include "base/error.hpp"
#include "query/drawn.hpp"
#include "query/sweeps.hpp"
#include "record/store.hpp"
#include "run/reproduce.hpp"
#include "run/session.hpp"

namespace ubp {
namespace {

constexpr const char* kKind = "checkpoint";

std::string called(const RecordedTrial& trial) { return fmt::format("trial {} '{}'", trial.trial_id, trial.name); }

/// Of one that can be continued; empty: there is none.
std::filesystem::path continuing(Reader& reader, const RecordedTrial& trial) {
  SessionOptions where;
  where.database = reader.file();
  const std::filesystem::path file = files_of(where, declared_sweep(reader, trial.sweep_id).identity) /
                                     fmt::format("{}-{}", trial.config, trial.replicate) / "checkpoint";
  std::error_code error;
  return std::filesystem::exists(file, error) ? file : std::filesystem::path();
}

TrialSpec spec_of(const RecordedTrial& trial, const Plan& plan) {
  TrialSpec spec = plan.compiler->trial(trial.params, trial.replicate);
  if (const auto files = plan.basis.data.find(data_key(spec)); files != plan.basis.data.end())
    spec.data = digest_of(files->second);
  spec.artifacts = {};
  return spec;
}

/// Sentences: what is not as it was recorded, but for what moves last bits. Throws Error if it is the data.
std::vector<std::string> differences_from(const RecordedTrial& trial, const Plan& plan) {
  std::vector<std::string> notes;
  for (const Culprit& culprit : culprits(trial, plan, this_machine(cache_folder() / "contents"))) {
    if (culprit.what == "data") fail(Exit::usage, "{}: {}", called(trial), sentence_of(culprit));
    if (culprit.what != "BLAS" && culprit.what != "processor")
      notes.push_back(fmt::format("{}: {}", called(trial), sentence_of(culprit)));
  }
  return notes;
}

}  // namespace

bool is_kept(Reader& reader, const RecordedTrial& trial) {
  return !kept_steps(reader, trial.trial_id).empty() || !continuing(reader, trial).empty();
}

std::vector<std::int64_t> kept_steps(Reader& reader, std::int64_t trial_id) {
  std::vector<std::int64_t> steps;
  for (const DrawnArtifact& artifact : drawn_artifacts(reader, trial_id))
    if (artifact.kind == kKind) steps.push_back(artifact.step);
  return steps;
}

KeptCheckpoint kept_checkpoint(Reader& reader, const RecordedTrial& trial, std::optional<std::int64_t> at) {
  std::vector<KeptCheckpoint> kept;  // by step
  for (const DrawnArtifact& artifact : drawn_artifacts(reader, trial.trial_id))
    if (artifact.kind == kKind) kept.push_back({artifact.step, artifact.file});
  if (kept.empty() && !at)
    if (const std::filesystem::path file = continuing(reader, trial); !file.empty()) return {-1, file};
  if (kept.empty())
    fail(Exit::usage,
         "{}: left no checkpoint: found none, expected one of a trial that ran with artifacts.checkpoint = true",
         called(trial));
  if (!at) return kept.back();
  std::vector<std::int64_t> steps;
  for (const KeptCheckpoint& checkpoint : kept) {
    if (checkpoint.step == *at) return checkpoint;
    steps.push_back(checkpoint.step);
  }
  fail(Exit::usage, "{}: left no checkpoint at step {}: expected one of: {}", called(trial), *at,
       fmt::join(steps, ", "));
}

Restored restore(Reader& reader, std::int64_t trial_id, Registry& registry, std::optional<std::int64_t> at) {
  const RecordedTrial trial = recorded_trial(reader, trial_id);
  const DeclaredSweep declared = declared_sweep(reader, trial.sweep_id);
  require_own(declared);
  const KeptCheckpoint kept = kept_checkpoint(reader, trial, at);
  const std::optional<Checkpoint> checkpoint = Checkpoint::read(kept.file);
  if (!checkpoint)
    fail(Exit::usage, "{}: {}: is absent, cut short or damaged: expected the checkpoint that it left", called(trial),
         kept.file.string());
  const Plan plan = plan_again(trial, declared, registry);
  Restored restored{trial.name, kept.step, differences_from(trial, plan), {}};
  restored.trial = std::make_unique<RestoredTrial>(spec_of(trial, plan), *checkpoint);
  return restored;
}

Rerun learn_again(Reader& reader, const RecordedTrial& trial, Registry& registry, const std::filesystem::path& folder,
                  bool quiet) {
  const DeclaredSweep declared = declared_sweep(reader, trial.sweep_id);
  require_own(declared);
  Plan plan = plan_again(trial, declared, registry);
  differences_from(trial, plan);
  return run_again(trial, std::move(plan), this_machine(cache_folder() / "contents"), folder, quiet, true);
}

}  // namespace ubp
