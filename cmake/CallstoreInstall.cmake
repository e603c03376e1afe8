# Installs the library, its headers, the tool and what lets others find them:
#   find_package(callstore CONFIG)                   gives callstore::callstore
#   find_package(callstore CONFIG COMPONENTS http)   and callstore::http, where it was built
#   pkg-config callstore, pkg-config callstore-http  the same without CMake
# Both find their prefix from where they lie, so the installed tree can be moved.
include(CMakePackageConfigHelpers)

set(package_directory ${CMAKE_INSTALL_LIBDIR}/cmake/callstore)

install(TARGETS callstore EXPORT callstoreTargets FILE_SET HEADERS)
install(EXPORT callstoreTargets NAMESPACE callstore:: DESTINATION ${package_directory})
# In a file of its own: who does not ask for it need not have what it is made of.
if(CALLSTORE_BUILD_HTTP)
  set_target_properties(callstore_http PROPERTIES INSTALL_RPATH \$ORIGIN)
  install(TARGETS callstore_http EXPORT callstoreHttpTargets FILE_SET HEADERS)
  install(EXPORT callstoreHttpTargets NAMESPACE callstore:: DESTINATION ${package_directory})
endif()
if(CALLSTORE_BUILD_TOOL)
  file(RELATIVE_PATH library_from_tool
       ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBDIR})
  set_target_properties(callstore_tool PROPERTIES INSTALL_RPATH \$ORIGIN/${library_from_tool})
  install(TARGETS callstore_tool)
endif()

configure_package_config_file(cmake/callstoreConfig.cmake.in callstoreConfig.cmake
  INSTALL_DESTINATION ${package_directory}
  NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(callstoreConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/callstoreConfig.cmake
              ${PROJECT_BINARY_DIR}/callstoreConfigVersion.cmake
              ${PROJECT_SOURCE_DIR}/cmake/FindxxHash.cmake
              ${PROJECT_SOURCE_DIR}/cmake/FindUtf8proc.cmake
        DESTINATION ${package_directory})

# A static library passes on what it needs to the final link, a shared one has it already. date has
# no .pc file of its own.
if(BUILD_SHARED_LIBS)
  set(CALLSTORE_PC_PRIVATE .private)
  set(CALLSTORE_PC_LIBS "")
  set(CALLSTORE_PC_LIBS_PRIVATE " -ldate-tz")
else()
  set(CALLSTORE_PC_PRIVATE "")
  set(CALLSTORE_PC_LIBS " -ldate-tz")
  set(CALLSTORE_PC_LIBS_PRIVATE "")
endif()
file(RELATIVE_PATH CALLSTORE_PC_PREFIX
     /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" CALLSTORE_PC_PREFIX ${CALLSTORE_PC_PREFIX})
configure_file(cmake/callstore.pc.in callstore.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/callstore.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
if(CALLSTORE_BUILD_HTTP)
  configure_file(cmake/callstore-http.pc.in callstore-http.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/callstore-http.pc
          DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endif()
