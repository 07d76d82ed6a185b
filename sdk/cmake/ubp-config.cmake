# SPDX-License-Identifier: MIT
include(${CMAKE_CURRENT_LIST_DIR}/ubp-targets.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/ubp_add_plugin.cmake)
