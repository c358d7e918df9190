// The tutorial's program that starves its other task, with report_long_steps: the task is told while it runs on, which ends the program here.

// Its main has no return, which only a main may lack.
// clang-format off
#define main not_defined(); void starve
// clang-format on
#include "../../examples/02b_starving.cpp"
#undef main

using namespace std::chrono_literals;

int main() {
    report_long_steps(10ms, [](const LongStep& step) {
        print_long_step(step);
        port::fatal("told");
    });
    starve();
}
