// SPDX-License-Identifier: MIT
#include "plan/space.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "base/error.hpp"
#include "engine/random.hpp"
#include "plan/host_tables.hpp"

namespace ubp {
namespace {

using nlohmann::json;

std::string table_path(const std::string& key) { return key.substr(0, key.rfind('.')); }
std::string last_name(const std::string& key) { return key.substr(key.rfind('.') + 1); }

/// What declares a key of the spec: of a component's parameter, every candidate that knows it.
std::vector<const ParamDecl*> declarations(const Draft& draft, const std::string& key) {
  std::vector<const ParamDecl*> all;
  const std::string path = table_path(key), name = last_name(key);
  if (const TableDraft* table = draft.table(path)) {
    for (const Manifest* manifest : table->candidates)
      if (const ParamDecl* decl = declaration(table->kind, *manifest, name)) all.push_back(decl);
  } else {
    for (const HostTable& host : host_tables())
      if (const ParamDecl* decl = path == host.name ? find_key(host.keys(), name) : nullptr) all.push_back(decl);
  }
  return all;
}

/// A `when` that no declaration of its key can answer is a mistake.
void check_values(const Draft& draft, const Condition& condition, const std::string& where) {
  std::optional<Error> mistake;
  for (const ParamDecl* decl : declarations(draft, condition.key)) try {
      return check_condition(condition, *decl, where);
    } catch (const Error& e) {
      mistake = e;
    }
  if (mistake) throw *mistake;
}

/// Reads a predicate over keys of the spec; `where`: "spec.toml:7: model.latent: when".
std::vector<Condition> read_predicate(const Draft& draft, const std::string& text, const std::string& where) {
  std::vector<Condition> conditions = read_condition(text, where);
  std::vector<std::string> known;
  for (const Axis& axis : draft.axes) known.push_back(axis.key);
  for (const auto& [key, value] : draft.fixed) known.push_back(key);
  for (Condition& condition : conditions) {
    if (const auto decls = declarations(draft, condition.key); !decls.empty())  // an old name stands for the declared
      condition.key = table_path(condition.key) + "." + decls.front()->name;
    if (std::find(known.begin(), known.end(), condition.key) == known.end() &&
        value_at(draft, {}, condition.key).is_null())
      fail(Exit::usage, "{}: no key '{}' in this spec{}", where, condition.key, suggestion(condition.key, known));
    check_values(draft, condition, where);
  }
  return conditions;
}

}  // namespace

bool is_active(const Draft& draft, const Assignment& point, const Step& step) {
  const auto value = [&](const std::string& key) { return value_at(draft, point, key); };
  if (!holds(step.conditions, value)) return false;
  if (!step.table) return true;
  const ParamDecl* decl = step.name == "use"
                              ? &step.axis->decl
                              : declaration(step.table->kind, component_at(point, *step.table), step.name);
  if (!decl) return false;
  std::vector<Condition> own = read_condition(decl->active_if, step.axis->where);
  for (Condition& condition : own) condition.key = step.table->path + "." + condition.key;
  return holds(own, value);
}

bool is_always_active(const Step& step) {
  const bool one_component = !step.table || step.table->candidates.size() == 1;
  return one_component && step.conditions.empty() && step.axis->decl.active_if.empty();
}

bool depends_on(const Step& a, const Step& b) {
  const std::string& key = b.axis->key;
  if (a.table && a.axis != b.axis && (key == a.table->path + ".use" || key == a.table->parent + ".use")) return true;
  if (std::any_of(a.conditions.begin(), a.conditions.end(), [&](const Condition& c) { return c.key == key; }))
    return true;
  if (!a.table) return false;
  const std::vector<Condition> own = read_condition(a.axis->decl.active_if, a.axis->where);
  return std::any_of(own.begin(), own.end(), [&](const Condition& c) { return a.table->path + "." + c.key == key; });
}

std::vector<Step> ordered_steps(const Draft& draft) {
  std::vector<Step> waiting, done;
  for (const Axis& axis : draft.axes)
    waiting.push_back({&axis, draft.table(table_path(axis.key)), last_name(axis.key),
                       read_predicate(draft, axis.when, fmt::format("{}: {}: when", axis.where, axis.key))});
  while (!waiting.empty()) {
    const auto ready = std::find_if(waiting.begin(), waiting.end(), [&](const Step& a) {
      return std::none_of(waiting.begin(), waiting.end(), [&](const Step& b) { return depends_on(a, b); });
    });
    if (ready == waiting.end())
      fail(Exit::usage, "{}: {}: the conditions of the space go round in a circle", waiting.front().axis->where,
           waiting.front().axis->key);
    done.push_back(*ready);
    waiting.erase(ready);
  }
  return done;
}

std::vector<Predicate> forbidden(const Draft& draft) {
  std::vector<Predicate> predicates;
  for (const Setting& forbid : draft.forbid) {
    predicates.push_back(read_predicate(draft, forbid.value, forbid.where + ": sweep.forbid"));
    if (predicates.back().empty()) fail(Exit::usage, "{}: sweep.forbid: found an empty condition", forbid.where);
  }
  return predicates;
}

bool is_forbidden(const Draft& draft, const std::vector<Predicate>& predicates, const Assignment& point) {
  const auto value = [&](const std::string& key) { return value_at(draft, point, key); };
  return std::any_of(predicates.begin(), predicates.end(), [&](const Predicate& p) { return holds(p, value); });
}

namespace {

struct Grid {
  const Draft& draft;
  std::vector<Step> steps;
  std::vector<Predicate> forbid;
  std::vector<std::vector<json>> values;
  std::vector<Assignment> points;

  /// How many points there are if every axis is active at each of them.
  double most() const {
    double n = 1;
    for (const std::vector<json>& axis : values) n *= static_cast<double>(axis.size());
    return n;
  }

  [[noreturn]] void refuse() const {
    fail(Exit::usage,
         "{}: sweep.space: too large for a grid: found up to {:.15g} points, expected at most {}; the random sampler "
         "draws as many as sweep.configs says",
         draft.name, most(), kMostConfigs);
  }

  void expand(std::size_t depth, Assignment& point) {
    if (depth == steps.size()) {
      if (is_forbidden(draft, forbid, point)) return;
      if (std::ssize(points) == kMostConfigs) refuse();
      points.push_back(point);
      return;
    }
    if (!is_active(draft, point, steps[depth])) return expand(depth + 1, point);
    const std::string& key = steps[depth].axis->key;
    for (const json& value : values[depth]) {
      point[key] = value;
      expand(depth + 1, point);
    }
    point.erase(key);
  }
};

/// An upper bound of the number of points; 0: unbounded.
double most_points(const std::vector<Step>& steps) {
  double n = 1;
  for (const Step& step : steps) n *= static_cast<double>(count_values(*step.axis));
  return n;
}

/// Every choice, or the two ends of a range.
std::vector<json> ends_of(const Axis& axis) {
  if (!axis.has_range()) return axis.choices;
  return {draw(axis, 0), draw(axis, std::nextafter(1.0, 0.0))};
}

}  // namespace

json value_at(const Draft& draft, const Assignment& point, const std::string& key) {
  if (const auto found = point.find(key); found != point.end()) return found->second;
  if (const Fixed* fixed = draft.find(key)) return fixed->value;
  const std::string path = table_path(key), name = last_name(key);
  for (const HostTable& host : host_tables())
    if (path == host.name)
      if (const ParamDecl* decl = find_key(host.keys(), name); decl && kind_of(path) == 0) return decl->fallback;
  const TableDraft* table = draft.table(path);
  if (!table) return nullptr;
  const Manifest& manifest = component_at(point, *table);
  if (name == "use") return manifest.id;
  if (!table->parent.empty() && component_at(point, *draft.table(table->parent)).id == manifest.id)
    return value_at(draft, point, table->parent + "." + name);
  const ParamDecl* decl = declaration(table->kind, manifest, name);
  return decl ? decl->fallback : json();
}

const Manifest& component_at(const Assignment& point, const TableDraft& table) {
  if (table.candidates.size() == 1) return *table.candidates.front();
  const auto own = point.find(table.path + ".use");
  const auto found = own != point.end() ? own : point.find(table.parent + ".use");
  if (found != point.end())
    for (const Manifest* manifest : table.candidates)
      if (manifest->id == found->second) return *manifest;
  return *table.candidates.front();
}

std::vector<Assignment> grid_points(const Draft& draft) {
  Grid grid{draft, ordered_steps(draft), forbidden(draft), {}, {}};
  for (const Step& step : grid.steps) grid.values.push_back(grid_values(*step.axis));
  if (grid.most() > kMostConfigs && std::all_of(grid.steps.begin(), grid.steps.end(), is_always_active)) grid.refuse();
  Assignment point;
  grid.expand(0, point);
  if (grid.points.empty()) fail(Exit::usage, "{}: sweep.forbid: excludes every point of the space", draft.name);
  return std::move(grid.points);
}

std::vector<Assignment> random_points(const Draft& draft, std::int64_t n, std::uint64_t seed) {
  const std::vector<Step> steps = ordered_steps(draft);
  std::vector<Random> streams;
  for (const Step& step : steps) streams.emplace_back(seed, "sweep.space/" + step.axis->key);
  const std::vector<Predicate> forbid = forbidden(draft);
  const double most = most_points(steps);
  std::vector<Assignment> points;
  std::set<Assignment> seen;
  // Distinct points of a small space come like coupons: within n ln n draws, generously.
  for (std::uint64_t k = 0; static_cast<std::int64_t>(points.size()) < n; ++k) {
    if ((most > 0 && static_cast<double>(seen.size()) >= most) ||
        static_cast<double>(k) > 1000 + 100.0 * static_cast<double>(n))
      fail(Exit::usage, "{}: sweep.configs: found {}, but the space has only {} distinct points", draft.name, n,
           seen.size());
    Assignment point;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      streams[i].seek(k);
      const double u = streams[i].next_uniform();
      if (is_active(draft, point, steps[i])) point[steps[i].axis->key] = draw(*steps[i].axis, u);
    }
    if (!is_forbidden(draft, forbid, point) && seen.insert(point).second) points.push_back(std::move(point));
  }
  return points;
}

std::vector<Assignment> corner_points(const Draft& draft) {
  const std::vector<Step> steps = ordered_steps(draft);
  std::vector<std::vector<json>> ends;
  for (const Step& step : steps) ends.push_back(ends_of(*step.axis));
  // The first end of every active axis that `chosen` says nothing about.
  const auto completed = [&](const Assignment& chosen) {
    Assignment point;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (!is_active(draft, point, steps[i])) continue;
      const std::string& key = steps[i].axis->key;
      const auto given = chosen.find(key);
      point[key] = given != chosen.end() ? given->second : ends[i].front();
    }
    return point;
  };
  const std::vector<Predicate> forbid = forbidden(draft);
  std::vector<Assignment> points{completed({})};
  std::set<std::pair<std::string, json>> covered(points[0].begin(), points[0].end());
  for (std::size_t k = 0; k < points.size(); ++k) {  // grows: a choice may activate further axes
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const std::string& key = steps[i].axis->key;
      if (!points[k].contains(key)) continue;
      for (const json& value : ends[i]) {
        if (covered.contains({key, value})) continue;
        Assignment changed = points[k];
        changed[key] = value;
        points.push_back(completed(changed));
        covered.insert(points.back().begin(), points.back().end());
      }
    }
  }
  std::erase_if(points, [&](const Assignment& point) { return is_forbidden(draft, forbid, point); });
  return points;
}

}  // namespace ubp
