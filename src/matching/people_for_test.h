// People who do not exist, and the records a shop has of them: a few have several, with the slips
// that people make. For tests and for bench/matching_bench.cc; header only.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "matching/field.h"

namespace filrouge::matching::test {

class Chance {
  public:
    explicit Chance(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next() { return mix64(state_ += 0x9e3779b97f4a7c15u); }
    double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }
    std::size_t below(std::size_t n) { return static_cast<std::size_t>(next() % n); }
    bool one_in(std::size_t n) { return below(n) == 0; }
    // Few are frequent, many are rare: the number of a name among `n`, as names are (about 1 /
    // rank).
    std::size_t ranked(std::size_t n) {
        const double most = std::log(static_cast<double>(n) + 1);
        return std::min(n - 1, static_cast<std::size_t>(std::exp(uniform() * most)) - 1);
    }

  private:
    std::uint64_t state_;
};

// The n-th name of a kind: syllables, so that names are alike as names are.
inline std::string name_of(std::size_t n, std::uint64_t kind) {
    constexpr std::array<std::string_view, 24> kHead = {
        "ba", "be", "bri", "ca", "cha", "da", "du", "el", "fa", "ga", "gi", "jo",
        "la", "le", "ma",  "mi", "no",  "pa", "ro", "sa", "so", "ta", "va", "we"};
    constexpr std::array<std::string_view, 20> kTail = {
        "bert", "chet", "don", "fort", "gne",  "lard", "lin", "lle", "mann", "nard",
        "net",  "nier", "on",  "pin",  "quet", "rand", "son", "tel", "vier", "zac"};
    std::uint64_t left = mix64(n * 977 + kind);
    std::string out(kHead[left % kHead.size()]);
    for (std::size_t more = n < 400 ? 0 : n < 20'000 ? 1 : 2; more > 0; --more) {
        left = mix64(left + 1);
        out += kHead[left % kHead.size()];
    }
    out += kTail[(left >> 20) % kTail.size()];
    return out;
}

inline const std::vector<Field>& fields_of_people() {
    static const std::vector<Field> kFields = {{"given_name", FieldKind::GivenName},
                                               {"surname", FieldKind::Surname},
                                               {"born", FieldKind::Date},
                                               {"postcode", FieldKind::Postcode},
                                               {"town", FieldKind::Town},
                                               {"street", FieldKind::Street},
                                               {"email", FieldKind::Email},
                                               {"phone", FieldKind::Phone}};
    return kFields;
}
using PersonValues = std::array<std::string, 8>;  // by fields_of_people()

struct PeopleShape {
    std::size_t households_of = 3;  // people of a household, from one on
    double known = 0.85;            // share of the fields that a record has
    double slips = 0.12;            // share of the fields of a second record that are mistyped
};

class People {
  public:
    People(std::uint64_t seed, std::size_t towns, PeopleShape shape = {})
        : chance_(seed), towns_(towns), shape_(shape) {}

    // Another person: now and then one of the household before.
    PersonValues person() {
        PersonValues p;
        if (at_home_ == 0) move_in();
        --at_home_;
        do {  // no two of a household have one name
            p[0] = name_of(chance_.ranked(2'000), 1);
        } while (std::find(given_.begin(), given_.end(), p[0]) != given_.end());
        given_.push_back(p[0]);
        p[1] = surname_;
        p[2] = date();
        p[3] = postcode_;
        p[4] = town_;
        p[5] = street_;
        p[6] = p[0] + "." + p[1] + std::to_string(chance_.below(1'000)) + "@" +
               name_of(chance_.ranked(20), 4) + ".example";
        p[7] = chance_.one_in(3) ? phone_ : phone();
        return p;
    }
    // What a shop wrote down of a person; `slips` says whether with mistakes.
    PersonValues record(PersonValues p, bool slips) {
        if (slips && chance_.one_in(10)) {  // moved
            const PersonValues elsewhere = stranger();
            for (const std::size_t f : {3, 4, 5}) p[f] = elsewhere[f];
        }
        if (slips && chance_.one_in(12)) p[6] = stranger()[6];
        if (slips && chance_.one_in(50)) std::swap(p[0], p[1]);
        for (std::size_t f = 0; f < p.size(); ++f) {
            if (slips && chance_.uniform() < shape_.slips) mistype(p[f]);
            if (chance_.uniform() >= shape_.known) p[f].clear();
        }
        return p;
    }
    void mistype(std::string& text) {
        if (text.size() < 2) return;
        const std::size_t at = chance_.below(text.size() - 1);
        const bool digit = text[at] >= '0' && text[at] <= '9';
        const char other = static_cast<char>(digit ? '0' + static_cast<char>(chance_.below(10))
                                                   : 'a' + static_cast<char>(chance_.below(26)));
        switch (chance_.below(digit ? 2 : 4)) {
            case 0: text[at] = other; break;
            case 1: std::swap(text[at], text[at + 1]); break;
            case 2: text.erase(at, 1); break;
            default: text.insert(at, 1, other);
        }
    }
    Chance& chance() { return chance_; }

  private:
    void move_in() {
        given_.clear();
        at_home_ = 1 + chance_.below(shape_.households_of);
        surname_ = name_of(chance_.ranked(60'000), 2);
        const std::size_t town = chance_.ranked(towns_);
        town_ = name_of(town, 3) + "ville";
        postcode_ = std::to_string(10'000 + mix64(town) % 90'000);
        street_ =
            std::to_string(1 + chance_.below(150)) + " rue " + name_of(chance_.ranked(3'000), 5);
        phone_ = phone();
    }
    PersonValues stranger() {
        People other(chance_.next(), towns_, shape_);
        return other.person();
    }
    std::string date() {
        const auto two = [](std::size_t n) {
            return (n < 10 ? std::string("0") : std::string()).append(std::to_string(n));
        };
        std::string out = std::to_string(1940 + chance_.below(65));
        out.append("-").append(two(1 + chance_.below(12)));
        return out.append("-").append(two(1 + chance_.below(28)));
    }
    std::string phone() {
        return std::string("+336").append(std::to_string(10'000'000 + chance_.below(90'000'000)));
    }

    Chance chance_;
    std::size_t towns_;
    PeopleShape shape_;
    std::size_t at_home_ = 0;
    std::vector<std::string> given_;  // of the household
    std::string surname_, town_, postcode_, street_, phone_;
};

}  // namespace filrouge::matching::test
