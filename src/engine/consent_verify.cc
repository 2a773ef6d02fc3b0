#include "engine/consent_verify.h"

#include <cstring>

#include "engine/records.h"

namespace filrouge::engine {
namespace {

using consent::Entry;

class Verifier {
  public:
    Verifier(const KeyStore& keys, const consent::Wordings& wordings,
             const std::vector<std::string>& purposes)
        : keys_(keys), wordings_(wordings), purposes_(purposes) {}

    void read(const RecordView& record) {
        if (!consent::follow(record.clear, report_.head)) find(record, "does_not_follow");
        const auto entry = consent::decode_entry(record.clear);
        if (!entry) return find(record, "unreadable");
        if (record.fragment != entry->fragments.front()) find(record, "other_person");
        check_evidence(record, *entry);
        check_words(record, *entry);
    }
    ChainReport finish(const consent::ChainHead& known) {
        if (report_.head != known) find({}, "other_end");
        return std::move(report_);
    }

  private:
    void find(const RecordView& record, const char* what) {
        if (++report_.findings_in_all <= kFindingsMax)
            report_.findings.push_back({record.sequence, what});
    }
    void check_evidence(const RecordView& record, const Entry& entry) {
        if (entry.commitment.is_zero() != record.sealed.empty())
            return find(record, "evidence_missing");
        if (entry.commitment.is_zero()) return;
        const auto key = keys_.find(record.fragment);
        if (!key) {
            ++report_.closed;
            return;
        }
        const bool holds =
            unseal(*key, consent::fixed_part(record.clear), record.sealed, plain_).ok() &&
            consent::commitment_to(plain_) == entry.commitment;
        if (!holds) return find(record, "evidence_changed");
        ++report_.opened;
    }
    void check_words(const RecordView& record, const Entry& entry) {
        for (const consent::Statement& s : entry.statements) {
            if (s.wording == 0) continue;
            const consent::Wording* wording = s.purpose < purposes_.size()
                                                  ? wordings_.find(purposes_[s.purpose], s.wording)
                                                  : nullptr;
            const auto shown =
                wording == nullptr ? std::nullopt : consent::words_in(*wording, entry.language);
            if (!shown || shown->words->digest != s.text) find(record, "wording_changed");
        }
    }

    const KeyStore& keys_;
    const consent::Wordings& wordings_;
    const std::vector<std::string>& purposes_;
    ChainReport report_;
    Bytes plain_;
};

}  // namespace

Result<ChainReport> verify_chain(Log& log, const KeyStore& keys, const consent::Wordings& wordings,
                                 const std::vector<std::string>& purposes,
                                 const consent::ChainHead& known, std::uint64_t known_at) {
    Verifier verifier(keys, wordings, purposes);
    TRY(log.read(1, [&](const RecordView& record) {
        if (record.sequence > known_at) return false;
        if (record.type == RecordType::ConsentTold) verifier.read(record);
        return true;
    }));
    return verifier.finish(known);
}

}  // namespace filrouge::engine
