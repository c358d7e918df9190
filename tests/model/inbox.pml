/* A loop's inbox that several threads or cores post to: no wake-up is lost, and nothing that is gone is touched.

   Mirrors Mailbox::post, take and fall_asleep (include/uasync/kernel/mailbox.hpp), Loop::service and take_inbox, port::idle of Linux
   (ports/linux/linux.cpp), and Mailbox::acquire and release (src/kernel/loops.cpp); whoever changes one of them changes this too.
   tests/model/check_model.py has Spin visit all its states. Steps are sequentially consistent, as the code says they are where it matters.
   Two cores of a microcontroller are the same: head, signalled and sleeping are in memory that both see, `wake` is SEV and the sleep WFE,
   whose event register is the eventfd's counter.

   Two loops run one after the other and use the same mailbox, the second with a node of its own. Two posters post two nodes to the first
   loop, which ends when it has both; the first poster may be late with everything that comes after its push. It is correct if
   - a loop never sleeps for ever while a node is in its inbox: no invalid end state;
   - nodes are taken in the order in which they were pushed, each once: the assertions;
   - a poster touches no mailbox that was freed, and no descriptor that was closed: the assertions.

   Each macro below, defined, breaks one rule of the code. Spin has to find what that leads to:
   SLEEP_UNSEEN     the loop looks at the inbox before it says that it sleeps, and not after
   NO_SLEEPING      the loop does not say that it sleeps
   RING_FIRST       the poster looks whether the loop sleeps, and pushes then
   NEVER_RINGS      the poster that finds the stack empty does not look whether the loop sleeps
   NOT_REVERSED     the loop takes the nodes in the order of the stack
   TAKE_TORN        the loop reads the head and then clears it, in two steps
   FREES_MAILBOX    a loop that ends frees its mailbox and closes its descriptor
   SLEEPS_WATCHING  the loop falls asleep without ending its watch, in which posters are silent
   RESTS_TOO_SOON   the loop ends its watch though a node has come in between
   CLEARS_LATE      service clears the signal after it has looked at the inbox, and the loop believes the signal alone */

#define NODES 3

/* Mailbox: the stack as an array, the newest last */
byte stack[NODES];
byte size = 0;
bool watched; /* the loop looks by itself, so nobody rings */
bool signalled, sleeping;
byte event; /* the eventfd's counter: zero or not */
bool freed;

bool posted[NODES]; /* pushed, in this order */
byte pushed = 0, order[NODES];
byte taken = 0;   /* how many nodes loops have had */
byte running = 1; /* the loop whose mailbox it is; 0: in the list of free ones */

inline wake() { assert(!freed); event = 1 }

inline look_and_wake() {
    assert(!freed);
    if
    :: sleeping -> wake()
    :: else
    fi
}

/* Mailbox::post: the push is one step, as only its successful compare-exchange counts */
inline post(node) {
#ifdef RING_FIRST
    if
    :: size == 0 && !watched -> signalled = true; look_and_wake()
    :: else
    fi;
#endif
    atomic {
        assert(!freed);
        found_empty = (size == 0 && !watched);
        stack[size] = node;
        size++;
        order[pushed] = node;
        pushed++
    }
#ifndef RING_FIRST
    if
    :: found_empty ->
       assert(!freed);
       signalled = true;
#ifndef NEVER_RINGS
       look_and_wake()
#endif
    :: else
    fi
#endif
}

active proctype first_poster() {
    bool found_empty;
    post(0)
}

active proctype second_poster() {
    bool found_empty;
    post(1)
}

active proctype third_poster() {
    bool found_empty;
    if
    :: running == 2 -> post(2)
    :: running == 0 -> skip /* the first loop has taken all with it */
    fi
}

inline receive(node) {
    assert(order[taken] == node);
    taken++
}

/* Mailbox::take, and what the loop does with it */
inline take() {
#ifdef TAKE_TORN
    count = size;
    i = 0;
    do
    :: i < count -> receive(stack[i]); i++
    :: else -> break
    od;
    size = 0;
    watched = (count != 0)
#else
    atomic {
        watched = (size != 0);
#ifdef NOT_REVERSED
        do
        :: size > 0 -> size--; receive(stack[size])
        :: else -> break
        od
#else
        i = 0;
        do
        :: i < size -> receive(stack[i]); i++
        :: else -> break
        od;
        size = 0
#endif
    }
#endif
}

inline runs(until) {
    do
    :: taken == until -> break
    :: else ->
       /* service, if there is a signal */
       if
       :: signalled ->
#ifndef CLEARS_LATE
          signalled = false;
#endif
          take();
#ifdef CLEARS_LATE
          signalled = false
#endif
       :: else
       fi;
       if
       :: taken == until -> break
       :: else
       fi;
       /* port::idle: Mailbox::fall_asleep */
#ifdef SLEEP_UNSEEN
       if
       :: atomic { size == 0 && !signalled -> watched = false }; sleeping = true; asleep = true
       :: else -> asleep = false
       fi;
#else
#ifndef NO_SLEEPING
       sleeping = true;
#endif
#ifdef CLEARS_LATE
       if
       :: !signalled -> asleep = true
       :: else -> asleep = false
       fi;
#else
#ifdef RESTS_TOO_SOON
       asleep = (size == 0);
       if
       :: asleep -> atomic { watched = false; size = 0 }
       :: else
       fi;
#else
       atomic {
           asleep = (size == 0);
#ifndef SLEEPS_WATCHING
           if
           :: asleep -> watched = false
           :: else
           fi
#endif
       };
#endif
       if
       :: asleep && signalled -> asleep = false
       :: else
       fi;
#endif
#endif
       if
       :: asleep -> atomic { event > 0 -> event = 0 } /* epoll, read */
       :: else
       fi;
       sleeping = false;
       signalled = true /* what the loop sets after idle */
    od
}

active proctype loop() {
    byte i = 0;
    byte count = 0;
    bool asleep = false;
    runs(2);
    /* Loop::~Loop, Mailbox::release */
#ifdef FREES_MAILBOX
    freed = true;
#else
    signalled = false;
    watched = false;
    running = 2;
    runs(3);
#endif
    running = 0
}
