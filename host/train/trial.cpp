// SPDX-License-Identifier: MIT
#include "train/trial.hpp"

#include "base/error.hpp"
#include "base/hash.hpp"
#include "plugin/loader.hpp"
#include "train/trainer.hpp"

namespace ubp {
namespace {

void forward_note(void* sink, int level, const char* who, const char* text) {
  static_cast<TrialSink*>(sink)->note(level, who, text);
}

// A checkpoint belongs to the spec that made it; `directory` and where plugins lie may differ.
std::string identity_of(const TrialSpec& spec) {
  nlohmann::json j = spec;
  j.erase("directory");
  for (auto& c : j["components"]) c.erase("file");
  return sha256(j.dump());
}

TrialEnd run(const TrialSpec& spec, TrialSink& sink, const std::atomic<bool>& stop) {
  Composition parts(spec);
  TrialLog log(sink);
  TrialServices services(parts, log, stop);
  const Scope scope(parts.engine);
  services.set_up();
  Trainer trainer(parts, services, log, sink, stop);
  const std::string identity = identity_of(spec);
  std::filesystem::create_directories(spec.directory);
  const auto checkpoint = Checkpoint::read(spec.directory / "checkpoint");
  if (checkpoint && checkpoint->has("identity") && checkpoint->get("identity") == identity) {
    trainer.restore(*checkpoint);
    sink.started(trainer.position().step);
    log.replay();
  } else {
    sink.started(0);
  }
  trainer.set_identity(identity);
  const TrialEnd::How how = trainer.run();
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
  } catch (const Error& e) {
    return failed(failure_of(e.code()), e.what());
  } catch (const std::bad_alloc&) {
    return failed(Failure::memory, "out of memory");
  } catch (const std::exception& e) {
    return failed(Failure::internal, e.what());
  }
}

TrialEnd run_trial(const TrialSpec& spec, TrialSink& sink, const std::atomic<bool>& stop) {
  set_log_sink(forward_note, &sink);
  TrialEnd end;
  try {
    end = run(spec, sink, stop);
  } catch (const std::exception&) {
    end = end_of_exception();
  }
  set_log_sink(nullptr, nullptr);
  return end;
}

}  // namespace ubp
