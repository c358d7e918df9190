import type { SourcePlace, StepProfile } from './model.js';

/** A step that goes on, and the instruction that comes next in it. */
export interface RunningStep {
  /** The task's number. */
  readonly id: number;
  readonly since: number;
  readonly pc: number;
}

interface Sampled {
  readonly id: number;
  readonly since: number;
  readonly counts: Map<number, number>;
}

interface Finished extends Sampled {
  readonly nanos: number;
}

/** Instructions of a step that are told apart; of a step that executes more, the others are no longer counted. */
const MOST_INSTRUCTIONS = 20_000;
/** Of a profile: what follows, or has a smaller share, is told together. */
const MOST_PLACES = 8;
const LEAST_SHARE = 0.01;

/** Finds out where the time of the longest step goes, from where the program is at many moments of it. */
export class StepSamples {
  private readonly current = new Map<number, Sampled>();
  private longest: Finished | undefined;

  /**
   * @param placeOf the line of an instruction, if that is known
   * @param nameOf the function that an instruction belongs to, if that is known
   */
  constructor(
    private readonly placeOf: (pc: number) => SourcePlace | undefined,
    private readonly nameOf: (pc: number) => string | undefined,
  ) {}

  /** To be called at moments that have nothing to do with what the program does. */
  add({ id, since, pc }: RunningStep): void {
    let step = this.current.get(id);
    if (step?.since !== since) this.current.set(id, (step = { id, since, counts: new Map() }));
    const count = step.counts.get(pc);
    if (count !== undefined || step.counts.size < MOST_INSTRUCTIONS) step.counts.set(pc, (count ?? 0) + 1);
  }

  /** A step is over. */
  end(id: number, since: number, nanos: number): void {
    const step = this.current.get(id);
    if (step === undefined) return;
    this.current.delete(id);
    if (step.since === since && nanos > (this.longest?.nanos ?? 0)) this.longest = { ...step, nanos };
  }

  /** Of the longest step so far, that which goes on included; undefined while none was long enough to be looked at. */
  profile(now: number): StepProfile | undefined {
    const open = [...this.current.values()].map((step) => ({ ...step, nanos: now - step.since }));
    const [step] = (this.longest === undefined ? open : [...open, this.longest]).sort((a, b) => b.nanos - a.nanos);
    return step && this.describe(step);
  }

  private describe({ id, since, nanos, counts }: Finished): StepProfile {
    const found = new Map<string, { place: SourcePlace | undefined; name: string | undefined; samples: number }>();
    for (const [pc, count] of counts) {
      const place = this.placeOf(pc);
      const name = place === undefined ? this.nameOf(pc) : undefined;
      const key = place === undefined ? (name ?? '') : `${place.file}:${place.line}`;
      const part = found.get(key);
      if (part === undefined) found.set(key, { place, name, samples: count });
      else part.samples += count;
    }
    const samples = [...found.values()].reduce((sum, part) => sum + part.samples, 0);
    const sorted = [...found.values()].map((part) => ({ place: part.place, name: part.name, share: part.samples / samples })).sort((a, b) => b.share - a.share);
    const parts = sorted.slice(0, MOST_PLACES).filter(({ share }) => share >= LEAST_SHARE);
    return { id, since, nanos, samples, parts };
  }
}
