// SPDX-License-Identifier: MIT
#include <cstdio>

#include "train/breadcrumb.hpp"

namespace ubp {
namespace {

char g_own[Breadcrumb::kBytes];
char* g_crumb = g_own;

}  // namespace

void Breadcrumb::share(void* memory) { g_crumb = static_cast<char*>(memory); }

void Breadcrumb::set(const char* component, const char* callback, std::int64_t stage, std::int64_t step) {
  std::snprintf(g_crumb, kBytes, "%s.%s, stage %lld, step %lld", component, callback, static_cast<long long>(stage),
                static_cast<long long>(step));
}

void Breadcrumb::set_in_evaluation(const char* component, const char* callback, std::int64_t step) {
  std::snprintf(g_crumb, kBytes, "%s.%s, evaluation, step %lld", component, callback, static_cast<long long>(step));
}

}  // namespace ubp
