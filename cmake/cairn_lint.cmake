# `lint`: formatting, static analysis, the include lint and spelling. scripts/lint is the same without CMake.
add_custom_target(lint COMMAND ${CMAKE_SOURCE_DIR}/scripts/lint ${CMAKE_BINARY_DIR} USES_TERMINAL)
