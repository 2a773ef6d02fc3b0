#include "engine/rights_desk.h"

#include <algorithm>
#include <shared_mutex>
#include <utility>

#include "base/json_writer.h"
#include "collect/moment.h"
#include "engine/person_asked.h"
#include "engine/rights_desk_impl.h"
#include "engine/rights_import.h"

namespace filrouge::engine {
namespace {

constexpr std::size_t kItemsPerRequest = 500;

Result<IngestTime> time_of(std::string_view text, std::int64_t otherwise) {
    if (text.empty()) return IngestTime{otherwise};
    const auto told = collect::parse_time(text);
    if (!told)
        return Error{"api.invalid_field", "A time is as 2026-03-01T08:30:00Z.",
                     "Send 'from' and 'to' so, or leave them out."};
    return IngestTime{told->us};
}

}  // namespace

RightsDeskImpl::RightsDeskImpl(const Library& library, RightsSeams seams)
    : library_(library),
      seams_(std::move(seams)),
      audit_key_(library.keys.process_key(kKeyAudit)),
      audit_(audit_key_, seams_.write),
      audit_reader_(library.log) {}

// Before doors open, after the fold has read the log.
void RightsDeskImpl::start_audit() {
    const std::shared_lock reading(library_.lock);
    const auto& head = library_.fold.audit_head;
    Fold::AuditHead newest{};
    if (head.size() != 0) newest = head.at(0);
    audit_.start(newest.entries, newest.hash);
}

// Every id that leads to the person now: before two were found to be one, each was read by its own.
// Of whom nobody knows any more the id alone.
Result<std::vector<ProfileId>> RightsDeskImpl::names_of(std::string_view id) const {
    const auto asked = ProfileId::parse(id);
    if (!asked) return no_profile();
    std::vector<ProfileId> names{*asked};
    const std::shared_lock reading(library_.lock);
    const auto person = person_of(library_.fold, id);
    if (!person) return names;
    std::vector<FragmentNo> fragments;
    library_.fold.graph.fragments_of(*person, fragments);
    for (const FragmentNo f : fragments) names.push_back(library_.fold.names.name_of(f));
    return names;
}

AuditStretches RightsDeskImpl::audit_stretches() const {
    const std::shared_lock reading(library_.lock);
    return library_.fold.audit_places.up_to(library_.fold.applied());
}

bool RightsDeskImpl::read_audit_ahead() {
    constexpr std::size_t kStretches = 64;  // of a few milliseconds each
    const auto read = audit_reader_.read_ahead(audit_stretches(), kStretches);
    return !read.ok() || read.value();  // an error is told to whoever asks
}

Result<std::string> RightsDeskImpl::audit(const AuditSearch& search) {
    AuditQuestion question;
    question.actor = search.actor;
    question.from = TRY(time_of(search.from, 0));
    question.to = TRY(time_of(search.to, INT64_MAX));
    if (search.before != 0) question.before = search.before;
    question.limit = std::clamp<std::size_t>(search.limit, 1, kAuditAnswerMax);
    question.daily = search.daily;
    if (!search.profile.empty()) {
        question.names = TRY(names_of(search.profile));
    }
    return audit_json(audit_reader_, question, audit_stretches());
}

Result<std::string> RightsDeskImpl::verify_audit() {
    std::uint64_t entries = 0;
    {
        const std::shared_lock reading(library_.lock);
        const auto& head = library_.fold.audit_head;
        if (head.size() != 0) entries = head.at(0).entries;
    }
    return engine::verify_audit(library_.log, audit_key_, entries);
}

Result<std::string> RightsDeskImpl::reads_of(std::string_view id) {
    AuditQuestion question;
    question.names = TRY(names_of(id));
    return audit_json(audit_reader_, question, audit_stretches());
}

// Events go in as a file's would: gate 1, repeats and erasures decide about each. In the order they
// were told, so that each finds the choices that were made before it.
Result<IngestReply> RightsDeskImpl::import_events(std::vector<PersonPart> parts) {
    IngestReply sum;
    for (PersonPart& part : parts) {
        IngestRequest request;
        request.import = true;
        request.confirmed = true;  // an export holds no yes that still waits for its link
        {
            const std::shared_lock reading(library_.lock);
            const auto& sources = library_.fold.sources;
            const auto at = std::find_if(sources.begin(), sources.end(),
                                         [&](const SourceInfo& s) { return s.id == part.source; });
            if (at == sources.end())
                return Error{"source_not_found",
                             "There is no source '" + part.source + "' here, which events name.",
                             "Make it: POST /api/v1/sources, or 'filrouge source create'."};
            request.source = at->number;
        }
        for (std::size_t i = 0; i < part.items.size();) {
            const std::size_t end = std::min(part.items.size(), i + kItemsPerRequest);
            request.items.clear();
            for (; i < end; ++i) request.items.push_back(std::move(part.items[i]));
            const IngestReply reply = TRY(seams_.ingest(request));
            sum.received += reply.received;
            sum.stored += reply.stored;
            sum.deduplicated += reply.deduplicated;
            sum.not_kept += reply.not_kept;
            sum.quarantined += reply.quarantined;
        }
    }
    return sum;
}

Result<std::string> RightsDeskImpl::import_profile(std::string_view json) {
    const IngestReply sum = TRY(import_events(TRY(read_export(json))));
    const boost::json::object document = export_document(json);
    const std::string id = person_of_document(library_, document);
    OffersTaken offers;
    RightsTaken rights;
    std::uint64_t taken_back = 0, no_taking = 0;
    if (!id.empty()) {
        {
            const std::lock_guard guard(seams_.commands);
            TakenBackRead read =
                read_taken_back_export(library_, id, document, as_event_time(seams_.now()));
            taken_back = read.taken.size();
            no_taking = read.not_taken;
            TRY(write_taken_back({library_, seams_.random, seams_.write}, std::move(read.taken)));
        }
        offers = TRY(import_offers(id, document));
        rights = take_rights(*this, id, document);  // last: a restriction lets nothing in
    }
    std::string out;
    JsonWriter w(out);
    w.open_object()
        .field("received", sum.received)
        .field("stored", sum.stored)
        .field("deduplicated", sum.deduplicated)
        .field("not_kept", sum.not_kept)
        .field("quarantined", sum.quarantined)
        .field("corrections", rights.corrections)
        .field("restraints", rights.restraints)
        .field("taken_back", taken_back)
        .field("not_taken", rights.not_taken + no_taking)
        .field("offer_lines", offers.lines);
    w.key("offer_lines_left").open_array();
    for (const OfferLineLeft& left : offers.left) {
        w.open_object().field("offer", left.offer).field("line", left.line);
        w.field("why", left.why).close();
    }
    w.close().close();
    return out;
}

Result<OffersTaken> RightsDeskImpl::import_offers(const std::string& id,
                                                  const boost::json::object& document) {
    const std::lock_guard guard(seams_.commands);
    return take_offers(library_, {seams_.random, seams_.write}, id, document);
}

}  // namespace filrouge::engine
