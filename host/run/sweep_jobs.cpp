// SPDX-License-Identifier: MIT
#include "run/sweep_jobs.hpp"

#include <fmt/format.h>

namespace ubp {

SweepJobs::SweepJobs(const Plan& plan, Recorder& recorder, std::filesystem::path files,
                     const std::vector<TrialRow>& rows, std::vector<Proposal> proposals)
    : plan_(plan),
      recorder_(recorder),
      files_(std::move(files)),
      assignments_(plan.assignments),
      proposals_(std::move(proposals)) {
  for (const Proposal& proposal : proposals_) assignments_.push_back(proposal.params);
  for (const TrialRow& row : rows) take(row);
}

void SweepJobs::take(const TrialRow& row) {
  if (row.config_number < configs() && row.replicate < plan_.replicates && plan_.share.has(row.config_number))
    rows_[row.config_number].push_back(row);
}

const Proposal* SweepJobs::proposal(std::int64_t config) const {
  const std::int64_t beyond = config - static_cast<std::int64_t>(plan_.assignments.size());
  return beyond < 0 ? nullptr : &proposals_.at(static_cast<std::size_t>(beyond));
}

const std::vector<TrialRow>& SweepJobs::trials(std::int64_t config) const {
  static const std::vector<TrialRow> none;
  const auto found = rows_.find(config);
  return found == rows_.end() ? none : found->second;
}

Job SweepJobs::job(const TrialRow& row) const {
  Job job;
  job.row = row;
  compile(job);
  return job;
}

void SweepJobs::compile(Job& job) const {
  const TrialRow& row = job.row;
  const auto spec = std::make_shared<TrialSpec>(plan_.compiler->trial(assignment(row.config_number), row.replicate));
  if (const auto files = plan_.basis.data.find(data_key(*spec)); files != plan_.basis.data.end())
    spec->data = digest_of(files->second);
  spec->directory = files_ / fmt::format("{}-{}", row.config_number, row.replicate);
  job.spec = spec;
  job.limits = plan_.limits;
}

const std::vector<TrialRow>& SweepJobs::propose(const Assignment& assignment, const std::vector<std::int64_t>& told) {
  Config config = plan_.compiler->config(configs(), assignment);
  config.told = told;
  assignments_.push_back(assignment);
  proposals_.push_back({assignment, told});
  for (const TrialRow& row : recorder_.proposed(config)) take(row);
  return trials(config.number);
}

}  // namespace ubp
