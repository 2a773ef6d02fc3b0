#include <simdjson.h>

#include "collect/refused_names.h"
#include "files/row_mapper.h"
#include "model/packed.h"

namespace filrouge::files {
namespace {

bool pack(simdjson::dom::element value, PackedWriter& writer, int depth);

// What no source keeps holds null under its name, as it does inside an event.
bool pack_named(std::string_view name, simdjson::dom::element value, PackedWriter& writer,
                int depth) {
    std::string_view text;
    const bool is_text = value.get_string().get(text) == simdjson::SUCCESS;
    const auto cut = collect::cut_address(name, is_text ? text : std::string_view());
    if (cut && !cut->empty()) {
        writer.string(*cut);
        return true;
    }
    if (cut || collect::is_refused(name, is_text ? text : std::string_view())) {
        writer.null();
        return true;
    }
    return pack(value, writer, depth);
}

bool pack(simdjson::dom::element value, PackedWriter& writer, int depth) {
    using Type = simdjson::dom::element_type;
    if (depth > kPackedDepthMax) return false;
    switch (value.type()) {
        case Type::NULL_VALUE: writer.null(); return true;
        case Type::BOOL: writer.boolean(value.get_bool().value_unsafe()); return true;
        case Type::STRING: writer.string(value.get_string().value_unsafe()); return true;
        case Type::INT64: writer.integer(value.get_int64().value_unsafe()); return true;
        case Type::UINT64:
            writer.number_text(std::to_string(value.get_uint64().value_unsafe()));
            return true;
        case Type::DOUBLE: {
            const auto fixed = fixed_from_double(value.get_double().value_unsafe());
            if (!fixed) return false;
            writer.fixed(*fixed);
            return true;
        }
        case Type::ARRAY: {
            const auto array = value.get_array().value_unsafe();
            const std::size_t mark = writer.begin_array(array.size());
            for (const simdjson::dom::element element : array) {
                if (!pack(element, writer, depth + 1)) return false;
            }
            writer.end(mark);
            return true;
        }
        case Type::OBJECT: {
            const auto object = value.get_object().value_unsafe();
            const std::size_t mark = writer.begin_object(object.size());
            for (const simdjson::dom::key_value_pair member : object) {
                writer.key(member.key);
                if (!pack_named(member.key, member.value, writer, depth + 1)) return false;
            }
            writer.end(mark);
            return true;
        }
    }
    return false;
}

}  // namespace

bool pack_json(std::string_view json, Bytes& out) {
    thread_local simdjson::dom::parser parser;
    simdjson::dom::element root;
    if (parser.parse(json.data(), json.size(), true).get(root) != simdjson::SUCCESS) return false;
    PackedWriter writer(out);
    return pack(root, writer, 1);
}

}  // namespace filrouge::files
