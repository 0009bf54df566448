# cairn_room(NAME DIR LINK targets...): a static library cairn_NAME of all .c files directly in DIR (main.c excepted) and
# in the folders below it that are not rooms of their own.
function(cairn_room name dir)
  cmake_parse_arguments(ROOM "" "" "LINK" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${dir}/*.c)
  list(FILTER sources EXCLUDE REGEX "/main\\.c$")
  if(dir STREQUAL "lib/store")
    list(FILTER sources EXCLUDE REGEX "/lib/store/[^/]+/")
  endif()
  if(NOT sources)
    file(WRITE ${CMAKE_BINARY_DIR}/empty_${name}.c "extern int cairn_empty_${name};\nint cairn_empty_${name};\n")
    set(sources ${CMAKE_BINARY_DIR}/empty_${name}.c)
  endif()
  add_library(cairn_${name} STATIC ${sources})
  target_include_directories(cairn_${name} PUBLIC ${CMAKE_SOURCE_DIR}/lib ${CMAKE_SOURCE_DIR}/server ${CMAKE_SOURCE_DIR})
  target_link_libraries(cairn_${name} PUBLIC ${ROOM_LINK} PRIVATE cairn_flags)
endfunction()

# The source revision, asked anew at every build so that --version does not lie.
add_custom_target(cairn_revision ALL
  COMMAND ${CMAKE_COMMAND} -DSOURCE=${CMAKE_SOURCE_DIR} -DOUT=${CMAKE_BINARY_DIR}/generated/cairn_revision.h
          -DVERSION=${PROJECT_VERSION} -P ${CMAKE_SOURCE_DIR}/cmake/revision.cmake
  BYPRODUCTS ${CMAKE_BINARY_DIR}/generated/cairn_revision.h)

# For targets that include "cairn_revision.h" (CAIRN_VERSION, CAIRN_REVISION).
function(cairn_uses_revision)
  foreach(target ${ARGN})
    if(TARGET ${target})
      add_dependencies(${target} cairn_revision)
      target_include_directories(${target} PRIVATE ${CMAKE_BINARY_DIR}/generated)
    endif()
  endforeach()
endfunction()

function(cairn_program name main)
  if(NOT EXISTS ${CMAKE_SOURCE_DIR}/${main})
    return()
  endif()
  add_executable(${name} ${CMAKE_SOURCE_DIR}/${main})
  target_link_libraries(${name} PRIVATE ${ARGN} cairn_flags)
  install(TARGETS ${name} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endfunction()

# Turns a file into a C array `SYMBOL[]` with `SYMBOL_size`, at build time.
function(cairn_embed target file symbol)
  set(out ${CMAKE_BINARY_DIR}/generated/${symbol}.c)
  add_custom_command(OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DIN=${file} -DOUT=${out} -DSYMBOL=${symbol} -P ${CMAKE_SOURCE_DIR}/cmake/embed.cmake
    DEPENDS ${file} ${CMAKE_SOURCE_DIR}/cmake/embed.cmake)
  target_sources(${target} PRIVATE ${out})
endfunction()

# schema/NNN_name.sql become cairn_migration_NNN; the list is in lib/store/sqlite/migrate.c.
function(cairn_embed_schema target)
  file(GLOB migrations CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/schema/[0-9]*.sql)
  foreach(file ${migrations})
    get_filename_component(stem ${file} NAME_WE)
    string(SUBSTRING ${stem} 0 3 number)
    cairn_embed(${target} ${file} cairn_migration_${number})
  endforeach()
endfunction()

function(cairn_embed_openapi target)
  if(EXISTS ${CMAKE_SOURCE_DIR}/openapi.yaml)
    cairn_embed(${target} ${CMAKE_SOURCE_DIR}/openapi.yaml cairn_openapi_yaml)
  endif()
endfunction()

# Each lib/stac/ext/<prefix>.c defines `const cairn_ext cairn_ext_of_<prefix>`, where '-' and ':' of the prefix are '_'; the
# list of them is made here, common metadata first, so that adding a file is all that is to be done.
function(cairn_gather_extensions target)
  file(GLOB files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/lib/stac/ext/*.c)
  set(symbols "")
  foreach(file ${files})
    get_filename_component(stem ${file} NAME_WE)
    string(REGEX REPLACE "[-:]" "_" stem ${stem})
    list(APPEND symbols cairn_ext_of_${stem})
  endforeach()
  list(SORT symbols)
  list(REMOVE_ITEM symbols cairn_ext_of_common)
  list(PREPEND symbols cairn_ext_of_common)
  list(JOIN symbols ", " declared)
  list(JOIN symbols ", &" listed)
  list(LENGTH symbols n)
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/cairn_ext_registry.c @ONLY CONTENT
    "#include \"stac/ext_table.h\"\n\nextern const cairn_ext @declared@;\nconst cairn_ext *const cairn_ext_built_in[] = {&@listed@};\nconst size_t cairn_ext_n_built_in = @n@;\n")
  target_sources(${target} PRIVATE ${CMAKE_BINARY_DIR}/generated/cairn_ext_registry.c)
endfunction()

# GDAL brings a hundred libraries, so what needs it is a module beside the programs that `cairn enrich` loads: all other
# commands start as quickly without them. The file is taken out of the room it lies in.
function(cairn_gdal_module room file)
  get_target_property(sources ${room} SOURCES)
  list(REMOVE_ITEM sources ${CMAKE_SOURCE_DIR}/${file})
  set_target_properties(${room} PROPERTIES SOURCES "${sources}")
  target_link_libraries(${room} PUBLIC ${CMAKE_DL_LIBS})
  target_compile_definitions(${room} PRIVATE CAIRN_MODULE_DIR="${CMAKE_INSTALL_FULL_LIBDIR}/cairn")
  if(CAIRN_GDAL STREQUAL "OFF" OR NOT GDAL_FOUND)
    return()
  endif()
  add_library(cairn_gdal MODULE ${CMAKE_SOURCE_DIR}/${file} ${CMAKE_SOURCE_DIR}/indexer/raster_name.c)
  target_include_directories(cairn_gdal PRIVATE ${CMAKE_SOURCE_DIR}/lib ${CMAKE_SOURCE_DIR})
  target_link_libraries(cairn_gdal PRIVATE cairn_base PkgConfig::GDAL cairn_flags)
  set_target_properties(cairn_gdal PROPERTIES PREFIX "")
  add_dependencies(${room} cairn_gdal)
  install(TARGETS cairn_gdal LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/cairn)
endfunction()
