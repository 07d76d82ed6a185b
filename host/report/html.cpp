// SPDX-License-Identifier: MIT
#include "report/html.hpp"

#include <fmt/format.h>

#include "draw/text.hpp"
#include "query/print.hpp"

namespace ubp::html {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string data_uri(std::string_view mime, std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out = fmt::format("data:{};base64,", escaped(mime));
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t three = 0;
    for (std::size_t k = 0; k < 3; ++k)
      three = three << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k) out += i + k > bytes.size() ? '=' : kDigits[three >> (18 - 6 * k) & 63];
  }
  return out;
}

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
