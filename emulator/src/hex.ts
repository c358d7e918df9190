/** An address as eight hexadecimal digits. */
export function hex(address: number): string {
  return `0x${(address >>> 0).toString(16).padStart(8, '0')}`;
}
