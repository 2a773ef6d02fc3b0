#include "consent/tcf.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/text.h"

namespace filrouge::consent {
namespace {

// Legitimate interest is none for storing on a device (1), nor, since version 2.2, for profiles and
// what is chosen by them (3 to 6).
constexpr std::uint32_t kNoInterest = 1u << 0 | 1u << 2 | 1u << 3 | 1u << 4 | 1u << 5;
constexpr std::uint8_t kPolicyOf23 = 5;
constexpr EventTime kDisclosedSince{1'772'323'200'000'000};  // 2026-03-01T00:00:00Z
constexpr std::size_t kRestrictionsMax = 1'024;

enum class Segment : std::uint8_t { Core = 0, Disclosed = 1, Allowed = 2, Publisher = 3 };
constexpr unsigned kSegmentBits = 3;

// Big-endian bits. Never reads past the end: after the first short read it stays bad.
class BitReader {
  public:
    explicit BitReader(BytesView bytes) : bytes_(bytes) {}
    bool bad() const { return bad_; }
    std::uint64_t bits(unsigned n) {
        if (n > bytes_.size() * 8 - at_) bad_ = true;
        if (bad_) return 0;
        std::uint64_t v = 0;
        for (unsigned i = 0; i < n; ++i, ++at_) {
            const auto byte = static_cast<unsigned char>(bytes_[at_ / 8]);
            v = v << 1 | (byte >> (7 - at_ % 8) & 1u);
        }
        return v;
    }
    template <class T>
    T number(unsigned n) {
        return static_cast<T>(bits(n));
    }
    bool flag() { return bits(1) != 0; }
    // The first bit is the lowest: member 1.
    std::uint64_t set(unsigned n) {
        std::uint64_t v = 0;
        for (unsigned i = 0; i < n; ++i) v |= bits(1) << i;
        return v;
    }
    std::string letters() {
        std::string out;
        for (int i = 0; i < 2; ++i) out.push_back(static_cast<char>('A' + bits(6)));
        return out;
    }
    EventTime deciseconds() { return {static_cast<std::int64_t>(bits(36)) * 100'000}; }

  private:
    BytesView bytes_;
    std::size_t at_ = 0;
    bool bad_ = false;
};

Error malformed(const char* what) {
    return Error{"tcf.malformed", std::string("The TC string is malformed: ") + what + ".",
                 "It allows nothing."};
}

Result<VendorSet> read_ranges(BitReader& r, std::uint16_t vendor_max) {
    VendorSet out;
    const auto count = r.number<std::uint16_t>(12);
    for (std::uint16_t i = 0; i < count && !r.bad(); ++i) {
        const bool is_range = r.flag();
        const auto first = r.number<std::uint16_t>(16);
        const auto last = is_range ? r.number<std::uint16_t>(16) : first;
        if (first == 0 || last < first || last > vendor_max) return malformed("a range of vendors");
        out.add(first, last);
    }
    out.settle();
    return out;
}

Result<VendorSet> read_vendors(BitReader& r) {
    const auto vendor_max = r.number<std::uint16_t>(16);
    if (r.flag()) return read_ranges(r, vendor_max);
    VendorSet out;
    for (std::uint32_t vendor = 1; vendor <= vendor_max && !r.bad(); ++vendor) {
        const auto id = static_cast<std::uint16_t>(vendor);
        if (r.flag()) out.add(id, id);
    }
    return out;
}

Result<std::vector<PublisherRestriction>> read_restrictions(BitReader& r) {
    std::vector<PublisherRestriction> out;
    const auto count = r.number<std::uint16_t>(12);
    if (count > kRestrictionsMax) return malformed("too many restrictions");
    for (std::uint16_t i = 0; i < count && !r.bad(); ++i) {
        PublisherRestriction one;
        one.purpose = r.number<std::uint8_t>(6);
        const auto kind = r.number<std::uint8_t>(2);
        if (kind > 2 || one.purpose == 0 || one.purpose > kTcPurposes)
            return malformed("a restriction");
        one.kind = static_cast<PublisherRestriction::Kind>(kind);
        one.vendors = TRY(read_ranges(r, UINT16_MAX));
        out.push_back(std::move(one));
    }
    return out;
}

Result<TcString> read_core(BytesView bytes) {
    BitReader r(bytes);
    if (const auto version = r.bits(6); version != 2)
        return Error{"tcf.other_version",
                     "The TC string is of version " + std::to_string(version) + "; read is 2.",
                     "It allows nothing."};
    TcString tc;
    tc.created = r.deciseconds();
    tc.updated = r.deciseconds();
    tc.cmp = r.number<std::uint16_t>(12);
    tc.cmp_version = r.number<std::uint16_t>(12);
    tc.screen = r.number<std::uint8_t>(6);
    tc.language = r.letters();
    tc.vendor_list = r.number<std::uint16_t>(12);
    tc.policy = r.number<std::uint8_t>(6);
    tc.service_specific = r.flag();
    tc.own_texts = r.flag();
    tc.special_features = static_cast<std::uint16_t>(r.set(12));
    tc.consents = TcPurposes(static_cast<std::uint32_t>(r.set(kTcPurposes)));
    tc.interests = TcPurposes(static_cast<std::uint32_t>(r.set(kTcPurposes))).without(kNoInterest);
    tc.purpose_one_untold = r.flag();
    tc.country = r.letters();
    tc.vendor_consents = TRY(read_vendors(r));
    tc.vendor_interests = TRY(read_vendors(r));
    tc.restrictions = TRY(read_restrictions(r));
    if (r.bad()) return malformed("it is cut short");
    return tc;
}

Result<PublisherTc> read_publisher(BitReader& r) {
    PublisherTc out;
    out.consents = TcPurposes(static_cast<std::uint32_t>(r.set(kTcPurposes)));
    out.interests = TcPurposes(static_cast<std::uint32_t>(r.set(kTcPurposes))).without(kNoInterest);
    out.custom = r.number<std::uint8_t>(6);
    out.custom_consents = r.set(out.custom);
    out.custom_interests = r.set(out.custom);
    if (r.bad()) return malformed("the publisher's segment is cut short");
    return out;
}

Result<void> read_segment(BytesView bytes, TcString& tc) {
    BitReader r(bytes);
    switch (static_cast<Segment>(r.bits(kSegmentBits))) {
        case Segment::Disclosed:
            if (tc.disclosed) return malformed("a segment stands twice");
            tc.disclosed = TRY(read_vendors(r));
            break;
        case Segment::Allowed:
            static_cast<void>(TRY(read_vendors(r)));  // out of use since 2021; nothing follows
            break;
        case Segment::Publisher:
            if (tc.publisher) return malformed("a segment stands twice");
            tc.publisher = TRY(read_publisher(r));
            break;
        default: return malformed("a segment of no known type");
    }
    if (r.bad()) return malformed("a segment is cut short");
    return {};
}

std::optional<Bytes> decode_segment(std::string_view text) {
    const auto is_ours = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_';
    };
    if (text.empty() || !std::all_of(text.begin(), text.end(), is_ours)) return std::nullopt;
    std::string plain(text);
    std::replace(plain.begin(), plain.end(), '-', '+');
    std::replace(plain.begin(), plain.end(), '_', '/');
    // Writers fill the last byte up, or leave six bits of it: the reader wants none of those.
    while (plain.size() % 4 != 0) plain.push_back('A');
    return base64_decode(plain);
}

bool must_disclose(const TcString& tc) {
    return tc.policy >= kPolicyOf23 || tc.created >= kDisclosedSince;
}

}  // namespace

bool VendorSet::has(std::uint16_t vendor) const {
    const auto after =
        std::upper_bound(ranges_.begin(), ranges_.end(), vendor,
                         [](std::uint16_t v, const VendorRange& r) { return v < r.first; });
    return after != ranges_.begin() && std::prev(after)->last >= vendor;
}

void VendorSet::add(std::uint16_t first, std::uint16_t last) {
    if (!ranges_.empty() && first > 0 && ranges_.back().last == first - 1) {
        ranges_.back().last = last;
        return;
    }
    ranges_.push_back({first, last});
}

void VendorSet::settle() {
    std::sort(ranges_.begin(), ranges_.end(),
              [](const VendorRange& a, const VendorRange& b) { return a.first < b.first; });
    std::vector<VendorRange> joined;
    for (const VendorRange& range : ranges_) {
        const bool touches =
            !joined.empty() && std::uint32_t{joined.back().last} + 1 >= range.first;
        if (touches)
            joined.back().last = std::max(joined.back().last, range.last);
        else
            joined.push_back(range);
    }
    ranges_ = std::move(joined);
}

Result<TcString> parse_tc_string(std::string_view text) {
    if (text.size() > kTcStringBytesMax)
        return Error{"tcf.too_long",
                     "The TC string has " + std::to_string(text.size()) + " bytes; the limit is " +
                         std::to_string(kTcStringBytesMax) + ".",
                     "It allows nothing."};
    const std::vector<std::string_view> segments = split(text, '.');
    const auto core = decode_segment(segments.front());
    if (!core) return malformed("it is not base64url");
    TcString tc = TRY(read_core(*core));
    for (std::size_t i = 1; i < segments.size(); ++i) {
        const auto segment = decode_segment(segments[i]);
        if (!segment) return malformed("a segment is not base64url");
        TRY(read_segment(*segment, tc));
    }
    if (must_disclose(tc) && !tc.disclosed)
        return Error{"tcf.not_disclosed",
                     "The TC string is of version 2.3 and lacks the disclosed vendors.",
                     "It allows nothing."};
    return tc;
}

TcPurposes allowed_by_consent(const TcString& tc, std::uint16_t vendor) {
    if (vendor == 0) return tc.publisher ? tc.publisher->consents : tc.consents;
    if (!tc.vendor_consents.has(vendor)) return {};
    if (tc.disclosed && !tc.disclosed->has(vendor)) return {};
    TcPurposes allowed = tc.consents;
    for (const PublisherRestriction& r : tc.restrictions) {
        if (r.kind != PublisherRestriction::Kind::RequireConsent && r.vendors.has(vendor))
            allowed = allowed.without(1u << (r.purpose - 1));
    }
    return allowed;
}

}  // namespace filrouge::consent
