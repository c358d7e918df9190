// What is wrong here is told: test_machines.py compares what this prints.

#include <doctest/doctest.h>

#include <support/simulated.hpp>

using uasync::test::Simulated;

TEST_CASE("holds") { CHECK(true); }

TEST_CASE("does not hold") {
    for (int i = 0; i < 2; ++i) {
        CAPTURE(i);
        CHECK(i == 0);
    }
    CHECK_FALSE(true);
}

TEST_CASE("parts") {
    SUBCASE("first") { CHECK(true); }
    SUBCASE("second") { CHECK_MESSAGE(false, "of two"); }
}

TEST_CASE_FIXTURE(Simulated, "a trace") {
    trace("this");
    trace.expect({"0 that"});
}

TEST_CASE("a requirement") { REQUIRE(false); }

TEST_CASE("is not reached") { CHECK(false); }
