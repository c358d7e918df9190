/* LockFreeFlag, which is ThreadSafeFlag on hosts: no `set` is lost, and nothing is touched that is gone.

   Mirrors LockFreeFlag (include/uasync/sync/lock_free_flag.hpp, src/sync/lock_free_flag.cpp), Loop::withdraw, drop_ready and destroy_all
   (src/kernel/loop.cpp); whoever changes one of them changes this too. tests/model/check_model.py has Spin visit all its states. A successful
   compare-exchange of the word is one step, as is the mailbox's push or exchange, of which inbox.pml shows that the loop comes to see it.

   Two tasks of a loop wait for the flag, one of them twice; each may be cancelled at any time, before it is woken and after. Three `set`s
   come from two threads. The loop may be destroyed at any time, and the flag is as soon as it is known that no `set` comes any more: as
   all have been taken, or all threads have ended. It is correct if
   - no task waits while the flag is set, or a `set` is for it: the assertions when nothing can happen any more;
   - each `set` that found the flag clear is taken once, or is there at the end: the assertions on `owed`;
   - the flag is in the mailbox once at most, is not touched once it is gone, and is not posted to a loop that is: the assertions;
   - the loop never waits for ever for a post that was announced: no invalid end state.

   Each macro below, defined, breaks one rule of the code. Spin has to find what that leads to:
   ALWAYS_POSTS     set posts the flag although it is posted
   SET_TORN         set looks at the word and changes it, in two steps
   TOUCHES_LATE     set says that the flag is posted when it has posted it, not before
   WAIT_TORN        wait looks whether the flag is set and counts its task, in two steps
   TAKE_TORN        the loop says that the flag is no longer posted and then looks how many are to be woken, in two steps
   CLEARS_LATE      the loop wakes tasks and says then that the flag is no longer posted
   STAYS_COUNTED    a waiter that is cancelled does not take itself from those who wait
   LEAVE_TORN       it looks at the word and changes it, in two steps
   KEEPS_WOKEN      one that is cancelled when it has been woken does not set the flag again
   NO_WITHDRAW      one that is cancelled leaves the posted flag in the mailbox
   NO_LOOK_AGAIN    one that is cancelled, and has taken the flag out of the mailbox, wakes nobody
   DROP_FORGETS     a loop that ends drops the flag from its mailbox and does not say so
   FREED_POSTED     the flag is destroyed while it is posted */

#define TASKS 2
#define SETS 3

/* the word */
bool is_set, posted;
byte waiting, to_wake;

bool in_mailbox;
bool flag_gone, loop_gone;

/* What the user is owed: `set`s that were not merged with one before. */
byte owed;
byte sets_begun, sets_done;
byte passed;

/* The loop's own: who have not gone on yet, the oldest first, and the first of them that has not been woken. */
byte queue[TASKS];
byte length, next_to_wake;
byte taken; /* `set`s out of the mailbox that have woken nobody yet */

mtype = { away, in_place, ready, unwinding, ended };
mtype task[TASKS] = away;
bool woken[TASKS];
byte rounds[TASKS];

#define nobody_sets (sets_done == SETS)

inline owe() {
    if
    :: is_set -> skip
    :: else -> owed++
    fi
}

/* LockFreeFlag::set */
inline set_flag() {
    atomic {
        assert(!flag_gone);
        found_waiter = (waiting != 0);
        found_posted = posted;
#ifdef SET_TORN
    }
    atomic {
#endif
        if
        :: !found_waiter -> owe(); is_set = true
        :: else -> owed++; waiting--; to_wake++;
#ifndef TOUCHES_LATE
                   posted = true
#endif
        fi
    }
    if
#ifdef ALWAYS_POSTS
    :: found_waiter ->
#else
    :: found_waiter && !found_posted ->
#endif
       atomic { assert(!flag_gone && !loop_gone && !in_mailbox); in_mailbox = true }
#ifdef TOUCHES_LATE
       assert(!flag_gone);
       posted = true
#endif
    :: else
    fi
}

inline sets() {
    sets_begun++;
    set_flag();
    atomic { sets_done++; found_waiter = false; found_posted = false }
}

active proctype first_thread() {
    bool found_waiter, found_posted;
    sets();
    sets()
}

active proctype second_thread() {
    bool found_waiter, found_posted;
    sets()
}

/* The loop. What only it touches changes in one step with the word before or after it. */

inline remove(w) {
    i = 0;
    do
    :: queue[i] != w -> i++
    :: else -> break
    od;
    if
    :: i < next_to_wake -> next_to_wake--
    :: else
    fi;
    length--;
    do
    :: i < length -> queue[i] = queue[i + 1]; i++
    :: else -> queue[length] = 0; i = 0; break
    od
}

inline wake_some() {
    do
    :: atomic {
           next_to_wake < length && taken != 0 ->
           w = queue[next_to_wake];
           next_to_wake++;
           if
           :: task[w] == in_place -> taken--; woken[w] = true; task[w] = ready
           :: else /* cancelled: its place is empty */
           fi;
           w = 0
       }
    :: else -> break
    od
}

inline take_sets() {
#ifdef TAKE_TORN
    posted = false;
#endif
    atomic {
        taken = taken + to_wake;
        to_wake = 0;
#ifndef CLEARS_LATE
        posted = false
#endif
    }
}

/* take_inbox, and the flag's function */
inline fire() {
    in_mailbox = false;
    take_sets();
    wake_some();
#ifdef CLEARS_LATE
    posted = false;
#endif
}

inline withdraw() {
    atomic { in_mailbox -> in_mailbox = false };
    take_sets();
#ifdef CLEARS_LATE
    posted = false
#endif
}

inline begin_wait(me) {
#ifdef WAIT_TORN
    found_waiter = is_set;
#else
    atomic {
        found_waiter = is_set;
#endif
        if
        :: found_waiter -> is_set = false; owed--; passed++; rounds[me]--
        :: else -> waiting++; queue[length] = me; length++; task[me] = in_place
        fi;
        found_waiter = false
#ifndef WAIT_TORN
    }
#endif
}

/* await_resume */
inline goes_on(me) {
    atomic { remove(me); task[me] = away; woken[me] = false; owed--; passed++; rounds[me]-- }
}

/* The awaiter's destructor, in the unwinding of its task: LockFreeFlag::leave */
inline leave(me) {
    atomic { remove(me); task[me] = ended };
    if
    :: woken[me] ->
       woken[me] = false;
#ifndef KEEPS_WOKEN
       owed--; /* it gives it back */
       set_flag();
       atomic { found_waiter = false; found_posted = false }
#endif
    :: else ->
       atomic {
           found_posted = posted;
#ifdef LEAVE_TORN
           found_waiter = (waiting != 0);
       }
       atomic {
#else
           found_waiter = (waiting != 0);
#endif
           if
           :: found_waiter ->
#ifndef STAYS_COUNTED
              waiting--
#else
              skip
#endif
           :: else ->
              if
              :: taken != 0 -> taken--
              :: else -> to_wake--
              fi;
              if
              :: is_set -> owed-- /* merged */
              :: else
              fi;
              is_set = true
           fi;
           found_waiter = false
       }
#ifndef NO_WITHDRAW
       if
       :: found_posted -> withdraw()
       :: else
       fi;
#endif
       found_posted = false;
#ifndef NO_LOOK_AGAIN
       wake_some()
#endif
    fi
}

/* Its turn: it waits, goes on, or is unwound. */
inline turn(me) {
    if
    :: task[me] == away && rounds[me] == 0 -> task[me] = ended
    :: task[me] == away && rounds[me] != 0 -> begin_wait(me)
    :: task[me] == ready -> goes_on(me)
    :: task[me] == unwinding -> leave(me)
    fi
}

#define has_turn(me) (task[me] == away || task[me] == ready || task[me] == unwinding)
#define suspended(me) (task[me] == in_place || task[me] == ready)

/* drop_ready */
inline drop() {
    if
    :: in_mailbox ->
       in_mailbox = false;
#ifndef DROP_FORGETS
       take_sets()
#endif
    :: else
    fi
}

active proctype loop() {
    bool found_waiter, found_posted;
    byte i, w, me;
    bool destroys_loop, destroys_flag, dying;
    bool cancels[TASKS];
    rounds[0] = 2;
    rounds[1] = 1;
    /* What may happen at any time, once */
    if
    :: destroys_loop = true
    :: destroys_flag = true
    :: cancels[0] = true; cancels[1] = true
    :: cancels[0] = true
    :: cancels[1] = true
    :: skip
    fi;
again:
    do
    :: task[0] == ended && task[1] == ended -> break
    :: in_mailbox && !dying -> fire()
    :: has_turn(0) && !dying -> me = 0; goto steps
    :: has_turn(1) && !dying -> me = 1; goto steps
    :: cancels[0] && suspended(0) -> cancels[0] = false; task[0] = unwinding /* Loop::cancel */
    :: cancels[1] && suspended(1) -> cancels[1] = false; task[1] = unwinding
    :: destroys_loop && !dying -> /* destroy_all: in the order of creation */
       dying = true;
       drop();
       me = 0;
       goto dies
    :: destroys_flag && nobody_sets -> break
    :: passed == SETS -> break /* whoever has been woken by each of them knows that they are no longer at it */
    :: timeout -> /* nothing can happen any more */
       assert(!posted && to_wake == 0 && taken == 0 && owed == 0 && !is_set);
       assert(waiting == length);
       break
    od;
    goto ends;

dies:
    do
    :: me < TASKS && task[me] == ended -> me++
    :: else -> break
    od;
    if
    :: me == TASKS -> goto ends
    :: else
    fi;
    if
    :: suspended(me) -> task[me] = unwinding
    :: task[me] == away -> rounds[me] = 0
    :: else
    fi;
steps:
    turn(me);
    if
    :: !dying -> me = 0; goto again
    :: dying -> drop(); goto dies
    fi;

ends:
    /* ~LockFreeFlag, if no `set` comes any more; or the end of the loop, which leaves the flag as it is */
    if
    :: passed == SETS || nobody_sets ->
       length = 0;
       next_to_wake = 0;
       task[0] = ended;
       task[1] = ended;
#ifndef FREED_POSTED
       if
       :: posted -> withdraw()
       :: else
       fi;
#endif
       flag_gone = true
    :: length == 0 ->
       loop_gone = true;
       nobody_sets;
       assert(!posted && waiting == 0 && to_wake == 0 && taken == 0)
    fi;
    nobody_sets;
    assert(!in_mailbox);
    assert(flag_gone || owed == is_set)
}
