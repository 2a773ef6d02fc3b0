// What no source keeps: faces, hardware addresses, addresses of the Internet as they are.
#include "collect/refused_names.h"

#include "collect/test_request.h"

namespace filrouge::collect {
namespace {

TEST(RefusedNames, AFaceIsKeptNowhereAndCounted) {
    Door door;
    const Incoming in = door.track(
        R"({"userId":"u","event":"Entered","face_hash":"ab12","properties":{"zone":"hats",)"
        R"("face_embedding":[0.1,0.2],"faceImage":"data:image/png;base64,AAAA",)"
        R"("Facial-Expression":"happy","seen":{"face_embedding":[0.3],"by":"cam-3"}},)"
        R"("context":{"biometrics":{"a":1}}})");
    EXPECT_EQ(properties(in), R"({"zone":"hats","seen":{"face_embedding":null,"by":"cam-3"}})");
    EXPECT_EQ(context(in).find("ab12"), std::string::npos);
    EXPECT_EQ(context(in).find("biometrics"), std::string::npos);
    EXPECT_EQ(in.undeclared, 5u);
}

TEST(RefusedNames, AFaceHidesNoFault) {
    Door door;
    EXPECT_EQ(door.unfit(Route::Track,
                         R"({"userId":"u","event":"e","properties":{"face_id":{"a":1,"a":2}}})"),
              "collect.duplicate_key");
}

TEST(RefusedNames, AHardwareAddressIsDroppedAndAComputersNameIsNot) {
    Door door;
    const Incoming in = door.track(
        R"({"userId":"u","event":"e","properties":{"mac_address":"unknown",)"
        R"("mac":"a4:83:e7:0b:11:7f","wifi.mac":"A4-83-E7-0B-11-7F","deviceMac":"a483e70b117f",)"
        R"("bssid":"x","machine":"till 3","macbook":"Air","product_id":"mac-1"},)"
        R"("context":{"device":{"type":"phone","mac":"a4:83:e7:0b:11:7f"}}})");
    EXPECT_EQ(properties(in), R"({"machine":"till 3","macbook":"Air","product_id":"mac-1"})");
    EXPECT_EQ(context(in), R"({"device":{"type":"phone","mac":null}})");
}

TEST(RefusedNames, AnAddressOfTheInternetIsCutWhereverItStands) {
    Door door;
    const Incoming in = door.track(
        R"({"userId":"u","event":"e","remote_addr":"203.0.113.77","properties":)"
        R"({"client_ip":"203.0.113.77","ipAddress":"2001:db8:1:2:3:4:5:6",)"
        R"("x-forwarded-for":"203.0.113.77, 10.0.0.1","visit":{"ip":"203.0.113.77"},"ip":7},)"
        R"("context":{"ip":"203.0.113.77","userIp":"203.0.113.77"}})");
    EXPECT_EQ(properties(in), R"({"client_ip":"203.0.113.0","ipAddress":"2001:db8:1::",)"
                              R"("visit":{"ip":"203.0.113.0"}})");
    EXPECT_EQ(context(in).find("203.0.113.77"), std::string::npos) << context(in);
    EXPECT_EQ(in.undeclared, 2u) << "the list and the number";
}

TEST(RefusedNames, TheSameHoldsForWhatIsToldOfAPerson) {
    Door door;
    const Incoming in = door.event(
        Route::Identify,
        R"({"userId":"u","traits":{"city":"Lyon","ip":"203.0.113.77","voice_print":"x"},)"
        R"("context":{"traits":{"faceid":"f","last_ip":"x","clientIp":"198.51.100.9"}}})");
    EXPECT_EQ(traits(in), R"({"city":"Lyon","ip":"203.0.113.0","last_ip":"x",)"
                          R"("clientIp":"198.51.100.0"})");
    EXPECT_EQ(in.undeclared, 2u);
}

}  // namespace
}  // namespace filrouge::collect
