import { describe, expect, it } from 'vitest';
import { functionOfActor } from '../../src/tasks/coroutines.js';
import { interruptName } from '../../src/tasks/exception-names.js';
import { formatTime } from '../../src/tasks/format.js';
import { functionIn, localName, ofObject, waitOfAwaiter, waitOfHook } from '../../src/tasks/words.js';

describe('what a task waits for, in words', () => {
  it.each([
    ['SleepMsAwaiter', 'sleep'],
    ['SleepUntilAwaiter', 'sleep'],
    ['StoreQueue<int, uasync::detail::FifoStore<int, 8> >::GetAwaiter', 'Queue::get'],
    ['StoreQueue<Job, uasync::detail::HeapStore<Job, 8, std::less<Job> > >::PutAwaiter', 'PriorityQueue::put'],
    ['RingQueue<char, 16>::GetAwaiter', 'RingQueue::get'],
    ['Lock::ScopedAwaiter', 'Lock::acquire'],
    ['Pipe<8>::ReadExactlyAwaiter', 'Pipe::read_exactly'],
    ['Future<int>::Awaiter', 'Future'],
    ['TypedJoinAwaiter<void>', 'a task'],
    ['WaitForCoroAwaiter<int>', 'wait_for'],
    ['Coro<int>', undefined],
  ])('%s: %s', (type, words) => expect(waitOfAwaiter(type)).toBe(words));

  it('by the table that a waiting task points to', () => {
    expect(waitOfHook('uasync::detail::JoinAwaiter::functions_of_join')).toBe('a task');
    expect(waitOfHook('uasync::detail::Gather::functions_of_gather')).toBe('gather');
    expect(waitOfHook('uasync::TaskGroup::TasksAwaiter::functions_of_group')).toBe('TaskGroup');
    expect(waitOfHook('somebody::s_table')).toBeUndefined();
  });

  it('by the object, which may be one made of another', () => {
    expect(ofObject('ClosableQueue::get', 'Channel<int, 2>')).toBe('Channel::receive');
    expect(ofObject('ClosableQueue::put', 'Channel<int, 2>')).toBe('Channel::send');
    expect(ofObject('Queue::get', 'JoinableQueue<int, 2>')).toBe('JoinableQueue::get');
    expect(ofObject('Event::wait', 'Station')).toBe('Event::wait');
    expect(ofObject(undefined, 'Event')).toBe('Event');
  });
});

describe('names', () => {
  it('of local variables, without what GCC adds', () => {
    expect(localName('delay_ms_1_2')).toBe('delay_ms');
    expect(localName('queue')).toBe('queue');
    for (const added of ['_Coro_resume_index', 'Aw0_2_3', 'Is_1_1', 'Fs_1_4', '__closure', '']) expect(localName(added)).toBeUndefined();
  });

  it('of coroutines, from the function that resumes them', () => {
    expect(functionOfActor('_Z5countPZ5countRiE16_Z5countRi.Frame.actor')).toBe('_Z5countRi');
    expect(functionOfActor('_Z10async_mainPZ10async_mainvE21_Z10async_mainv.Frame.actor')).toBe('_Z10async_mainv');
    expect(functionOfActor('_Z5blinkv.resume')).toBe('_Z5blinkv');
  });

  it('of functions, from their signatures', () => {
    expect(functionIn('uasync::Coro<void> blink(uasync::Queue<int, 8>&, uasync::Pin)')).toBe('blink');
    expect(functionIn('uasync::Coro<void> app::(anonymous namespace)::blink(uasync::Pin)')).toBe('app::blink');
    expect(functionIn('nothing')).toBeUndefined();
  });

  it('of interrupts', () => {
    expect(interruptName(15)).toBe('SysTick');
    expect(interruptName(16)).toBe('TIMER_0');
    expect(interruptName(16 + 13)).toBe('IO_BANK0');
    expect(interruptName(16 + 20)).toBe('UART0');
    expect(interruptName(60)).toBe('exception 60');
  });
});

it('times are short, and change their unit in time', () => {
  const shown = [0, 8, 999.4, 999.6, 8000, 10_000, 999_940, 999_960, 1e6, 12_345_678, 999.94e6, 999.96e6, 61.5e9].map(formatTime);
  expect(shown).toEqual(['0 ns', '8 ns', '999 ns', '1.00 us', '8.00 us', '10.0 us', '999.9 us', '1.00 ms', '1.00 ms', '12.3 ms', '999.9 ms', '1.000 s', '61.500 s']);
});
