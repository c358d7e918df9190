import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { boot } from '../support/compile.js';

const PROLOGUE = `
  static void until(uint32_t micros) { while ((int32_t)(REG(0x40054028) - micros) < 0) {} }
  static void alarm(uint32_t micros) { REG(0x40054034) = 1; REG(0xe000e280) = 1; REG(0x40054010) = micros; }
  static void set_up(void) { __asm__ volatile("cpsid i"); REG(0x40054038) = 1; REG(0xe000e100) = 1; }
  static void wfi(void) { __asm__ volatile("wfi"); }
`;

/** Whether a time is so many microseconds, to a few instructions of the test's programs. */
function isNear(nanos: number, micros: number): void {
  assert.ok(Math.abs(nanos - micros * 1e3) < 2e3, `${nanos} ns is not ${micros} us`);
}

describe('the longest time awake', () => {
  it('is that between two sleeps, and the one that goes on counts, too', () => {
    const { pico } = boot(`${PROLOGUE} int main(void) {
      set_up(); alarm(100); wfi(); until(150); alarm(200); wfi(); until(230); alarm(300); wfi(); until(9000); }`);
    pico.run(90e3);
    isNear(pico.longestAwakeNanos, 1);
    for (const [at, longest] of [[120, 20], [190, 50], [290, 50], [340, 50], [400, 100], [1000, 700]] as const) {
      pico.run(at * 1e3);
      isNear(pico.longestAwakeNanos, longest);
    }
  });

  it('goes on through a sleep that ends at once', () => {
    const { pico } = boot(`${PROLOGUE} int main(void) {
      set_up(); alarm(20); until(50); wfi(); __asm__ volatile("sev\\n wfe"); until(100); alarm(200); wfi(); for (;;) wfi(); }`);
    pico.run(150e3);
    isNear(pico.longestAwakeNanos, 100);
  });

  it('begins anew when it is told to, asleep or not', () => {
    const { pico } = boot(`${PROLOGUE} int main(void) { set_up(); until(100); alarm(200); wfi(); until(230); alarm(400); wfi(); until(9000); }`);
    pico.run(60e3);
    pico.forgetAwake();
    pico.run(90e3);
    isNear(pico.longestAwakeNanos, 30);
    pico.run(150e3);
    isNear(pico.longestAwakeNanos, 40);
    pico.forgetAwake();
    assert.equal(pico.longestAwakeNanos, 0);
    pico.run(190e3);
    assert.equal(pico.longestAwakeNanos, 0);
    pico.run(220e3);
    isNear(pico.longestAwakeNanos, 20);
    pico.run(390e3);
    isNear(pico.longestAwakeNanos, 30);
  });

  it('survives a reset by the watchdog', () => {
    const { pico } = boot(`${PROLOGUE} int main(void) {
      if (REG(0x40058008) & 3) { until(400); set_up(); alarm(1000); for (;;) wfi(); }
      until(300); REG(0x40058000) = 1u << 31; for (;;) {} }`);
    pico.run(310e3);
    isNear(pico.longestAwakeNanos, 310);
    pico.run(900e3);
    isNear(pico.longestAwakeNanos, 400);
    const slept = boot(`${PROLOGUE} int main(void) {
      if (REG(0x40058008) & 3) { until(400); set_up(); alarm(1000); for (;;) wfi(); }
      set_up(); until(200); alarm(300); wfi(); REG(0x40058000) = 1u << 31; for (;;) {} }`).pico;
    slept.run(900e3);
    isNear(slept.longestAwakeNanos, 200);
  });
});
