// SPDX-License-Identifier: MIT
#include "cli/manifest_text.hpp"

#include <cmath>
#include <cstdint>
#include <limits>

#include "base/json.hpp"

namespace ubp {
namespace {

struct Flag {
  std::uint32_t bit;
  const char* meaning;
};

constexpr Flag kObjectiveFlags[] = {{UBP_OBJ_NEEDS_LABELS, "is given labels: its trials are recorded as supervised"},
                                    {UBP_OBJ_HANDLES_MASK, "handles missing values"},
                                    {UBP_OBJ_MIN_BATCH_2, "needs at least two rows in a batch"},
                                    {UBP_OBJ_MANUAL_UPDATE, "computes its own gradients"},
                                    {UBP_OBJ_COLLECTS, "collects its own rows"},
                                    {UBP_OBJ_NEEDS_ENV, "needs an environment"},
                                    {UBP_OBJ_ROW_LOSS, "gives a loss for each row, and heeds the weights of rows"}};

template <std::size_t N>
std::vector<std::string> meanings(std::uint32_t flags, const Flag (&known)[N]) {
  std::vector<std::string> all;
  for (const Flag& f : known)
    if (flags & f.bit) all.emplace_back(f.meaning);
  return all;
}

std::string line(const char* title, const std::vector<std::string>& items) {
  return items.empty() ? "" : fmt::format("{:<12} {}\n", title, fmt::join(items, ", "));
}

std::string entry(const std::string& name, const std::string& text) { return fmt::format("  {:<16} {}\n", name, text); }

// Whole-number bounds are the limits of their type where there is none.
bool is_bound(double v) { return std::isfinite(v) && std::abs(v) < 9e18; }

class TextTable : public RowSink {
 public:
  void columns(const std::vector<std::string>& names) override { rows_.push_back(names); }
  void row(const Row& row) override {
    std::vector<std::string>& cells = rows_.emplace_back();
    for (const Value& v : row) cells.push_back(text_of(v));
  }
  std::string text() const {
    std::vector<std::size_t> width(rows_[0].size());
    for (const auto& row : rows_)
      for (std::size_t c = 0; c < row.size(); ++c) width[c] = std::max(width[c], row[c].size());
    std::string all;
    for (const auto& row : rows_) {
      std::string text = " ";
      for (std::size_t c = 0; c < row.size(); ++c) text += fmt::format(" {:<{}}", row[c], width[c] + 1);
      text.erase(text.find_last_not_of(' ') + 1);
      all += text + "\n";
    }
    return all;
  }

 private:
  std::vector<std::vector<std::string>> rows_;
};

std::string objective_text(const Manifest& m) {
  std::string text;
  if (!m.roles.empty()) text += "\nRoles\n";
  for (const RoleDecl& r : m.roles) {
    std::string what = fmt::format("{} [{}]", r.doc, fmt::join(r.methods, ", "));
    if (r.optional) what += ", optional";
    if (!r.fallback.empty()) what += ", by default " + r.fallback;
    text += entry(r.name, what);
  }
  if (!m.stages.empty()) text += "\nStages\n";
  for (const StageDecl& s : m.stages) {
    std::string what = s.doc;
    if (!s.phases.empty()) what += fmt::format(" [{}]", fmt::join(s.phases, ", "));
    text += entry(s.name, what);
  }
  std::string notes;
  for (const std::string& note : meanings(m.flags, kObjectiveFlags)) notes += fmt::format("It {}.\n", note);
  if (m.n_views > 1) notes += fmt::format("It sees {} views of every row.\n", m.n_views);
  notes += line("Fields", m.fields) + line("Outputs", m.outputs) + line("Logs", m.scalars);
  return notes.empty() ? text : text + "\n" + notes;
}

std::string metric_text(const Manifest& m) {
  std::string text = "\nEmits\n";
  for (const EmitDecl& e : m.emits)
    text += entry(e.name, fmt::format("{} ({} is better)", e.doc, e.higher_is_better ? "higher" : "lower"));
  text += "\n" + line("Needs", m.needs);
  return m.uses_train ? text + "It also reads the training split.\n" : text;
}

std::string kind_text(const Manifest& m) {
  switch (m.kind) {
    case UBP_K_OBJECTIVE:
      return objective_text(m);
    case UBP_K_METRIC:
      return metric_text(m);
    case UBP_K_MODEL:
      return m.methods.empty() ? "" : "\n" + line("Methods", m.methods);
    case UBP_K_DATASET: {
      const auto said = [](const char* title, const std::string& text) {
        return text.empty() ? "" : fmt::format("{:<12} {}\n", title, text);
      };
      const std::string text = said("From", m.source) + said("Licence", m.licence);
      return text.empty() ? "" : "\n" + text;
    }
    case UBP_K_OPTIMIZER:
      return m.slots.empty() ? "" : "\n" + line("Slots", m.slots);
    default:
      return "";
  }
}

}  // namespace

std::string range_of(const ParamDecl& p) {
  if (!p.choices.empty()) return fmt::format("{}", fmt::join(p.choices, " | "));
  if (p.type != UBP_P_FLOAT && p.type != UBP_P_INT && p.type != UBP_P_FLOAT_LIST && p.type != UBP_P_INT_LIST) return "";
  const bool low = is_bound(p.min), high = is_bound(p.max), low_open = p.flags & UBP_PF_MIN_OPEN,
             high_open = p.flags & UBP_PF_MAX_OPEN;
  if (low && high) return fmt::format("{}{}, {}{}", low_open ? '(' : '[', p.min, p.max, high_open ? ')' : ']');
  if (low) return fmt::format("{} {}", low_open ? ">" : ">=", p.min);
  if (high) return fmt::format("{} {}", high_open ? "<" : "<=", p.max);
  return "";
}

std::string default_of(const ParamDecl& p) {
  if (p.flags & UBP_PF_REQUIRED || p.fallback.is_null()) return "required";
  if (p.fallback.is_number_float()) return fmt::format("{}", p.fallback.get<double>());
  return p.fallback.is_string() && !p.fallback.get<std::string>().empty() ? p.fallback.get<std::string>()
                                                                          : json_text(p.fallback);
}

void parameter_rows(const std::vector<ParamDecl>& params, RowSink& sink) {
  sink.columns({"parameter", "type", "range", "default", "meaning"});
  for (const ParamDecl& p : params) {
    std::string meaning = p.doc;
    if (p.flags & UBP_PF_ADVANCED) meaning += " (advanced)";
    if (!p.active_if.empty()) meaning += fmt::format(" (if {})", p.active_if);
    if (std::isfinite(p.sweep_lo) && std::isfinite(p.sweep_hi))
      meaning += fmt::format(" (try {}..{}{})", p.sweep_lo, p.sweep_hi, p.flags & UBP_PF_LOG ? ":log" : "");
    if (!p.aliases.empty()) meaning += fmt::format(" (formerly {})", fmt::join(p.aliases, ", "));
    sink.row({p.name, type_name(p.type), range_of(p), default_of(p), meaning});
  }
  sink.end();
}

std::string parameter_table(const std::vector<ParamDecl>& params) {
  TextTable table;
  parameter_rows(params, table);
  return table.text();
}

std::string described(const Manifest& m) {
  std::string text = fmt::format("{}/{}{}{}\n", kind_name(m.kind), m.id, m.title.empty() ? "" : ": ", m.title);
  if (!m.doc.empty()) text += fmt::format("\n{}{}", m.doc, m.doc.ends_with('\n') ? "" : "\n");
  text += m.params.empty() ? "\nNo parameters.\n" : "\nParameters\n" + parameter_table(m.params);
  text += kind_text(m);
  text += "\n" + line("Tags", m.tags);
  if (!m.citation.empty()) text += fmt::format("{:<12} {}\n", "Source", m.citation);
  text += fmt::format("{:<12} {}\n", "Version", m.version);
  text += fmt::format("{:<12} {} {} ({}{}{})\n", "Plugin", m.plugin_name, m.plugin_version, m.license,
                      m.license.empty() || m.build_info.empty() ? "" : "; ", m.build_info);
  return text + fmt::format("{:<12} {}\n{:<12} {}\n", "File", m.file.string(), "SHA-256", m.sha256);
}

}  // namespace ubp
