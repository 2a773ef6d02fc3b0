// What every door must know without asking the fold: where each fragment's person stands on each
// purpose, the purposes themselves, sources by write key, tokens. The fold's thread writes, doors
// read, nobody waits.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "consent/gate.h"
#include "consent/wordings.h"
#include "engine/account_desk.h"
#include "engine/runtime.h"
#include "model/identifier.h"

namespace filrouge::engine {

class EventTerms;  // engine/event_terms.h

class ConsentBoard {
  public:
    ConsentBoard() = default;
    ~ConsentBoard();
    ConsentBoard(const ConsentBoard&) = delete;
    ConsentBoard& operator=(const ConsentBoard&) = delete;
    consent::Standing standing(FragmentNo fragment) const;
    void prefetch(FragmentNo fragment) const;
    void set(FragmentNo fragment, consent::Standing standing);  // one thread

  private:
    static constexpr std::uint32_t kPageEntries = 64 * 1024;
    struct Page {
        std::array<std::atomic<std::uint64_t>, kPageEntries> entries{};
    };
    std::array<std::atomic<Page*>, 64 * 1024> pages_{};
};

// What a token is good for now: its account's role and its own together.
struct KnownToken {
    Caller caller;
    std::vector<std::string> brands;  // ids; empty: all
    std::int64_t expires_us = 0;      // 0: never
    std::uint32_t document = 0;
};
// Who a session can be of: an account, or the first administrator's token.
struct Holder {
    Caller caller;
    std::string name;                 // empty: a token
    std::vector<std::string> brands;  // ids; empty: all
    std::uint64_t version = 0;        // sequence of its document's latest record
};

// Replaced whole at a change; held by whoever reads it.
struct DoorView {
    consent::Purposes purposes;
    std::shared_ptr<const consent::Wordings> wordings = std::make_shared<const consent::Wordings>();
    std::vector<SourceInfo> sources;                        // by SourceNo
    std::map<std::string, SourceNo, std::less<>> by_key;    // write key
    std::map<std::string, KnownToken, std::less<>> tokens;  // SHA-256 of the token, hex
    std::map<std::uint32_t, Holder> holders;                // by number of their document
    std::vector<FragmentNo> blocked;  // identifiers that are nobody's, ascending
    std::vector<Account> accounts;
    std::vector<std::string> brands;          // ids of those there are
    std::shared_ptr<const EventTerms> terms;  // null: no event has one
};

class DoorViews {
  public:
    std::shared_ptr<const DoorView> get() const {
        const std::lock_guard lock(mutex_);
        return view_;
    }
    void set(std::shared_ptr<const DoorView> view) {
        const std::lock_guard lock(mutex_);
        view_ = std::move(view);
    }

  private:
    mutable std::mutex mutex_;
    std::shared_ptr<const DoorView> view_ = std::make_shared<DoorView>();  // guarded by mutex_
};

}  // namespace filrouge::engine
