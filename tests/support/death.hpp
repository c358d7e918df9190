#pragma once
// last_words(f): what `f` writes to standard error as it ends the program, in a process of its own. Fails if it returns.

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

#include <doctest/doctest.h>

namespace uasync::test {

template <class F>
std::string last_words(F f) {
    std::cout.flush();  // what is in the buffers belongs to this process
    std::fflush(stdout);
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        // Nothing of the test program's own end may run: its report, its leak check.
        std::atexit([] { _exit(EXIT_FAILURE); });
        f();
        _exit(EXIT_SUCCESS);
    }
    close(ends[1]);
    std::string text;
    char buffer[256];
    for (ssize_t size; (size = read(ends[0], buffer, sizeof buffer)) > 0;) text.append(buffer, static_cast<std::size_t>(size));
    close(ends[0]);
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK_MESSAGE(WIFEXITED(status), "it was killed");
    CHECK_MESSAGE(WEXITSTATUS(status) == EXIT_FAILURE, "it returned");
    return text;
}

}  // namespace uasync::test
