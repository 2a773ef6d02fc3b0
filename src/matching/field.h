// What the fields of a record are. The kind decides how a value is spelled alike, how two of them
// compare and by which keys records find each other; nobody tunes any of it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace filrouge::matching {

enum class FieldKind : std::uint8_t {
    GivenName,
    Surname,
    Date,  // of birth, as a rule
    Postcode,
    Town,
    Street,
    Email,
    Phone,
    Other,
};

struct FieldKindRow {
    FieldKind kind;
    std::string_view name;
    bool of_household;  // shared by who lives together: never tells two of a family apart
    bool of_name;       // names, and what people make of them
};
constexpr std::array kFieldKinds = {
    FieldKindRow{FieldKind::GivenName, "given_name", false, true},
    FieldKindRow{FieldKind::Surname, "surname", true, true},
    FieldKindRow{FieldKind::Date, "date", false, false},
    FieldKindRow{FieldKind::Postcode, "postcode", true, false},
    FieldKindRow{FieldKind::Town, "town", true, false},
    FieldKindRow{FieldKind::Street, "street", true, false},
    FieldKindRow{FieldKind::Email, "email", false, true},
    FieldKindRow{FieldKind::Phone, "phone", true, false},
    FieldKindRow{FieldKind::Other, "other", false, false},
};
constexpr const FieldKindRow& row_of(FieldKind kind) {
    return kFieldKinds[static_cast<std::size_t>(kind)];
}
constexpr std::optional<FieldKind> field_kind_named(std::string_view name) {
    for (const FieldKindRow& row : kFieldKinds) {
        if (row.name == name) return row.kind;
    }
    return std::nullopt;
}

struct Field {
    std::string name;
    FieldKind kind = FieldKind::Other;
};

constexpr std::size_t kFieldsMax = 12;

}  // namespace filrouge::matching
