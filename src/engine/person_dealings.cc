#include "engine/person_dealings.h"

#include <algorithm>
#include <shared_mutex>

#include "consent/suppressions.h"
#include "engine/identity_record.h"
#include "engine/person_asked.h"
#include "engine/records.h"
#include "engine/settings_record.h"
#include "engine/times.h"
#include "storage/seal.h"

namespace filrouge::engine {
namespace {

using consent::ContactChannel;

struct Address {
    IdentifierType type = IdentifierType::None;
    std::uint64_t sequence = 0;
    std::uint32_t place = 0;
};

std::vector<Address> addresses_of(const Library& l, const std::unordered_set<FragmentNo>& mine) {
    std::vector<FragmentNo> ordered(mine.begin(), mine.end());
    std::sort(ordered.begin(), ordered.end(),
              [](FragmentNo a, FragmentNo b) { return a.value < b.value; });
    std::vector<Address> out;
    const std::shared_lock reading(l.lock);
    for (const FragmentNo f : ordered) {
        if (!l.fold.is_met(f)) continue;
        const IdentifierType type = l.fold.graph.type_of(f);
        if (type != IdentifierType::Email && type != IdentifierType::Phone) continue;
        const Fold::FragmentRow& row = l.fold.fragments.at(f.value);
        out.push_back({type, row.first_sequence, row.in_identifiers});
    }
    return out;
}

// The lists hold hashes alone, so each of the person's addresses is asked for.
void write_suppressed(JsonWriter& w, const Library& l, const std::unordered_set<FragmentNo>& mine) {
    const DataKey key = l.keys.process_key(kKeySuppression);
    w.key("suppressed").open_array();
    for (const Address& address : addresses_of(l, mine)) {
        const auto value = identifier_value(l, address.sequence, address.place);
        const IdentifierTypeRow* type = row_of(address.type);
        if (!value || type == nullptr) continue;
        const auto hash = consent::address_hash(key, address.type, *value);
        for (const ContactChannel channel :
             {ContactChannel::Email, ContactChannel::Sms, ContactChannel::Phone}) {
            bool held = false;
            {
                const std::shared_lock reading(l.lock);
                held = l.fold.suppressions.holds(hash, channel);
            }
            if (held)
                w.open_object()
                    .field("type", type->name)
                    .field("value", *value)
                    .field("channel", name_of(channel))
                    .close();
        }
    }
    w.close();
}

// Of an address of the Internet the host: what follows it may be a secret of the receiver's.
std::string host_of(std::string_view url) {
    const std::size_t from = url.find("://");
    if (from == url.npos) return {};
    const std::string_view rest = url.substr(from + 3);
    const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
    const std::size_t at = authority.rfind('@');
    return std::string(at == authority.npos ? authority : authority.substr(at + 1));
}

// Whoever listens to a group of theirs, or to all groups, is told when they enter and leave it.
void write_recipients(JsonWriter& w, const Library& l, PersonNo person) {
    const std::shared_lock reading(l.lock);
    std::vector<std::string> groups;
    for (const auto& [name, info] : l.fold.audiences) {
        if (l.fold.live.member(info.slot, person)) groups.push_back(name);
    }
    w.key("recipients").open_array();
    for (const DocumentView& document : l.fold.documents.of(RecordType::WebhookChange)) {
        const auto hook = parse_webhook(document.json);
        if (!hook) continue;
        std::vector<std::string> heard;
        std::copy_if(groups.begin(), groups.end(), std::back_inserter(heard),
                     [&](const std::string& group) {
                         return hook->audience.empty() || hook->audience == group;
                     });
        if (heard.empty()) continue;
        w.open_object().field("webhook", document.id).field("host", host_of(hook->url));
        w.key("audiences").open_array();
        for (const std::string& group : heard) w.value(group);
        w.close().close();
    }
    w.close();
}

}  // namespace

void note_decision(const Library& l, const RecordView& record,
                   const std::unordered_set<FragmentNo>& mine, std::vector<DecisionMade>& out) {
    if (record.type != RecordType::IdentityDecision) return;
    IdentityDecision decision;
    if (!decode_identity_decision_clear(record.clear, decision)) return;
    const bool is_mine = mine.contains(decision.a);
    if (!is_mine && !mine.contains(decision.b)) return;
    DecisionMade made{record.sequence, decision.at, name_of(decision.verdict), {}, {}};
    const auto key = is_mine ? l.keys.find(record.fragment) : std::nullopt;
    Bytes plain;
    if (key && unseal(*key, record.clear, record.sealed, plain).ok() &&
        decode_identity_decision_sealed(plain, decision)) {
        made.by = decision.by;
        made.reason = decision.reason;
    }
    out.push_back(std::move(made));
}

void write_dealings(JsonWriter& w, const Library& l, const std::unordered_set<FragmentNo>& mine,
                    const std::vector<DecisionMade>& decisions) {
    w.key("decisions").open_array();
    for (const DecisionMade& made : decisions) {
        w.open_object().field("record", made.sequence).field("at", iso_time(made.at));
        w.field("action", made.verdict);
        if (!made.by.empty()) w.field("by", made.by);
        if (!made.reason.empty()) w.field("reason", made.reason);
        w.close();
    }
    w.close();
    write_suppressed(w, l, mine);
    std::optional<PersonNo> person;
    {
        const std::shared_lock reading(l.lock);
        for (const FragmentNo f : mine) {
            if (l.fold.is_met(f)) person = l.fold.graph.person_of(f);
        }
    }
    if (person) write_recipients(w, l, *person);
}

}  // namespace filrouge::engine
