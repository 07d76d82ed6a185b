// SPDX-License-Identifier: MIT
#include "run/sweep_jobs.hpp"

#include <fmt/format.h>

namespace ubp {

bool SweepJobs::knows(const TrialRow& row) const {
  return row.config_number < static_cast<std::int64_t>(assignments_.size()) && row.replicate < plan_.replicates;
}

Job SweepJobs::job(const TrialRow& row) const {
  const Assignment& assignment = assignments_.at(static_cast<std::size_t>(row.config_number));
  const auto spec = std::make_shared<TrialSpec>(plan_.compiler->trial(assignment, row.replicate));
  if (const auto files = plan_.basis.data.find(data_key(*spec)); files != plan_.basis.data.end())
    spec->data = digest_of(files->second);
  spec->directory = files_ / fmt::format("{}-{}", row.config_number, row.replicate);
  Job job;
  job.row = row;
  job.spec = spec;
  job.limits = plan_.limits;
  return job;
}

std::vector<Job> SweepJobs::propose(const Assignment& assignment) {
  const Config config = plan_.compiler->config(static_cast<std::int64_t>(assignments_.size()), assignment);
  assignments_.push_back(assignment);
  std::vector<Job> jobs;
  for (const TrialRow& row : recorder_.proposed(config)) jobs.push_back(job(row));
  return jobs;
}

}  // namespace ubp
