#pragma once
constexpr double kOptunaZdt1[] = {0};constexpr double kOptunaZdt2[] = {0};
