#include "app.hpp"

int main() { uasync::run(async_main()); }
