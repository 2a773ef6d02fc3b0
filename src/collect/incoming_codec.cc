#include "collect/incoming_codec.h"

#include "base/room_writer.h"
#include "base/text.h"
#include "collect/fit.h"
#include "model/packed.h"

namespace filrouge::collect {

namespace {

constexpr std::uint8_t kVersion = 3;
constexpr std::size_t kCountAt = 1, kHeaderBytes = 5;
enum : std::uint8_t { kTagIncoming = 0, kTagUnfit = 1 };
enum : std::uint8_t { kHasValue = 1, kConsentChange = 2, kPrivacyControl = 4 };
constexpr std::size_t kUnfitTextBytesMax = 1'024;
constexpr std::size_t kConsentNameBytesMax = 256;

template <class F>
void each_text(const Event& event, F&& f) {
    for (const std::string* text : {&event.product, &event.place, &event.name, &event.message_id,
                                    &event.properties, &event.traits, &event.context}) {
        f(*text);
    }
}

// What an item takes at most: its texts with their lengths, and all the numbers.
constexpr std::size_t kNumbersBytesMax = 96;
std::size_t room_of(const Incoming& item) {
    std::size_t room = kNumbersBytesMax;
    each_text(item.event, [&](const std::string& text) { room += RoomWriter::room_of(text); });
    for (const Identifier& identifier : item.event.identifiers)
        room += 1 + RoomWriter::room_of(identifier.value);
    for (const NamedConsent& consent : item.consents) room += 1 + RoomWriter::room_of(consent.name);
    return room;
}

void encode(RoomWriter& out, const Incoming& item) {
    const Event& event = item.event;
    out.varint_signed(event.at.us);
    out.varint(event.brand);
    out.u8(static_cast<std::uint8_t>(event.kind));
    out.u8(static_cast<std::uint8_t>(event.channel));
    out.u8(event.flags);
    out.u8(static_cast<std::uint8_t>(event.basis));
    out.u8(static_cast<std::uint8_t>((event.has_value ? kHasValue : 0) |
                                     (item.consent_change ? kConsentChange : 0) |
                                     (item.global_privacy_control ? kPrivacyControl : 0)));
    out.u8(static_cast<std::uint8_t>(item.bot));
    out.u8(static_cast<std::uint8_t>(item.binding));
    out.u32(event.body_check);
    out.varint(item.refused_identifiers);
    out.varint_signed(event.value.amount);
    out.u16(event.value.currency.code);
    out.varint_signed(event.quantity);
    each_text(event, [&](const std::string& text) { out.sized(text); });
    out.varint(event.identifiers.size());
    for (const Identifier& identifier : event.identifiers) {
        out.u8(static_cast<std::uint8_t>(identifier.type));
        out.sized(identifier.value);
    }
    out.varint(item.consents.size());
    for (const NamedConsent& consent : item.consents) {
        out.sized(consent.name);
        out.u8(consent.granted ? 1 : 0);
    }
}

// Reads one batch; the first thing that does not fit makes it broken for good.
class Decoder {
  public:
    explicit Decoder(BytesView bytes) : in_(bytes) {}

    bool read(std::vector<Item>& items) {
        if (in_.u8() != kVersion) return false;
        const std::uint32_t count = in_.u32();
        if (in_.bad() || count > kItemsPerBatchMax || count > in_.left()) return false;
        items.reserve(count);
        for (std::uint32_t i = 0; i < count && !broken(); ++i) {
            const std::uint8_t tag = in_.u8();
            if (tag == kTagIncoming)  // in its place: an event is half a kilobyte to move
                read(std::get<Incoming>(items.emplace_back(std::in_place_type<Incoming>)));
            else if (tag == kTagUnfit)
                items.emplace_back(unfit());
            else
                return false;
        }
        return !broken() && in_.done();
    }

  private:
    bool broken() const { return bad_ || in_.bad(); }
    void expect(bool fits) { bad_ = bad_ || !fits; }
    void text(std::size_t bytes_max, std::string& out) {
        const BytesView bytes = in_.sized();
        expect(bytes.size() <= bytes_max && utf8_valid(bytes));
        if (!broken()) out.assign(bytes);
    }
    void raw(Bytes& out) {  // whatever a file held; it need not be text
        const BytesView bytes = in_.sized();
        expect(bytes.size() <= kEventBytesMax);
        if (!broken()) out.assign(bytes);
    }
    void packed_object(Bytes& out) {
        const BytesView bytes = in_.sized();
        if (bytes.empty()) return;
        const PackedView view(bytes);
        expect(view.kind() == PackedKind::Object && view.byte_length() == bytes.size());
        expect(bytes.size() <= 2 * kEventBytesMax);  // packed, it may be larger than its JSON
        if (!broken()) out.assign(bytes);
    }
    template <class Enum>
    Enum enumeration(Enum last) {
        const std::uint8_t v = in_.u8();
        expect(v <= static_cast<std::uint8_t>(last));
        return broken() ? Enum{} : static_cast<Enum>(v);
    }
    Currency currency() {
        const Currency read{in_.u16()};
        expect(read.is_unknown() || Currency::parse(read.text()) == read);
        return read;
    }

    void read(Incoming& item) {
        Event& event = item.event;
        event.at.us = in_.varint_signed();
        const std::uint64_t brand = in_.varint();
        expect(brand <= 0xffff);
        event.brand = static_cast<BrandNo>(brand);
        event.kind = enumeration(EventKind::Alias);
        event.channel = enumeration(Channel::Catalog);
        event.flags = in_.u8();
        event.basis = enumeration(LegalBasis::LegitimateInterest);
        const std::uint8_t bits = in_.u8();
        event.has_value = (bits & kHasValue) != 0;
        item.consent_change = (bits & kConsentChange) != 0;
        item.global_privacy_control = (bits & kPrivacyControl) != 0;
        item.bot = enumeration(BotVerdict::Declared);
        item.binding = enumeration(Incoming::Binding::Release);
        event.body_check = in_.u32();
        const std::uint64_t refused = in_.varint();
        expect(refused <= UINT32_MAX);
        item.refused_identifiers = static_cast<std::uint32_t>(refused);
        event.value.amount = in_.varint_signed();
        event.value.currency = currency();
        event.quantity = in_.varint_signed();
        text(kProductBytesMax, event.product);
        text(kPlaceBytesMax, event.place);
        text(kEventNameBytesMax, event.name);
        text(kMessageIdBytesMax, event.message_id);
        packed_object(event.properties);
        packed_object(event.traits);
        packed_object(event.context);
        read_identifiers(event);
        read_consents(item);
    }
    void read_identifiers(Event& event) {
        const std::uint64_t count = in_.varint();
        expect(count <= kIdentifiersPerEventMax);
        if (!broken()) event.identifiers.reserve(static_cast<std::size_t>(count));
        for (std::uint64_t i = 0; i < count && !broken(); ++i) {
            Identifier identifier;
            identifier.type = static_cast<IdentifierType>(in_.u8());
            expect(row_of(identifier.type) != nullptr);
            text(kIdentifierBytesMax, identifier.value);
            expect(!identifier.value.empty());
            event.identifiers.push_back(std::move(identifier));
        }
    }
    void read_consents(Incoming& item) {
        const std::uint64_t count = in_.varint();
        expect(count <= kConsentsPerEventMax);
        for (std::uint64_t i = 0; i < count && !broken(); ++i) {
            NamedConsent consent;
            text(kConsentNameBytesMax, consent.name);
            const std::uint8_t granted = in_.u8();
            expect(granted <= 1);
            consent.granted = granted == 1;
            item.consents.push_back(std::move(consent));
        }
    }
    Unfit unfit() {
        Unfit item;
        text(kUnfitTextBytesMax, item.code);
        text(kUnfitTextBytesMax, item.message);
        raw(item.raw);
        text(kMessageIdBytesMax, item.message_id);
        return item;
    }

    ByteReader in_;
    bool bad_ = false;
};

}  // namespace

void BatchWriter::begin() {
    bytes_.assign(kHeaderBytes, '\0');
    bytes_[0] = static_cast<char>(kVersion);
    items_ = 0;
    states_consents_ = false;
}

void BatchWriter::add(const Item& item) {
    ++items_;
    if (const auto* incoming = std::get_if<Incoming>(&item)) {
        states_consents_ |= !incoming->consents.empty();
        const std::size_t room = room_of(*incoming);
        if (item_.size() < room) item_.resize(room);
        RoomWriter out(item_.data());
        out.u8(kTagIncoming);
        encode(out, *incoming);
        bytes_.append(item_.data(), out.at());
        return;
    }
    const Unfit& unfit = std::get<Unfit>(item);
    ByteWriter out(bytes_);
    out.u8(kTagUnfit);
    for (const std::string* text : {&unfit.code, &unfit.message, &unfit.raw, &unfit.message_id})
        out.sized(*text);
}

Bytes BatchWriter::take() {
    RoomWriter(bytes_.data() + kCountAt).u32(items_);
    const std::size_t size = bytes_.size();
    Bytes batch = std::move(bytes_);
    bytes_ = {};
    bytes_.reserve(size);  // the next one is about as large
    begin();
    return batch;
}

Bytes encode_items(const std::vector<Item>& items) {
    BatchWriter writer;
    for (const Item& item : items) writer.add(item);
    return writer.take();
}

Result<std::vector<Item>> decode_items(BytesView bytes) {
    std::vector<Item> items;
    if (!Decoder(bytes).read(items)) {
        return Error{"collect.bad_import", "The batch is damaged, or of another version.",
                     "Use the 'filrouge import' that came with this server."};
    }
    return items;
}

}  // namespace filrouge::collect
