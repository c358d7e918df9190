import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { formatVcd } from '../../src/board/vcd.js';

describe('a waveform', () => {
  it('has a wire for every pin with an edge, its start, and times that only grow', () => {
    const edges = [
      { pin: 25, nanos: 8, level: 1 },
      { pin: 0, nanos: 8.4, level: 1 },
      { pin: 25, nanos: 1_000_000, level: 0 },
    ];
    assert.equal(formatVcd(edges, 2_000_000), `$comment levels of the pins of an emulated Raspberry Pi Pico $end
$timescale 1 ns $end
$scope module pico $end
$var wire 1 ! GP0 $end
$var wire 1 : GP25 $end
$upscope $end
$enddefinitions $end
#0
$dumpvars
0!
0:
$end
#8
1:
1!
#1000000
0:
#2000000
`);
  });

  it('may be empty', () => {
    assert.match(formatVcd([], 0), /\$enddefinitions \$end\n#0\n\$dumpvars\n\$end\n$/);
  });
});
