// What a decision would lead to, shown before it is carried out.
#include <algorithm>
#include <boost/json.hpp>
#include <shared_mutex>

#include "base/json_writer.h"
#include "engine/identity_asked.h"
#include "engine/identity_desk_impl.h"
#include "engine/identity_effect.h"
#include "engine/request_body.h"

namespace filrouge::engine {
namespace {

using Reading = std::shared_lock<FairLock>;

constexpr std::size_t kPersonsShownMax = 50;

}  // namespace

Result<std::string> IdentityDeskImpl::preview(std::string_view text) {
    const boost::json::object body = TRY(object_of(text));
    const Reading reading(library_.lock);
    const Fold& fold = library_.fold;
    const DecisionAsked asked = TRY(decision_asked(fold, body));
    const auto persons =
        is_about_an_edge(asked.verdict)
            ? fold.graph.if_edge(asked.a, asked.b, asked.verdict == Verdict::Withdraw)
            : fold.graph.if_blocked(asked.a, asked.verdict == Verdict::Block);
    PersonReader reader(fold);
    const std::vector<PersonEffect> effects = effects_of(fold, reader, persons);
    std::string out;
    JsonWriter w(out);
    w.open_object()
        .field("action", name_of(asked.verdict))
        .field("sequence", fold.applied())
        .key("persons")
        .open_array();
    for (std::size_t i = 0; i < std::min(effects.size(), kPersonsShownMax); ++i)
        write_effect(w, fold, effects[i], fold.brand_of(asked.a));
    w.close();
    if (effects.size() > kPersonsShownMax)
        w.field("more_persons", static_cast<std::uint64_t>(effects.size() - kPersonsShownMax));
    w.close();
    return out;
}

}  // namespace filrouge::engine
