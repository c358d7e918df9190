// There is none.

#include "../../../ports/sim/simulation.hpp"

void uasync::sim::detail::read_environment() {}
