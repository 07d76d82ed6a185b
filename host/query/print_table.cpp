// SPDX-License-Identifier: MIT
#include "query/print_table.hpp"

#include <algorithm>
#include <cctype>
#include <limits>

#include <unistd.h>

#include <fmt/ranges.h>

#include "base/text.hpp"

namespace ubp {
namespace {

bool starts_character(char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }

std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts_character));
}

std::string cut(const std::string& text, std::size_t width) {
  if (width_of(text) <= width) return text;
  std::size_t end = 0;
  for (std::size_t seen = 0; end < text.size(); ++end)
    if (starts_character(text[end]) && ++seen == width) break;
  return text.substr(0, end) + "…";
}

using Line = std::vector<std::string>;

/// Keeps what cell() makes of every value until print().
class WholeTable : public RowSink {
 public:
  explicit WholeTable(std::FILE* out) : out_(out) {}

  void columns(const std::vector<std::string>& names) override {
    Line& line = lines_.emplace_back();
    for (const std::string& name : names) line.push_back(cell(name));
    numeric_.assign(names.size(), true);
  }
  void row(const Row& row) override {
    Line& line = lines_.emplace_back();
    for (std::size_t c = 0; c < row.size(); ++c) {
      numeric_[c] = numeric_[c] && !std::holds_alternative<std::string>(row[c]);
      line.push_back(cell(row[c]));
      bytes_ += line.back().size() + sizeof(std::string);
    }
    if (bytes_ > kMostTableBytes)
      fail(Exit::usage, "more than {} MiB do not make a table: other values of --format print rows as they come",
           kMostTableBytes >> 20);
  }
  void end() override {
    if (lines_.size() <= 1) return;
    std::vector<std::size_t> width(numeric_.size());
    for (const Line& line : lines_)
      for (std::size_t c = 0; c < line.size(); ++c) width[c] = std::max(width[c], width_of(line[c]));
    for (Line& line : lines_)
      for (std::size_t c = 0; c < line.size(); ++c)
        line[c].insert(numeric_[c] ? 0 : line[c].size(), width[c] - width_of(line[c]), ' ');
    print(lines_, width);
  }

 protected:
  virtual std::string cell(const Value&) const = 0;
  /// Padded cells, the first line of them names.
  virtual void print(const std::vector<Line>&, const std::vector<std::size_t>& width) const = 0;
  bool is_numeric(std::size_t column) const { return numeric_[column]; }
  std::FILE* out() const { return out_; }

 private:
  std::FILE* out_;
  std::size_t bytes_ = 0;
  std::vector<Line> lines_;
  std::vector<bool> numeric_;
};

class TablePrinter : public WholeTable {
 public:
  explicit TablePrinter(std::FILE* file)
      : WholeTable(file), widest_(isatty(fileno(file)) ? 60 : std::numeric_limits<std::size_t>::max()) {}

 private:
  std::string cell(const Value& value) const override { return cut(human(value), widest_); }
  void print(const std::vector<Line>& lines, const std::vector<std::size_t>&) const override {
    for (const Line& line : lines) {
      std::string text = fmt::format("{}", fmt::join(line, "  "));
      text.erase(text.find_last_not_of(' ') + 1);
      fmt::print(out(), "{}\n", text);
    }
  }
  std::size_t widest_;
};

class MarkdownPrinter : public WholeTable {
 public:
  using WholeTable::WholeTable;

 private:
  std::string cell(const Value& value) const override { return markdown_text(human(value)); }
  void print(const std::vector<Line>& lines, const std::vector<std::size_t>& width) const override {
    fmt::print(out(), "| {} |\n", fmt::join(lines[0], " | "));
    for (std::size_t c = 0; c < width.size(); ++c)
      fmt::print(out(), "|{:-<{}}{}", "", width[c] + 1, is_numeric(c) ? ':' : '-');
    fmt::print(out(), "|\n");
    for (std::size_t i = 1; i < lines.size(); ++i) fmt::print(out(), "| {} |\n", fmt::join(lines[i], " | "));
  }
};

class LatexPrinter : public WholeTable {
 public:
  using WholeTable::WholeTable;

 private:
  std::string cell(const Value& value) const override {
    if (is_null(value)) return "--";
    return std::holds_alternative<std::string>(value) ? latex_text(human(value)) : latex_number(human(value));
  }
  void print(const std::vector<Line>& lines, const std::vector<std::size_t>& width) const override {
    fmt::print(out(), "\\begin{{tabular}}{{");
    for (std::size_t c = 0; c < width.size(); ++c) fmt::print(out(), "{}", is_numeric(c) ? 'r' : 'l');
    fmt::print(out(), "}}\n\\hline\n{} \\\\\n\\hline\n", fmt::join(lines[0], " & "));
    for (std::size_t i = 1; i < lines.size(); ++i) fmt::print(out(), "{} \\\\\n", fmt::join(lines[i], " & "));
    fmt::print(out(), "\\hline\n\\end{{tabular}}\n");
  }
};

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || !starts_character(c); }

}  // namespace

std::string markdown_text(const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    // Within a word an underscore stands for itself.
    const bool inside = c == '_' && i > 0 && i + 1 < text.size() && is_word(text[i - 1]) && is_word(text[i + 1]);
    if (!inside && std::string_view("\\|*_`<[]~&$").find(c) != std::string_view::npos) result += '\\';
    result += c;
  }
  return result;
}

std::string latex_text(const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const std::string_view rest = std::string_view(text).substr(i);
    if (rest.starts_with("±") || rest.starts_with("…")) {
      result += rest.starts_with("±") ? "$\\pm$" : "\\dots{}";
      i += rest.starts_with("±") ? 1 : 2;
    } else if (std::string_view("&%$#_{}").find(c) != std::string_view::npos) {
      result += {'\\', c};
    } else if (std::string_view("<>|").find(c) != std::string_view::npos) {
      result += {'$', c, '$'};
    } else if (std::string_view("[]*\"`").find(c) != std::string_view::npos) {
      result += {'{', c, '}'};  // what follows \\, and ligatures
    } else if (c == '\\') {
      result += "\\textbackslash{}";
    } else if (c == '~' || c == '^') {
      result += c == '~' ? "\\textasciitilde{}" : "\\textasciicircum{}";
    } else if (c == '-' && rest.starts_with("--")) {
      result += "{-}";
    } else {
      result += c;
    }
  }
  return result;
}

std::string latex_number(const std::string& text) {
  const std::size_t power = text.find('e');
  if (text == "inf" || text == "-inf") return text[0] == '-' ? "$-\\infty$" : "$\\infty$";
  if (power != std::string::npos)
    return fmt::format("${} \\times 10^{{{}}}$", text.substr(0, power), std::stoi(text.substr(power + 1)));
  return text.starts_with('-') ? "$" + text + "$" : text;
}

std::unique_ptr<RowSink> table_printer(Format format, std::FILE* out) {
  if (format == Format::md) return std::make_unique<MarkdownPrinter>(out);
  if (format == Format::latex) return std::make_unique<LatexPrinter>(out);
  return std::make_unique<TablePrinter>(out);
}

}  // namespace ubp
