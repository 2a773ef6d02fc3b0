// Reads the chain of consent proofs in the log from its beginning and tells whatever is not as it
// was written. It trusts nothing that the fold derived but the end of the chain, which its
// snapshots hold under a key of their own.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "consent/proof.h"
#include "consent/wordings.h"
#include "storage/keys.h"
#include "storage/log.h"

namespace filrouge::engine {

constexpr std::size_t kFindingsMax = 100;  // told; past it they are counted

struct ChainFinding {
    std::uint64_t sequence = 0;  // of the record; 0 for the end of the chain
    std::string what;            // a word of docs/formats/consent_proof.md: "does_not_follow"
};
struct ChainReport {
    consent::ChainHead head;   // as the log has it
    std::uint64_t opened = 0;  // entries whose evidence was opened and is what was promised
    std::uint64_t closed = 0;  // whose evidence nobody can read any more: erased
    std::uint64_t findings_in_all = 0;
    std::vector<ChainFinding> findings;  // the first ones
};

// `known`: the head as of record `known_at`; a log that goes on is read that far.
Result<ChainReport> verify_chain(Log& log, const KeyStore& keys, const consent::Wordings& wordings,
                                 const std::vector<std::string>& purposes,
                                 const consent::ChainHead& known, std::uint64_t known_at);

}  // namespace filrouge::engine
