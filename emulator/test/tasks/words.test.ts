import { describe, expect, it } from 'vitest';
import { functionOfActor } from '../../src/tasks/coroutines.js';
import { interruptName } from '../../src/tasks/exception-names.js';
import { formatTime } from '../../src/tasks/format.js';
import { functionIn, localName, noted, notesIn, waitOfAwaiter } from '../../src/tasks/words.js';

const NOTES = notesIn(
  new TextEncoder().encode(
    '=Event::WaitAwaiter=Event::wait\0=StoreQueue::GetAwaiter=Queue*::get\0=ClosableQueue::GetAwaiter=Queue*::get\0' +
      '=Channel::get=Channel::receive\0=WaitQueue::WaitAwaiter<P>=WaitQueue::wait\0=AwaiterRef=*\0' +
      '=JoinAwaiter::functions_of_join=a task\0=Unsure::Awaiter=this\0=Unsure::Awaiter=that\0damaged',
  ),
);

describe('what a task waits for, in words', () => {
  it.each([
    ['Event::WaitAwaiter', 'Event::wait'],
    ['StoreQueue<int, uasync::detail::RingStore<int, 8> >::GetAwaiter', 'Queue::get'],
    ['WaitQueue::WaitAwaiter<Latch::wait()::<lambda()> >', 'WaitQueue::wait'],
    ['AwaiterRef<uasync::Event::WaitAwaiter>', 'Event::wait'],
    ['Valve::OpenAwaiter', 'Valve::OpenAwaiter'],
    ['Big::Event::WaitAwaiter', 'Big::Event::WaitAwaiter'],
    ['Event', 'Event'],
    ['Unsure::Awaiter', 'Unsure::Awaiter'],
    ['AwaiterRef', ''],
    ['', ''],
  ])('%s: %s', (type, words) => expect(waitOfAwaiter(NOTES, type)).toBe(words));

  it('by the table that a waiting task points to', () => {
    expect(noted(NOTES, 'uasync::detail::JoinAwaiter::functions_of_join')).toBe('a task');
    expect(noted(NOTES, 'somebody::s_table')).toBeUndefined();
  });

  it('by the object, which may be one made of another', () => {
    const of = (awaiter: string, ...classes: string[]): string => waitOfAwaiter(NOTES, `${awaiter}::GetAwaiter`, classes);
    expect(of('StoreQueue<int>', 'LifoQueue<int, 4>', 'StoreQueue<int>')).toBe('LifoQueue::get');
    expect(of('ClosableQueue<int>', 'Channel<int, 2>', 'ClosableQueue<int>')).toBe('Channel::receive');
    expect(of('ClosableQueue<int>', 'Station')).toBe('Queue::get');
  });

  it('without notes: names are all there is', () => {
    expect(notesIn(new Uint8Array()).size).toBe(0);
    expect(waitOfAwaiter(new Map(), 'Event::WaitAwaiter', ['Event'])).toBe('Event::WaitAwaiter');
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
