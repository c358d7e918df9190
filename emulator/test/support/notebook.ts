import type { I2cDevice } from '../../src/devices/device.js';

/** Notes what happens to it, refuses 99, and answers with consecutive numbers. */
export class Notebook implements I2cDevice {
  readonly notes: string[] = [];
  private next = 0x40;
  start(isRead: boolean): void {
    this.notes.push(isRead ? 'read' : 'write');
  }
  write(byte: number): boolean {
    this.notes.push(String(byte));
    return byte !== 99;
  }
  read(): number {
    return this.next++;
  }
  stop(): void {
    this.notes.push('stop');
  }
}
