import { parseArgs, type ParseArgsConfig } from 'node:util';
import { UsageError } from '../board/units.js';
import { ImageError } from '../firmware/image.js';

/**
 * Node's `parseArgs`, with its complaints as those of a command for its user.
 *
 * @throws UsageError
 */
export function parseStrictly<Config extends ParseArgsConfig>(config: Config): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config);
  } catch (error) {
    // Node's message is a sentence for users, followed by advice on how to pass a value that starts with a dash.
    const [sentence = ''] = (error as Error).message.split(/\. |\n/);
    throw new UsageError(`${sentence.charAt(0).toLowerCase()}${sentence.slice(1).replace(/\.$/, '')}; see --help`);
  }
}

/**
 * Does something with a file.
 *
 * @throws UsageError with the file's name if it cannot be opened or read, or cannot be run
 */
export function withFile<Result>(path: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (error instanceof ImageError) throw new UsageError(`${path}: ${message}`);
    if (code === undefined) throw error;
    throw new UsageError(`${path}: ${REASONS[code] ?? message}`);
  }
}

/** What went wrong with a file, without the code and the path that node puts around it. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'permission denied',
  EISDIR: 'is a directory',
  ENOTDIR: 'no such directory',
};
