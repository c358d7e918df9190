#pragma once
// What the command says with which Arduino compiles.
#define ARDUINO 10819
