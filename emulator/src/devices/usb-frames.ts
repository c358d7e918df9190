import type { CycleClock } from '../clock.js';
import type { UsbDevicePort } from '../peripherals/usb.js';

const FRAME_NANOS = 1e6;

/**
 * The starts of a host's frames, one each millisecond. A device that does not hear them is not told, so that they cost nothing; it finds their number
 * all the same.
 */
export class UsbFrames {
  private begun: number | undefined;
  private isSet = false;
  private readonly alarm: ReturnType<CycleClock['createAlarm']>;

  constructor(
    private readonly clock: CycleClock,
    private readonly port: UsbDevicePort,
  ) {
    this.alarm = clock.createAlarm(() => this.elapsed());
    port.frameNumber = () => this.number;
  }

  /** The bus has been reset. */
  begin(): void {
    this.begun = this.clock.nanos;
    this.follow();
  }

  /** The plug is out. */
  end(): void {
    this.begun = undefined;
    this.isSet = false;
    this.alarm.cancel();
  }

  /** What the device hears may have changed. */
  follow(): void {
    if (this.begun === undefined || this.isSet || !this.port.hearsFrames) return;
    this.isSet = true;
    this.alarm.schedule(FRAME_NANOS - ((this.clock.nanos - this.begun) % FRAME_NANOS));
  }

  private get number(): number {
    return this.begun === undefined ? 0 : Math.floor((this.clock.nanos - this.begun) / FRAME_NANOS + 1e-9);
  }

  private elapsed(): void {
    this.isSet = false;
    if (this.port.hearsFrames) this.port.startFrame();
    this.follow();
  }
}
