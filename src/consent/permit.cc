#include "consent/permit.h"

#include <chrono>
#include <string>

namespace filrouge::consent {
namespace {

std::string clock_text(LocalTime t) {
    const std::chrono::sys_time<std::chrono::microseconds> whole{std::chrono::microseconds{t.us}};
    const auto day = std::chrono::floor<std::chrono::days>(whole);
    const std::chrono::year_month_day date{day};
    const auto minute = std::chrono::duration_cast<std::chrono::minutes>(whole - day).count();
    const auto two = [](std::int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
    std::string out = std::to_string(static_cast<int>(date.year()));
    for (const auto& [before, n] :
         {std::pair{'-', static_cast<std::int64_t>(static_cast<unsigned>(date.month()))},
          std::pair{'-', static_cast<std::int64_t>(static_cast<unsigned>(date.day()))},
          std::pair{'T', std::int64_t{minute / 60}}, std::pair{':', std::int64_t{minute % 60}}}) {
        out.push_back(before);
        out.append(two(n));
    }
    return out;
}

}  // namespace

Result<Ground> ContactGate::ground_of(const PermitQuestion& q) const {
    const Purpose& purpose = purposes_.list[q.purpose];
    if (may_read(purposes_, q.purpose, q.standing))
        return purpose.basis == LegalBasis::Consent ? Ground::Consent : Ground::OtherBasis;
    const bool written =
        q.wish.channel == ContactChannel::Email || q.wish.channel == ContactChannel::Sms;
    // A refusal is one, whatever was bought.
    if (purpose.soft_opt_in && written && !q.standing.refused.has(q.purpose) && covers(q.sale))
        return Ground::SoftOptIn;
    return Error{"permit.no_consent", "The person did not agree to this purpose, or withdrew.", ""};
}

Result<Permit> ContactGate::permit(const PermitQuestion& q) const {
    if (q.purpose >= purposes_.list.size())
        return Error{"permit.no_consent", "The purpose is not declared.", ""};
    const ContactChannel covered = purposes_.list[q.purpose].channel;
    if (covered != q.wish.channel)
        return Error{"permit.other_channel",
                     "The purpose covers the channel '" + std::string(name_of(covered)) + "'.",
                     "Name a purpose of the channel."};
    if (q.suppressed)
        return Error{"permit.suppressed", "The address is on a suppression list.", ""};
    if (q.standing.restricted && purposes_.list[q.purpose].basis != LegalBasis::LegalObligation)
        return Error{"permit.restricted", "The person's data is restricted: nothing is sent.",
                     "It ends when the restriction is lifted."};
    const Ground ground = TRY(ground_of(q));
    const ContactVerdict verdict = judge(rules_, q.wish);
    if (verdict.hold != Hold::None)
        return Error{
            "permit.not_now",
            "The rules of contact hold it back: " + std::string(name_of(verdict.hold)) + ".",
            verdict.next ? clock_text(*verdict.next) : std::string()};
    return Permit(q.person, q.brand, q.purpose, q.wish.channel, q.at, ground);
}

}  // namespace filrouge::consent
