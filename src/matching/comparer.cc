#include "matching/comparer.h"

namespace filrouge::matching {

Comparer::Comparer(const Records& records) : records_(records) {
    std::optional<std::size_t> given, surname;
    for (std::size_t f = records.fields().size(); f-- > 0;) {
        if (records.fields()[f].kind == FieldKind::GivenName) given = f;
        if (records.fields()[f].kind == FieldKind::Surname) surname = f;
    }
    if (!given || !surname) return;
    given_ = given;
    surname_ = *surname;
}

Level Comparer::compare(std::uint32_t a, std::uint32_t b, std::size_t field) const {
    const ValueNo x = records_.value(a, field), y = records_.value(b, field);
    if (x == 0 || y == 0) return kMissing;
    if (x == y) return kEqual;
    return matching::compare(records_.fields()[field].kind, records_.text(field, x),
                             records_.text(field, y));
}

bool Comparer::swapped(std::uint32_t a, std::uint32_t b) const {
    if (!given_) return false;
    const ValueNo given_a = records_.value(a, *given_), given_b = records_.value(b, *given_);
    const ValueNo surname_a = records_.value(a, surname_), surname_b = records_.value(b, surname_);
    if (given_a == 0 || given_b == 0 || surname_a == 0 || surname_b == 0) return false;
    if (given_a == given_b || surname_a == surname_b) return false;
    return matching::swapped(records_.text(*given_, given_a), records_.text(surname_, surname_a),
                             records_.text(*given_, given_b), records_.text(surname_, surname_b));
}

void Comparer::compare(std::uint32_t a, std::uint32_t b, Levels& out) const {
    for (std::size_t f = 0; f < records_.fields().size(); ++f) out[f] = compare(a, b, f);
    if (!swapped(a, b)) return;
    out[*given_] = kSwapped;
    out[surname_] = kMissing;
}

}  // namespace filrouge::matching
