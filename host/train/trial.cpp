// SPDX-License-Identifier: MIT
#include "train/trial.hpp"

#include "base/build_id.hpp"
#include "base/error.hpp"
#include "base/hash.hpp"
#include "plugin/loader.hpp"
#include "train/loop/trainer.hpp"

namespace ubp {
namespace {

void forward_note(void* sink, int level, const char* who, const char* text) {
  static_cast<TrialSink*>(sink)->note(level, who, text);
}

// Who may continue a checkpoint: sections that must be equal. Of the spec, `directory`, where plugins lie
// and the threads may differ.
std::map<std::string, std::string> label_of(const TrialSpec& spec) {
  nlohmann::json j = spec;
  j.erase("directory");
  for (auto& c : j["components"]) c.erase("file"), c.erase("stamp");
  j["train"].erase("threads");
  return {{"format", kCheckpointFormat}, {"host", build_id()}, {"spec", sha256(j.dump())}};
}

/// What keeps a checkpoint from being continued; "" if nothing does.
std::string difference(const Checkpoint& checkpoint, const std::map<std::string, std::string>& label) {
  const std::map<std::string, const char*> meaning = {
      {"format", "format"}, {"host", "build of ubp"}, {"spec", "spec or of other plugins"}};
  for (const auto& [name, text] : label)
    if (!checkpoint.has(name) || checkpoint.get(name) != text) return meaning.at(name);
  return "";
}

/// The checkpoint to continue, if there is one that this program may continue.
std::optional<Checkpoint> continued(const TrialSpec& spec, const std::map<std::string, std::string>& label,
                                    TrialSink& sink) {
  std::optional<Checkpoint> checkpoint = Checkpoint::read(spec.directory / "checkpoint");
  if (!checkpoint) return checkpoint;
  const std::string other = difference(*checkpoint, label);
  if (other.empty()) return checkpoint;
  sink.note(UBP_LOG_WARN, "ubp", fmt::format("the checkpoint is of another {}: the trial starts afresh", other));
  return std::nullopt;
}

TrialEnd run(const TrialSpec& spec, TrialSink& sink, const std::atomic<bool>& stop,
             std::optional<std::int64_t> until_step) {
  Composition parts(spec);
  TrialLog log(sink);
  TrialServices services(parts, log);
  const Scope scope(parts.engine);
  services.set_up();
  Trainer trainer(parts, services, log, sink, stop);
  const std::map<std::string, std::string> label = label_of(spec);
  std::filesystem::create_directories(spec.directory);
  if (const std::optional<Checkpoint> checkpoint = continued(spec, label, sink)) {
    trainer.restore(*checkpoint);
    sink.started(trainer.step());
    log.replay();
  } else {
    sink.started(0);
  }
  const TrialEnd::How how = trainer.run(label, until_step);
  if (how == TrialEnd::How::complete) {
    log.require(spec.objective_metric);
    std::error_code ignored;
    std::filesystem::remove(spec.directory / "checkpoint", ignored);
  }
  return {how, Failure::none, ""};
}

Failure failure_of(ubp_status status) {
  switch (status) {
    case UBP_E_NUMERIC:
      return Failure::numeric;
    case UBP_E_NO_MEMORY:
      return Failure::memory;
    case UBP_E_IO:
      return Failure::data;
    case UBP_E_PLUGIN_EXCEPTION:
      return Failure::exception;
    default:
      return Failure::plugin;
  }
}

Failure failure_of(Exit code) {
  switch (code) {
    case Exit::plugin:
      return Failure::plugin;
    case Exit::internal:
      return Failure::internal;
    default:
      return Failure::spec;
  }
}

}  // namespace

TrialEnd end_of_exception() {
  const auto failed = [](Failure failure, const char* error) {
    return TrialEnd{TrialEnd::How::failed, failure, error};
  };
  try {
    throw;
  } catch (const EngineError& e) {
    return failed(failure_of(e.status()), e.what());
  } catch (const Changed& e) {
    return {TrialEnd::How::refused, Failure::none, e.what()};
  } catch (const Error& e) {
    return failed(failure_of(e.code()), e.what());
  } catch (const std::bad_alloc&) {
    return failed(Failure::memory, "out of memory");
  } catch (const std::filesystem::filesystem_error& e) {
    return failed(Failure::data, fmt::format("{}: {}", e.path1().string(), e.code().message()).c_str());
  } catch (const std::exception& e) {
    return failed(Failure::internal, e.what());
  } catch (...) {
    return failed(Failure::exception, "something was thrown that is no std::exception");
  }
}

TrialEnd run_trial(const TrialSpec& spec, TrialSink& sink, const std::atomic<bool>& stop,
                   std::optional<std::int64_t> until_step) {
  if (until_step && *until_step < 1)
    fail(Exit::usage, "until_step: no trial stops there: found {}, expected 1 or more", *until_step);
  set_log_sink(forward_note, &sink);
  set_stop_flag(&stop);
  TrialEnd end;
  try {
    end = run(spec, sink, stop, until_step);
  } catch (...) {  // of a callback that was told to stop: the trial goes on from its last checkpoint
    end = stop ? TrialEnd{TrialEnd::How::interrupted, Failure::none, ""} : end_of_exception();
  }
  set_stop_flag(nullptr);
  set_log_sink(nullptr, nullptr);
  return end;
}

}  // namespace ubp
