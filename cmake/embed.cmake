# Writes a .cc that holds files, byte for byte, each under a name:
#   cmake -DOUTPUT=embedded.cc "-DFILES=index.html.gz=/a/index.html.gz;api.json=/b/api.json" -P embed.cmake
# The assembler reads the bytes itself: a compiler takes seconds for as many numbers.
set(bytes "")
set(declarations "")
set(rows "")
set(hashes "")
set(number 0)
foreach(entry ${FILES})
    string(REGEX MATCH "^([^=]+)=(.*)$" found "${entry}")
    set(name "${CMAKE_MATCH_1}")
    set(file "${CMAKE_MATCH_2}")
    set(symbol "filrouge_embedded_${number}")
    string(APPEND bytes "    \".global ${symbol}, ${symbol}_end\\n${symbol}: .incbin \\\"${file}\\\"\\n${symbol}_end: .byte 0\\n\"\n")
    string(APPEND declarations "extern const char ${symbol}[], ${symbol}_end[];\n")
    string(APPEND rows "        {\"${name}\", {${symbol}, static_cast<std::size_t>(${symbol}_end - ${symbol})}},\n")
    file(SHA256 ${file} hash)
    string(APPEND hashes "// ${hash} ${name}\n")
    string(SHA256 all "${all}${hash}")
    math(EXPR number "${number} + 1")
endforeach()
file(WRITE ${OUTPUT}.new
"// Made by cmake/embed.cmake from
${hashes}#include \"http/embedded.h\"

#include <map>

asm(\".pushsection .rodata\\n\"
${bytes}    \".popsection\\n\");

extern \"C\" {
${declarations}// A compiler cache knows the text of this file, not the bytes the assembler reads.
extern const char filrouge_embedded_hash[];
const char filrouge_embedded_hash[] = \"${all}\";
}

namespace filrouge::http {

std::optional<std::string_view> embedded_file(std::string_view name) {
    static const std::map<std::string_view, std::string_view> files = {
${rows}    };
    const auto at = files.find(name);
    if (at == files.end()) return std::nullopt;
    return at->second;
}

}  // namespace filrouge::http
")
file(RENAME ${OUTPUT}.new ${OUTPUT})
