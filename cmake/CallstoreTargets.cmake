# What every target of the project has in common: language, warnings, sanitizers, generated code.

option(CALLSTORE_WARNINGS "Turn on the project's warnings" ${PROJECT_IS_TOP_LEVEL})
set(CALLSTORE_SANITIZE "" CACHE STRING "Sanitizers, comma separated: address,undefined or thread")

# Language level, warnings and sanitizers of one of our targets.
function(callstore_target_settings target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  if(CALLSTORE_WARNINGS)
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                           -Wnon-virtual-dtor -Wimplicit-fallthrough
                           # GCC 12 sees these two inside of std::string and std::optional.
                           $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict -Wno-maybe-uninitialized>)
  endif()
  if(CALLSTORE_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${CALLSTORE_SANITIZE}
                           -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(${target} PRIVATE -fsanitize=${CALLSTORE_SANITIZE})
  endif()
endfunction()

function(callstore_library_settings target)
  callstore_target_settings(${target})
  set_target_properties(${target} PROPERTIES
    CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON POSITION_INDEPENDENT_CODE ON
    VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
endfunction()

# Generates the header of a schema and makes the interface target callstore_flatbuffers, which has it
# and the FlatBuffers headers on its include path.
function(callstore_generate_flatbuffers schema)
  find_program(FLATC flatc REQUIRED)
  get_filename_component(name ${schema} NAME_WE)
  set(directory ${CMAKE_CURRENT_BINARY_DIR}/generated)
  set(header ${directory}/${name}_generated.h)
  add_custom_command(OUTPUT ${header}
    COMMAND ${FLATC} --cpp --cpp-std c++17 --scoped-enums -o ${directory}
            ${CMAKE_CURRENT_SOURCE_DIR}/${schema}
    DEPENDS ${schema} COMMENT "Generating ${name}_generated.h")
  # For targets of other folders, which do not see the command.
  add_custom_target(callstore_generated DEPENDS ${header})
  add_library(callstore_flatbuffers INTERFACE)
  target_sources(callstore_flatbuffers INTERFACE ${header})
  target_include_directories(callstore_flatbuffers SYSTEM INTERFACE ${directory}
    $<TARGET_PROPERTY:flatbuffers::flatbuffers,INTERFACE_INCLUDE_DIRECTORIES>)
endfunction()
