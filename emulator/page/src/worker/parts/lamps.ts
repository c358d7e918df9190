import type { RgbLedPart } from '../../board/kinds/rgb-led.js';
import { segmentsOf, type SevenSegmentPart } from '../../board/kinds/seven-segment.js';
import { pullUp } from './pull-up.js';
import type { Simulate } from './simulation.js';

export const simulateRgbLed: Simulate<RgbLedPart> = (pico, { red, green, blue, common }) => pullUp(pico, common === 'anode' ? [red, green, blue] : []);

export const simulateSevenSegment: Simulate<SevenSegmentPart> = (pico, part) => pullUp(pico, part.common === 'anode' ? segmentsOf(part) : []);
