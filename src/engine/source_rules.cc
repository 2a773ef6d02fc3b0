#include "engine/source_rules.h"

#include <utility>

namespace filrouge::engine {

SourceRules::SourceRules(const Settings& settings) : identity_(settings.identity) {
    auto rules = std::make_shared<collect::Rules>();
    rules->calling_code = settings.brands.front().phone_country_code;
    for (const BrandSetting& brand : settings.brands)
        calling_codes_[brand.id] = brand.phone_country_code;
    rules->blocked = blocked_by(rules->calling_code);
    rules->currency = Currency::parse(settings.brands.front().currency).value_or(Currency{});
    rules->late_max = days(settings.late_event_days_max);
    rules->tcf_vendor = settings.tcf_vendor;
    common_ = std::move(rules);
}

// A national number is another one in another brand's country, and none where it cannot be one.
std::vector<collect::Blocked> SourceRules::blocked_by(std::string_view calling_code) const {
    std::vector<collect::Blocked> out;
    for (const IdentityLimit& limit : identity_) {
        const auto type = identifier_type_named(limit.type);
        if (!type) continue;
        out.reserve(out.size() + limit.blocked.size());
        for (const std::string& text : limit.blocked) {
            if (auto value = collect::blocked_value(*type, text, calling_code))
                out.push_back({*type, std::move(*value)});
        }
    }
    return out;
}

std::shared_ptr<const collect::Rules> SourceRules::of(const SourceInfo& source, bool import) const {
    const Currency currency = source.currency.is_unknown() ? common_->currency : source.currency;
    const auto code = calling_codes_.find(source.brand);
    const std::string& calling_code =
        code == calling_codes_.end() ? common_->calling_code : code->second;
    const Duration late_max = import ? Duration{} : common_->late_max;
    const auto fits = [&](const collect::Rules& rules) {
        return rules.currency == currency && rules.strict == source.strict &&
               rules.late_max == late_max && rules.calling_code == calling_code &&
               rules.declared == source.properties;
    };
    if (fits(*common_)) return common_;
    const std::lock_guard lock(mutex_);
    for (const auto& rules : made_) {
        if (fits(*rules)) return rules;
    }
    auto rules = std::make_shared<collect::Rules>(*common_);
    rules->currency = currency;
    rules->calling_code = calling_code;
    rules->blocked = blocked_by(calling_code);
    rules->strict = source.strict;
    rules->declared = source.properties;
    rules->late_max = late_max;
    made_.push_back(rules);
    return rules;
}

}  // namespace filrouge::engine
