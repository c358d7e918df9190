/** Numbers of the requests by which peripherals pace DMA (RP2040 datasheet 2.5.3.1). */
/** So many, from 0 on, are those of both PIO blocks. */
export const PIO_REQUESTS = 16;
export const PWM_WRAP_REQUEST = 24;
export const ADC_REQUEST = 36;
export const FIRST_TIMER_REQUEST = 59;

/** What a peripheral tells the DMA controller. */
export interface DmaRequests {
  /** It asks for one transfer. */
  pulse(request: number): void;
  /** It asks for transfers, until it clears that. */
  setDREQ(request: number): void;
  clearDREQ(request: number): void;
}
