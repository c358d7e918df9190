/* How a wake-up finds its way from an interrupt to a sleeping loop, as a model for Spin (https://spinroot.com). It mirrors, line by line,
   Loop::run_ready and Loop::service (src/kernel/loop.cpp), Loop::post and Loop::signal (include/uasync/kernel/loop.hpp), ThreadSafeFlag
   (include/uasync/sync/thread_safe_flag.hpp), and port::idle and set_alarm of the RP2040 (ports/rp2040/time.cpp); whoever changes one of
   them changes this too. tests/model/check_model.py has Spin visit all its states.

   Three tasks: R waits for a flag that an interrupt sets, the first time with a timeout, S sleeps until a later deadline, Y yields and
   signals. On one core an interrupt runs from begin to end between two instructions of the loop, unless they are masked. It is correct if
   - the loop never sleeps for ever while a task could go on: no invalid end state;
   - an interrupt never touches the ready queue while the loop is at it: the assertions.

   Each macro below, defined, breaks one rule of the code. Spin has to find what that leads to:
   NO_RECHECK       idle sleeps without having looked at signalled() first
   NO_EVENT         the processor does not remember an interrupt that came just before WFE (as with WFI)
   CLEAR_LATE       service clears the signal after it has looked at the inbox and the timers
   ALWAYS_DIRECT    post puts a task into the ready queue even though the loop is not idle
   NO_DIRECT_SIGNAL post by way of the inbox does not signal
   STAYS_IDLE       the loop does not say that it is idle no longer
   NO_LOOK          set_alarm does not look at the time once the alarm is set
   UNMASKED_WAIT    ThreadSafeFlag::wait looks at the flag and enters the list without masking interrupts */

#define STRIKES 2
#define YIELDS 2

/* Loop */
bool signalled_, idle_;
bool ready_r = true, ready_s = true, ready_y = true; /* the ready queue; its order does not matter here */
bool inbox_r;
bool timer_r, timer_s; /* in the timer queue: R's timeout at time 1, S until time 2 */
bool touching; /* the loop is in the middle of changing the ready queue */

/* ThreadSafeFlag, and what the interrupt has to tell */
bool set_, waiting_r;
bool handed_r;  /* R was woken from its list, and has not run yet */
bool failing_r; /* R's wait was cancelled, by the timeout */
byte data;

/* The processor: PRIMASK, the event register of WFE; the timer: its time, the alarm, its interrupt */
bool masked, event;
bool asleep; /* in WFE: only for NO_EVENT, which otherwise changes nothing */
byte now, alarm_at;
bool pending;

bool done_r, done_s, done_y;

#define queue_is_empty (!ready_r && !ready_s && !ready_y)

inline push_ready(bit_) { touching = true; bit_ = true; touching = false }
inline take_ready(bit_) { touching = true; bit_ = false; touching = false }

/* The interrupt that sets the flag: ThreadSafeFlag::set, Loop::post. Leaving an exception sets the event register. */
active proctype interrupt() {
    byte struck = 0;
    do
    :: struck < STRIKES ->
       atomic {
           !masked ->
           struck++;
           data++;
           if
           :: waiting_r ->
              waiting_r = false;
              handed_r = true;
              if
#ifdef ALWAYS_DIRECT
              :: true -> assert(!touching); ready_r = true
#else
              :: idle_ -> assert(!touching); ready_r = true
              :: else -> inbox_r = true;
#ifndef NO_DIRECT_SIGNAL
                         signalled_ = true
#endif
#endif
              fi
           :: else -> set_ = true
           fi;
#ifndef NO_EVENT
           event = true
#else
           if :: asleep -> event = true :: else fi
#endif
       }
    :: else -> break
    od
}

/* The alarm strikes when the time comes to be that of the alarm, not if it has been already. */
active proctype time() {
    do
    :: now < 2 -> atomic { now++; if :: alarm_at == now -> pending = true :: else fi }
    :: else -> break
    od
}

/* uasync_irq_timer_0 */
active proctype alarm_interrupt() {
    do
    :: atomic {
           pending && !masked ->
           pending = false;
           signalled_ = true;
#ifndef NO_EVENT
           event = true
#else
           if :: asleep -> event = true :: else fi
#endif
       }
    :: done_r && done_s && done_y -> break
    :: timeout -> break /* nothing else can happen: whether that is right is the loop's end state */
    od
}

inline set_alarm(deadline) {
    alarm_at = deadline;
#ifndef NO_LOOK
    if :: now >= deadline -> signalled_ = true :: else fi
#endif
}

/* TimeoutTimer::expire, Loop::cancel, end_wait, unlink */
inline cancel_r() {
    masked = true;
    if
    :: waiting_r -> waiting_r = false; masked = false; push_ready(ready_r)
    :: else -> masked = false /* an interrupt was faster: it is in the inbox, or ready */
    fi;
    failing_r = true
}

inline service() {
#ifndef CLEAR_LATE
    signalled_ = false;
#endif
    if
    :: inbox_r -> masked = true; push_ready(ready_r); inbox_r = false; masked = false
    :: else
    fi;
    seen_now = now;
    do
    :: timer_r && seen_now >= 1 -> timer_r = false; cancel_r()
    :: timer_r && seen_now < 1 -> set_alarm(1); break
    :: !timer_r && timer_s && seen_now >= 2 -> timer_s = false; push_ready(ready_s)
    :: !timer_r && timer_s && seen_now < 2 -> set_alarm(2); break
    :: !timer_r && !timer_s -> break
    od;
#ifdef CLEAR_LATE
    signalled_ = false;
#endif
}

/* port::idle, on ARMv6-M */
inline wfe() { asleep = true; atomic { event -> event = false; asleep = false } }

inline port_idle() {
#ifdef NO_RECHECK
    wfe();
#endif
    do
    :: queue_is_empty ->
       if
       :: signalled_ -> break
       :: else -> wfe()
       fi
    :: else -> break
    od
}

/* R: for (seen = 0; seen < STRIKES; seen = data) co_await flag.wait(), the first time within wait_for. The awaiter's destructor gives
   back a flag that it was handed but cannot take. */
inline run_r() {
    if
    :: failing_r ->
       failing_r = false;
       masked = true;
       if :: handed_r -> set_ = true :: else fi;
       masked = false
    :: else
    fi;
    handed_r = false;
    timer_r = false; /* the alarm stays: it may strike for nothing */
    do
    :: data == STRIKES -> done_r = true; break
    :: else ->
#ifndef UNMASKED_WAIT
       masked = true;
#endif
       if
       :: set_ -> set_ = false; masked = false /* goes straight on */
       :: else ->
          waiting_r = true;
          masked = false;
          if
          :: !waited -> waited = true; timer_r = true; set_alarm(1)
          :: else
          fi;
          break
       fi
    od
}

/* S: co_await sleep_until(2): the first time it enters the timer queue, the second time it ends. */
inline run_s() {
    if
    :: !slept ->
       slept = true;
       timer_s = true;
       if :: !timer_r -> set_alarm(2) :: else fi
    :: else -> done_s = true
    fi
}

/* Y: yields, and signals as a task does that cancels itself. */
inline run_y() {
    if
    :: yields < YIELDS -> yields++; push_ready(ready_y); signalled_ = true
    :: yields < YIELDS -> yields++; push_ready(ready_y)
    :: true -> done_y = true
    fi
}

active proctype loop() {
    bool slept = false, waited = false;
    byte seen_now;
    byte yields = 0;
    do
    :: if
       :: signalled_ -> service()
       :: else
       fi;
       if
       :: queue_is_empty ->
          if
          :: done_r && done_s && done_y -> break
          :: else
          fi;
          idle_ = true;
          port_idle();
#ifndef STAYS_IDLE
          idle_ = false
#endif
       :: ready_r -> take_ready(ready_r); run_r()
       :: ready_s -> take_ready(ready_s); run_s()
       :: ready_y -> take_ready(ready_y); run_y()
       fi
    od
}
