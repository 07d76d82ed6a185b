// SPDX-License-Identifier: MIT
#include "report/html.hpp"

#include <fmt/format.h>

#include "draw/text.hpp"
#include "query/print.hpp"

namespace ubp::html {

void HtmlTable::columns(const std::vector<std::string>& names) {
  for (const std::string& name : names) head_ += fmt::format("<th scope=\"col\">{}</th>", escaped(name));
}

void HtmlTable::row(const Row& row) {
  ++rows_;
  body_ += "<tr>";
  for (const Value& value : row)
    body_ += fmt::format("<td{}>{}</td>", std::holds_alternative<std::string>(value) ? "" : " class=\"number\"",
                         escaped(human(value)));
  body_ += "</tr>\n";
}

std::string HtmlTable::text() const {
  if (rows_ == 0) return "";
  return fmt::format(
      "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"{0}\"><table><caption>{0}</caption><thead><tr>"
      "{1}</tr></thead><tbody>\n{2}</tbody></table></div>\n",
      escaped(caption_), head_, body_);
}

}  // namespace ubp::html
