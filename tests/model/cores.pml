/* Two cores, a loop on each, which post to one another: no wake-up is lost, and no task is in two places.

   Mirrors Loop::post, signal and take_inbox as they are without UASYNC_THREADS and with UASYNC_ONE_CORE 0 (include/uasync/kernel/loop.hpp),
   Loop::run_tasks, service, cancel, end_wait and unlink (src/kernel/loop.cpp), ThreadSafeFlag (include/uasync/sync/thread_safe_flag.hpp), and
   the port of docs/design/ports.md: a critical section takes a spin lock, `wake` is SEV, which sets the event register of both cores, and `idle`
   is WFE, which clears it or waits for it. Whoever changes one of them changes this too. tests/model/check_model.py has Spin visit all its
   states. Steps are sequentially consistent. What is inside of a critical section is one step, as all others keep out; where a macro takes the lock
   away, it is several.

   On each core a task W waits for the core's flag until it has seen all that the other core had to say. A task S says it: it changes a
   number and sets the other core's flag, that of the first core twice. W of the second core may be cancelled once, by its own loop at any time,
   and waits again. A second task V of that core waits for an interrupt, which comes once. It is correct if
   - no loop sleeps for ever while its W could go on: no invalid end state;
   - W is in one list at a time, of those who wait, of the inbox, or of those who are ready: the assertions;
   - only its own loop touches a ready queue: the assertions.

   Each macro below, defined, breaks one rule of the code. Spin has to find what that leads to:
   SET_UNLOCKED     set does not take the lock, as if there were one core
   WAIT_UNLOCKED    wait looks at the flag and enters the list without the lock
   TAKE_UNLOCKED    the loop takes its inbox without the lock
   UNLINK_UNLOCKED  a cancellation takes the task out of the list without the lock
   NO_SECOND_LOOK   a cancellation does not look again, inside of the lock, whether the task still waits
   NO_SIGNAL        post does not say that the loop has something to do
   NO_SEV           post does not send the event to the other core
   NO_EVENT_KEPT    an event that comes just before WFE is not kept
   CLEARS_LATE      service clears the signal after it has looked at the inbox
   IDLE_DIRECT      post puts a task straight into the ready queue of a loop that is idle, as on one core
   LEAVES_BETWEEN   wait gives the lock back between its look at the flag and entering the list */

/* A critical section */
#define SECTION atomic {
#define END }
#ifdef SET_UNLOCKED
#define SET_SECTION {
#else
#define SET_SECTION SECTION
#endif
#ifdef WAIT_UNLOCKED
#define WAIT_SECTION {
#else
#define WAIT_SECTION SECTION
#endif
#ifdef TAKE_UNLOCKED
#define TAKE_SECTION {
#else
#define TAKE_SECTION SECTION
#endif
#ifdef UNLINK_UNLOCKED
#define UNLINK_SECTION {
#else
#define UNLINK_SECTION SECTION
#endif

/* Each core's flag, and what is told with it */
bool set_[2], waiting[2];
byte number[2], all[2];

/* Each core's loop: its inbox, which may hold W, and on the second core V */
bool inbox[2], inbox_v, ready_v;
bool signalled[2];
bool ready_w[2];
bool idle[2], touching[2]; /* only for IDLE_DIRECT */

/* W: whether its state is `shared`, else `ready` or `failing` */
bool shared[2];
bool handed[2], failing[2];

/* The processors' event registers */
bool event[2];
bool asleep[2]; /* only for NO_EVENT_KEPT */

#define in_one_list(c) (ready_w[c] + inbox[c] + waiting[c] == 1)

inline sev() {
#ifdef NO_EVENT_KEPT
    atomic {
        if :: asleep[0] -> event[0] = true :: else fi;
        if :: asleep[1] -> event[1] = true :: else fi
    }
#else
    atomic { event[0] = true; event[1] = true }
#endif
}

/* ThreadSafeFlag::set, Loop::post */
inline set_flag(to) {
    SET_SECTION
        if
        :: waiting[to] ->
           waiting[to] = false;
           handed[to] = true;
           shared[to] = false; /* set_state(ready) */
#ifdef IDLE_DIRECT
           if
           :: idle[to] -> direct = true
           :: else -> inbox[to] = true
           fi;
#else
           inbox[to] = true;
           assert(in_one_list(to));
#endif
#ifndef NO_SIGNAL
           signalled[to] = true;
#endif
           posts = true
        :: else -> set_[to] = true
        fi
    END;
#ifdef IDLE_DIRECT
    if
    :: direct -> direct = false; assert(!touching[to]); ready_w[to] = true
    :: else
    fi;
#endif
#ifndef NO_SEV
    if
    :: posts -> sev()
    :: else
    fi;
#endif
    posts = false
}

/* The interrupt of the second core */
active proctype interrupt() {
    atomic { inbox_v = true; signalled[1] = true };
    sev()
}

inline service() {
#ifndef CLEARS_LATE
    signalled[core] = false;
#endif
#ifdef IDLE_DIRECT
    touching[core] = true;
#endif
    TAKE_SECTION
        takes_w = inbox[core];
        takes_v = inbox_v && core == 1;
        inbox[core] = false;
        inbox_v = inbox_v && core != 1;
        ready_w[core] = ready_w[core] || takes_w;
        ready_v = ready_v || takes_v;
        takes_w = false;
        takes_v = false
    END;
#ifdef IDLE_DIRECT
    touching[core] = false;
#endif
#ifdef CLEARS_LATE
    signalled[core] = false
#endif
}

/* port::idle, on a processor that remembers events */
inline port_idle() {
#ifdef IDLE_DIRECT
    idle[core] = true;
#endif
    do
    :: ready_w[core] -> break
    :: !ready_w[core] && signalled[core] -> break
    :: !ready_w[core] && !signalled[core] ->
#ifdef NO_EVENT_KEPT
       asleep[core] = true;
#endif
       atomic { event[core] -> event[core] = false; asleep[core] = false }
    od;
#ifdef IDLE_DIRECT
    idle[core] = false;
#endif
}

/* Loop::cancel, end_wait, unlink */
inline cancel_w() {
    if
    :: shared[core] ->
       UNLINK_SECTION
           if
#ifdef NO_SECOND_LOOK
           :: true ->
#else
           :: shared[core] ->
#endif
              waiting[core] = false;
              shared[core] = false;
              ready_w[core] = true;
              assert(in_one_list(core))
           :: else /* another core was faster: it is in the inbox */
           fi
       END
    :: else /* in the inbox, or ready */
    fi;
    failing[core] = true
}

/* W: while (number != all) co_await flag.wait(). The awaiter's destructor gives back a flag that it was handed but cannot take. */
inline run_w() {
    if
    :: failing[core] ->
       failing[core] = false;
       if
       :: handed[core] -> set_[core] = true /* set: nobody else waits */
       :: else
       fi
    :: else
    fi;
    handed[core] = false;
    do
    :: number[core] == all[core] -> done_w = true; break
    :: else ->
#ifdef LEAVES_BETWEEN
       SECTION
           taken = set_[core];
           set_[core] = false
       END;
       if
       :: taken -> taken = false
       :: else -> SECTION shared[core] = true; waiting[core] = true; assert(in_one_list(core)) END; break
       fi
#else
       WAIT_SECTION
           taken = set_[core];
           if
           :: taken -> set_[core] = false
           :: else -> shared[core] = true; waiting[core] = true; assert(in_one_list(core))
           fi
       END;
       if
       :: taken -> taken = false
       :: else -> break
       fi
#endif
    od
}

proctype loop(byte core) {
    byte says = 1 + core; /* the second core has more to say */
    bool posts = false, direct = false, taken = false, takes_w = false, takes_v = false, done_w = false, done_v = (core == 0);
    bool cancels = (core == 1);
    do
    :: signalled[core] -> service()
    :: !signalled[core] && ready_w[core] -> ready_w[core] = false; run_w()
    :: !signalled[core] && core == 1 && ready_v -> ready_v = false; done_v = true
    :: !signalled[core] && says != 0 -> says--; number[1 - core]++; set_flag(1 - core)
    :: !signalled[core] && cancels && !done_w -> cancels = false; cancel_w()
    :: !signalled[core] && !ready_w[core] && !(core == 1 && ready_v) && says == 0 ->
       if
       :: done_w && done_v -> break
       :: else -> port_idle()
       fi
    od
}

init {
    atomic {
        all[0] = 2;
        all[1] = 1;
        ready_w[0] = true;
        ready_w[1] = true;
        run loop(0);
        run loop(1)
    }
}
