// The door's rules: which requests are let in, held, refused, and by whom they are answered. Owns
// no socket: a Listener calls it, and so does the command line on a data folder of its own.
#pragma once

#include <chrono>
#include <memory>

#include "engine/questions_under_way.h"
#include "engine/runtime.h"
#include "engine/settings.h"
#include "seam/listener.h"
#include "seam/random.h"

namespace filrouge::http {

struct Call;
struct Route;
struct RouteFound;
class Holding;
struct Services;

// An answer of 5xx, for the operator's log: nothing that names a person.
struct FailedRequest {
    std::string_view method;   // of the route
    std::string_view pattern;  // of the route, not the path that was asked for
    int status = 0;
    std::string code;  // of the error; may be empty
    std::string request_id;
    std::string trace_id;
};

struct RoutesOptions {
    std::size_t held_max = 1'024;  // requests, while the engine starts
    std::chrono::milliseconds hold_time{5'000};
    unsigned pool_threads = 2;
    std::size_t pool_queue_max = 64;
    // One more than questions are let in at a time: it tells whoever comes then.
    unsigned whole_threads = engine::kQuestionsMax + 1;
    std::size_t whole_queue_max = 64;
    unsigned hash_threads = 2;
    std::size_t hash_queue_max = 20;
    std::function<void(const FailedRequest&)> tell_failure = {};  // called from any thread
};

class Routes : public HttpHandler {
  public:
    // All of them must outlive this and every request that is still being answered.
    Routes(engine::Runtime& runtime, Random& random, const engine::Settings& settings,
           const RoutesOptions& options = {});
    ~Routes() override;
    std::unique_ptr<HttpResponse> refuse(const HttpRequest& head, const Arrival& arrival) override;
    std::uint64_t body_bytes_max(const HttpRequest& head) override;
    bool goes_first(const HttpRequest& head) override;
    void handle(HttpRequest request, Responder responder) override;
    // Answers what is held with 503 and finishes what runs; call it before the runtime stops.
    void stop();

  private:
    std::unique_ptr<HttpResponse> refuse_stranger(const RouteFound& found, const HttpRequest& head,
                                                  const Arrival& arrival);
    std::unique_ptr<HttpResponse> refuse_load(const Route& route, const Arrival& arrival);
    void hold(const std::shared_ptr<Call>& call);
    const std::shared_ptr<Services> services_;
    const std::shared_ptr<Holding> holding_;
};

}  // namespace filrouge::http
