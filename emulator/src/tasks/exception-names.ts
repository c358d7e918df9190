const FIRST_EXTERNAL = 16;
const SYSTEM: Readonly<Record<number, string>> = { 2: 'NMI', 3: 'HardFault', 11: 'SVCall', 14: 'PendSV', 15: 'SysTick' };

/** RP2040 datasheet 2.3.2. */
const EXTERNAL = [
  'TIMER_0', 'TIMER_1', 'TIMER_2', 'TIMER_3', 'PWM', 'USB', 'XIP', 'PIO0_0', 'PIO0_1', 'PIO1_0', 'PIO1_1', 'DMA_0', 'DMA_1', 'IO_BANK0',
  'IO_QSPI', 'SIO_PROC0', 'SIO_PROC1', 'CLOCKS', 'SPI0', 'SPI1', 'UART0', 'UART1', 'ADC', 'I2C0', 'I2C1', 'RTC',
];

/** What an exception's number stands for: `UART0`, `IRQ 26`. */
export function interruptName(exception: number): string {
  const line = exception - FIRST_EXTERNAL;
  return SYSTEM[exception] ?? EXTERNAL[line] ?? (line >= 0 && line < 32 ? `IRQ ${line}` : `exception ${exception}`);
}
