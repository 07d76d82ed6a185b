// SPDX-License-Identifier: MIT
#include "report/page.hpp"

#include <fmt/format.h>

#include "draw/text.hpp"
#include "report/html.hpp"

namespace ubp {

extern const char* const kPageStyle;
extern const char* const kPageScript;

namespace {

struct Section {
  std::string id, title, body;  ///< without a body it is left out
};

std::string sentences(const Page& page) {
  std::string out;
  for (const std::string& sentence : page.answer) out += fmt::format("<li>{}</li>\n", escaped(sentence));
  return out.empty() ? out : "<ul class=\"answer\">\n" + out + "</ul>\n";
}

std::string health_table(const std::vector<HealthCheck>& checks) {
  std::string rows;
  for (const HealthCheck& check : checks)
    rows += fmt::format(
        "<tr><th scope=\"row\">{}</th><td class=\"verdict {}\">{}</td><td>{}{}</td></tr>\n", escaped(check.question),
        name_of(check.verdict), name_of(check.verdict), escaped(check.found),
        check.advice.empty() ? "" : fmt::format("<br><span class=\"faint\">{}</span>", escaped(check.advice)));
  if (rows.empty()) return rows;
  return "<table class=\"health\"><caption>Eleven questions to the claim</caption><thead><tr><th scope=\"col\">question"
         "</th><th scope=\"col\">verdict</th><th scope=\"col\">what was found, and what to "
         "do</th></tr></thead><tbody>\n" +
         rows + "</tbody></table>\n";
}

std::string gaps(const std::vector<PageGap>& absent) {
  std::string items;
  for (const PageGap& gap : absent)
    items += fmt::format("<li><strong>{}</strong>: {}</li>\n", escaped(gap.name), escaped(gap.why));
  return items.empty() ? items : "<ul>\n" + items + "</ul>\n";
}

std::string command_line(const std::string& command) { return fmt::format("<code>{}</code>", escaped(command)); }

/// "curves" -> "Curves".
std::string title_of(const PageFigure& f) {
  std::string title = f.name;
  title.front() = static_cast<char>(title.front() - 'a' + 'A');
  return title;
}

std::string figure(const PageFigure& f) {
  std::string caption = escaped(f.summary);
  for (const std::string& note : f.notes) caption += "; " + escaped(note);
  return fmt::format(
      "<figure>\n{}\n<figcaption>{}<br>{}</figcaption>{}</figure>\n", f.drawing, caption, command_line(f.command),
      f.numbers.empty() ? "" : "<details><summary>The numbers behind it</summary>" + f.numbers + "</details>");
}

std::vector<Section> sections_of(const Page& page) {
  std::vector<Section> all = {{"answer", "Answer", sentences(page)},
                              {"health", "Can it be trusted?", health_table(page.health)},
                              {"leaderboard", "Leaderboard", page.leaderboard}};
  if (!page.leaderboard.empty()) all.back().body += "<p>" + command_line(page.leaderboard_command) + "</p>\n";
  for (const PageFigure& f : page.figures) all.push_back({f.name, title_of(f), figure(f)});
  all.push_back({"absent", "What does not apply", gaps(page.absent)});
  all.push_back({"failures", "Failures by cause", page.failures});
  all.push_back({"ground", "What it stands on", page.ground});
  std::erase_if(all, [](const Section& s) { return s.body.empty(); });
  return all;
}

}  // namespace

std::string html_of(const Page& page) {
  std::string links, body;
  for (const Section& s : sections_of(page)) {
    links += fmt::format("<li><a href=\"#{}\">{}</a></li>", s.id, escaped(s.title));
    body +=
        fmt::format("<section id=\"{0}\" aria-labelledby=\"{0}-title\"><h2 id=\"{0}-title\">{1}</h2>\n{2}</section>\n",
                    s.id, escaped(s.title), s.body);
  }
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, "
      "initial-scale=1\">\n<title>{0}</title>\n<style>\n{1}</style>\n"
      "</head>\n<body>\n<header>\n<h1>{0}</h1>\n{2}<p class=\"faint\">{3}</p>\n</header>\n"
      "<nav aria-label=\"Sections\"><ul>{4}</ul></nav>\n<main>\n{5}</main>\n<div id=\"told\" "
      "aria-hidden=\"true\"></div>\n"
      "<script>\n{6}</script>\n</body>\n</html>\n",
      escaped(page.title), kPageStyle,
      page.question.empty() ? "" : fmt::format("<p><strong>{}</strong></p>\n", escaped(page.question)),
      escaped(page.scope), links, body, kPageScript);
}

}  // namespace ubp
