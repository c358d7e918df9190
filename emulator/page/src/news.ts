import type { SourcePlace } from '../../src/tasks/model.js';
import { type OngoingHog, sentenceOfHog } from './hog.js';
import { formatDuration } from './instruments/duration.js';
import type { StateReply } from './protocol.js';

/** The one thing that is to be known now. */
export interface News {
  readonly kind: 'quiet' | 'hog' | 'ended' | 'failed';
  readonly text: string;
  /** A line that the text is about. */
  readonly place?: SourcePlace | undefined;
}

/** The longest step of a run. */
export interface LongestStep {
  readonly task: string;
  readonly nanos: number;
}

/** What matters most: the end of the program, then a task that does not let go, then why it pauses. */
export function newsOf(state: Pick<StateReply, 'state' | 'text' | 'failed' | 'isOver'> | undefined, hog: OngoingHog | undefined, longest: LongestStep | undefined): News {
  if (state?.state === 'ended') return { kind: state.failed ? 'failed' : 'ended', text: state.text ?? 'The program has ended.' };
  if (hog !== undefined) return { kind: 'hog', text: sentenceOfHog(hog), place: hog.place };
  if (state?.isOver && state.text !== undefined) return { kind: 'ended', text: state.text };
  if (state?.state === 'paused' && state.text !== undefined) return { kind: 'hog', text: state.text };
  return { kind: 'quiet', text: longest === undefined ? 'No task has run yet.' : `Longest step so far: ${longest.task}, ${formatDuration(longest.nanos)}.` };
}
