# Writes a .cc that holds files, byte for byte:
#   cmake -DOUTPUT=embedded.cc "-DFILES=a/index.html;b/api.json" -P embed.cmake
set(arrays "")
set(rows "")
set(number 0)
foreach(file ${FILES})
    get_filename_component(name ${file} NAME)
    file(READ ${file} hex HEX)
    string(REGEX REPLACE "(................................)" "\\1\n    " hex "${hex}")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," hex "${hex}")
    string(APPEND arrays "constexpr char kFile${number}[] = {\n    ${hex}'\\0'};\n")
    string(APPEND rows "    {\"${name}\", {kFile${number}, sizeof kFile${number} - 1}},\n")
    math(EXPR number "${number} + 1")
endforeach()
file(WRITE ${OUTPUT}.new
"// Made by cmake/embed.cmake.
#include \"http/embedded.h\"

namespace filrouge::http {

namespace {

${arrays}
struct EmbeddedFile {
    std::string_view name;
    std::string_view bytes;
};
constexpr EmbeddedFile kFiles[] = {
${rows}};

}  // namespace

std::optional<std::string_view> embedded_file(std::string_view name) {
    for (const EmbeddedFile& file : kFiles) {
        if (file.name == name) return file.bytes;
    }
    return std::nullopt;
}

}  // namespace filrouge::http
")
file(RENAME ${OUTPUT}.new ${OUTPUT})
