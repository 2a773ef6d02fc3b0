# `cpack` in a release build makes filrouge_<version>_<architecture>.deb; tools/package does it and
# tries the result. Dependencies are those of the libraries that the program was linked with.
install(TARGETS filrouge RUNTIME DESTINATION bin)
install(FILES deploy/filrouge.service deploy/filrouge.socket DESTINATION lib/systemd/system)
install(FILES docs/operations.md docs/backup.md docs/cli.md LICENSE ${CMAKE_BINARY_DIR}/filrouge.cdx.json
    DESTINATION share/doc/filrouge)
install(FILES deploy/grafana/filrouge.json DESTINATION share/filrouge/grafana)

# What is in it: https://cyclonedx.org, from the program itself and tools/packages.txt.
add_custom_command(OUTPUT ${CMAKE_BINARY_DIR}/filrouge.cdx.json
    COMMAND ${CMAKE_SOURCE_DIR}/tools/sbom $<TARGET_FILE:filrouge> ${PROJECT_VERSION} ${CMAKE_BINARY_DIR}/filrouge.cdx.json
    DEPENDS filrouge ${CMAKE_SOURCE_DIR}/tools/sbom ${CMAKE_SOURCE_DIR}/tools/packages.txt VERBATIM)
add_custom_target(sbom DEPENDS ${CMAKE_BINARY_DIR}/filrouge.cdx.json)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME filrouge)
set(CPACK_PACKAGE_VENDOR "Filrouge")
set(CPACK_PACKAGE_CONTACT "Filrouge <filrouge@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "omnichannel customer engine: one consented thread a person")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
    "Takes events of every channel, keeps each person's in one durable, sealed log,
 and keeps audiences current with every one of them.")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, tzdata, ca-certificates")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "systemd")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    ${CMAKE_SOURCE_DIR}/deploy/debian/postinst ${CMAKE_SOURCE_DIR}/deploy/debian/prerm
    ${CMAKE_SOURCE_DIR}/deploy/debian/postrm)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
include(CPack)
