import { parseArgs, type ParseArgsConfig } from 'node:util';
import { UsageError } from '../board/units.js';

type Kinds = Readonly<Record<string, { readonly type: 'string' | 'boolean'; readonly short?: string }>>;

/** Attaches values that begin with a dash, as in `--until -1s`, to their options, where node would see options in them: `--until=-1s`. */
export function attachValues(args: readonly string[], options: Kinds): string[] {
  const known = new Set(Object.entries(options).flatMap(([name, { short }]) => [`--${name}`, `-${short ?? name}`]));
  const result: string[] = [];
  let waits = false; // the last word, for its value
  for (const [index, word] of args.entries()) {
    if (word === '--') return [...result, ...args.slice(index)];
    if (waits && word.startsWith('-') && !known.has(word.split('=')[0] ?? '')) {
      result.push(`${result.pop()}=${word}`);
      waits = false;
    } else {
      waits = !waits && word.startsWith('--') && options[word.slice(2)]?.type === 'string';
      result.push(word);
    }
  }
  return result;
}

/** Reads the value of an option. What is wrong with it is told with the option's name. */
export function option<Given, Read>(name: string, read: (value: Given) => Read, value: Given): Read {
  try {
    return read(value);
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`${name}: ${error.message}`);
    throw error;
  }
}

/**
 * Reads a command line with node's `parseArgs`.
 *
 * @throws UsageError
 */
export function parseStrictly<Options extends Kinds & NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: Options,
): ReturnType<typeof parseArgs<{ args: string[]; allowPositionals: true; options: Options }>> {
  try {
    return parseArgs({ args: attachValues(args, options), allowPositionals: true, options });
  } catch (error) {
    // What node says is a sentence for users, followed by advice that is of no use here.
    const [sentence = ''] = (error as Error).message.split(/\. |\n/);
    throw new UsageError(`${sentence.charAt(0).toLowerCase()}${sentence.slice(1).replace(/\.$/, '')}; see --help`);
  }
}
