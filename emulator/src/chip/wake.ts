import type { RP2040 } from 'rp2040js';
import type { Timer } from '../peripherals/timer.js';
import type { CorrectedCore } from './corrections.js';

const TIMER_INTERRUPTS = 0b1111;
const IO_BANK0_INTERRUPT = 1 << 13;
const UART_INTERRUPTS = (1 << 20) | (1 << 21);
const MAILBOX_INTERRUPTS = (1 << 15) | (1 << 16);
/** Those that come only with the conditions below, or never while both cores sleep. */
const EXAMINED = TIMER_INTERRUPTS | IO_BANK0_INTERRUPT | UART_INTERRUPTS | MAILBOX_INTERRUPTS;
/** Pin functions by which a peripheral drives a pin without the processor: PWM, PIO0, PIO1. */
const SELF_DRIVEN_FUNCTIONS = [4, 6, 7];

/**
 * Whether a core that sleeps can wake by itself, as long as any peripheral has something ahead. Where in doubt, yes.
 *
 * The interrupts of the timer, the pins, the UARTs and the mailbox are looked at closely, because firmware leaves them enabled when it has
 * nothing left to do.
 */
export function canWakeItself(chip: RP2040, corrected: CorrectedCore, timer: Timer, sleepsForEvent: boolean): boolean {
  const { interrupts, sysTick } = corrected;
  const waking = interrupts.waking(sleepsForEvent);
  if (sysTick.canInterrupt() || waking & ~EXAMINED) return true;
  if ([0, 1, 2, 3].some((index) => waking & (1 << index) && timer.canInterrupt(index))) return true;
  return (waking & IO_BANK0_INTERRUPT) !== 0 && chip.gpio.some((pin) => pin.irqEnableMask && SELF_DRIVEN_FUNCTIONS.includes(pin.functionSelect));
}
