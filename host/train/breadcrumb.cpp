// SPDX-License-Identifier: MIT
#include "train/breadcrumb.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace ubp {
namespace {

char g_own[Breadcrumb::kBytes];
char* g_crumb = g_own;

/// A text, cut where it is full. Set thrice a step: snprintf would cost a small step a twentieth of its time.
class Text {
 public:
  Text& operator<<(std::string_view s) {
    at_ = std::copy_n(s.data(), std::min(s.size(), static_cast<std::size_t>(end_ - at_)), at_);
    return *this;
  }
  Text& operator<<(std::int64_t number) {
    char digits[24];
    return *this << std::string_view(digits, std::to_chars(digits, std::end(digits), number).ptr);
  }
  ~Text() { *at_ = '\0'; }

 private:
  char *at_ = g_crumb, *end_ = g_crumb + Breadcrumb::kBytes - 1;
};

}  // namespace

void Breadcrumb::share(void* memory) { g_crumb = static_cast<char*>(memory); }

void Breadcrumb::set(const char* component, const char* callback, std::int64_t stage, std::int64_t step) {
  Text() << component << "." << callback << ", stage " << stage << ", step " << step;
}

void Breadcrumb::set_in_evaluation(const char* component, const char* callback, std::int64_t step) {
  Text() << component << "." << callback << ", evaluation, step " << step;
}

}  // namespace ubp
