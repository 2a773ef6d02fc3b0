// What a webhook signs with (Standard Webhooks).
#pragma once

#include <string>
#include <string_view>

#include "storage/seal.h"

namespace filrouge::engine {

// It follows from a process key (kKeyReceipts) and the webhook's id, so it is written nowhere: the
// log and the backups of data are of no use to whoever would sign in the shop's name. The document
// of a webhook that was made before tells its own, in the clear.
std::string webhook_secret(const DataKey& key, std::string_view id);

}  // namespace filrouge::engine
