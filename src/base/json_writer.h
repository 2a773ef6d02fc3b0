// An append-only JSON writer. It never builds a tree; commas and escapes are its only cares.
//
//   JsonWriter json(out);
//   json.open_object().key("id").value(7).key("tags").open_array().value("a").close().close();
//
// Invalid UTF-8 is replaced by U+FFFD, so that what we print can always be parsed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace filrouge {

class JsonWriter {
  public:
    explicit JsonWriter(std::string& out) : out_(out) {}
    JsonWriter& open_object() { return open('{', '}'); }
    JsonWriter& open_array() { return open('[', ']'); }
    JsonWriter& close();
    JsonWriter& key(std::string_view name);
    JsonWriter& value(std::string_view text);
    JsonWriter& value(const char* text) { return value(std::string_view(text)); }
    JsonWriter& value(const std::string& text) { return value(std::string_view(text)); }
    JsonWriter& value(bool b);
    JsonWriter& value(std::int64_t n);
    JsonWriter& value(std::uint64_t n);
    JsonWriter& value(int n) { return value(static_cast<std::int64_t>(n)); }
    JsonWriter& value(unsigned n) { return value(static_cast<std::uint64_t>(n)); }
    JsonWriter& number(double n);  // shortest form; not finite becomes null
    JsonWriter& null() { return raw("null"); }
    JsonWriter& raw(std::string_view json);  // already valid JSON
    template <class T>
    JsonWriter& field(std::string_view name, const T& v) {
        key(name);
        return value(v);
    }

  private:
    JsonWriter& open(char opening, char closing);
    void separate();
    std::string& out_;
    std::string closers_;
    bool first_ = true;
    bool after_key_ = false;
};

void append_json_string(std::string& out, std::string_view text);

}  // namespace filrouge
