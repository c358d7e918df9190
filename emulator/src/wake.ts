import type { RP2040 } from 'rp2040js';
import type { CorrectedChip } from './workarounds.js';

const TIMER_INTERRUPTS = 0b1111;
const IO_BANK0_INTERRUPT = 1 << 13;
const UART_INTERRUPTS = (1 << 20) | (1 << 21);
/** Pin functions by which a peripheral drives a pin without the processor: PWM, PIO0, PIO1. */
const SELF_DRIVEN_FUNCTIONS = [4, 6, 7];

/**
 * Whether a chip that sleeps can wake by itself, as long as any peripheral has something ahead. Where in doubt, yes.
 *
 * The interrupts of the timer, the pins and the UARTs are looked at closely, because firmware leaves them enabled when it has
 * nothing left to do.
 */
export function canWakeItself(chip: RP2040, corrected: CorrectedChip, sleepsForEvent: boolean): boolean {
  const { interrupts, sysTick, timer } = corrected;
  const waking = interrupts.waking(sleepsForEvent);
  if (sysTick.canInterrupt() || waking & ~(TIMER_INTERRUPTS | IO_BANK0_INTERRUPT | UART_INTERRUPTS)) return true;
  if ([0, 1, 2, 3].some((index) => waking & (1 << index) && timer.canInterrupt(index))) return true;
  return (waking & IO_BANK0_INTERRUPT) !== 0 && chip.gpio.some((pin) => pin.irqEnableMask && SELF_DRIVEN_FUNCTIONS.includes(pin.functionSelect));
}
