# SPDX-License-Identifier: MIT
# ubp_add_plugin(ID SOURCE... [KIND objectives]): a plugin library named ID.so that exports nothing but its entry.
#
# The target is ID; with KIND, the plural of the component's kind, it is KIND_ID, so that a model and an objective may
# share a name. `ubp` looks in <plugin path>/<kind>/ID.so and in <plugin path>/ID.so.
function(ubp_add_plugin id)
  cmake_parse_arguments(plugin "" "KIND" "" ${ARGN})
  set(target ${id})
  if(plugin_KIND)
    set(target ${plugin_KIND}_${id})
  endif()
  set(map ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/plugin.map)
  if(CMAKE_CXX_FLAGS MATCHES "-fsanitize")
    set(undefined "")  # the sanitizers' runtime resolves from the executable
  else()
    set(undefined -Wl,-z,defs)
  endif()
  add_library(${target} MODULE ${plugin_UNPARSED_ARGUMENTS})
  target_link_libraries(${target} PRIVATE ubp::sdk)
  target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-fno-gnu-unique>
                         -fno-math-errno)  # errno keeps square roots out of vector loops
  target_link_options(${target} PRIVATE ${undefined} -Wl,--exclude-libs,ALL -Wl,--version-script=${map})
  set_target_properties(${target} PROPERTIES PREFIX "" OUTPUT_NAME ${id} DEFINE_SYMBOL "" LINK_DEPENDS ${map}
                                             C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden
                                             VISIBILITY_INLINES_HIDDEN ON)
  if(plugin_KIND AND UBP_PLUGIN_DIR)
    set_target_properties(${target} PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${UBP_PLUGIN_DIR}/${plugin_KIND})
  endif()
endfunction()
