// SPDX-License-Identifier: MIT
// Tables for documents: aligned, and nothing in a text is markup.
#include <catch2/catch.hpp>

#include "query/print_table.hpp"

using namespace ubp;

namespace {

std::string printed(Format format, const std::vector<std::string>& names, const std::vector<Row>& rows) {
  char* text = nullptr;
  std::size_t size = 0;
  std::FILE* const file = open_memstream(&text, &size);
  const auto sink = printer(format, file);
  sink->columns(names);
  for (const Row& row : rows) sink->row(row);
  sink->end();
  std::fclose(file);
  const std::string result(text, size);
  std::free(text);
  return result;
}

const std::vector<Row> kRows = {{"a|b", 0.5, Value()}, {"train.loss_x", -1.0e-7, std::int64_t{12}}};

}  // namespace

TEST_CASE("a Markdown table is aligned, also before it is rendered", "[print]") {
  CHECK(printed(Format::md, {"name", "value", "n"}, kRows) ==
        "| name         |  value |  n |\n"
        "|--------------|-------:|---:|\n"
        "| a\\|b         |    0.5 |  - |\n"
        "| train.loss_x | -1e-07 | 12 |\n");
}

TEST_CASE("a LaTeX table needs no package, and its numbers are mathematics", "[print]") {
  CHECK(printed(Format::latex, {"name", "value", "n"}, kRows) ==
        "\\begin{tabular}{lrr}\n"
        "\\hline\n"
        "name          &               value &  n \\\\\n"
        "\\hline\n"
        "a$|$b         &                 0.5 & -- \\\\\n"
        "train.loss\\_x & $-1 \\times 10^{-7}$ & 12 \\\\\n"
        "\\hline\n"
        "\\end{tabular}\n");
}

TEST_CASE("no row makes no table", "[print]") {
  for (const Format format : {Format::table, Format::md, Format::latex}) CHECK(printed(format, {"a"}, {}) == "");
}

TEST_CASE("nothing in a cell is markup", "[print]") {
  CHECK(markdown_text("a_b _c_ *d* `e` <f> [g] h|i ~j \\ k&l $m") ==
        "a_b \\_c\\_ \\*d\\* \\`e\\` \\<f> \\[g\\] h\\|i \\~j \\\\ k\\&l \\$m");
  CHECK(latex_text("50% of $x_1^2 & {#}~") == "50\\% of \\$x\\_1\\textasciicircum{}2 \\& \\{\\#\\}\\textasciitilde{}");
  CHECK(latex_text("[a] *b* <c> d|e \\f --g") == "{[}a{]} {*}b{*} $<$c$>$ d$|$e \\textbackslash{}f {-}-g");
  CHECK(latex_text("0.5 ± 0.1…") == "0.5 $\\pm$ 0.1\\dots{}");
  CHECK(latex_number("-0.25") == "$-0.25$");
  CHECK(latex_number("1e-05") == "$1 \\times 10^{-5}$");
  CHECK(latex_number("-inf") == "$-\\infty$");
  CHECK(latex_number("17") == "17");
}
