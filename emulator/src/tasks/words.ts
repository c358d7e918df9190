/** What a task waits for, in the words of the program: from the names that the runtime's awaiters have in the debug information. */

const SPECIAL: readonly (readonly [RegExp, string])[] = [
  [/^Sleep\w*Awaiter$/, 'sleep'],
  [/^YieldAwaiter$/, 'its turn'],
  [/^(Typed|Taking)?JoinAwaiter$/, 'a task'],
  [/^EdgeAwaiter$/, 'Pin::wait_for_edge'],
  [/^EventsAwaiter(Of)?$/, 'WaitAny::wait'],
  [/^Gather\w*$/, 'gather'],
  [/^RaceAwaiter$/, 'race'],
  [/^SelectAwaiter$/, 'select'],
  [/^ShieldAwaiter$/, 'shield'],
  [/^WaitAwaiter$/, 'wait'],
  [/^WaitFor(Coro)?Awaiter$/, 'wait_for'],
  [/^TimeoutAwaiter$/, 'timeout'],
  [/^ScopeAwaiter$/, 'catch_cancelled'],
  [/^Condition(Wait|Awaiter)$/, 'Condition::wait'],
  [/^TaskGroup::\w+$/, 'TaskGroup'],
];

/** Where the runtime's own classes stand for those that programs name. */
const STORES: Readonly<Record<string, string>> = { FifoStore: 'Queue', LifoStore: 'LifoQueue', HeapStore: 'PriorityQueue', GrowingStore: 'Queue' };

/** `Queue::get` for `StoreQueue<int, uasync::detail::FifoStore<int, 8> >::GetAwaiter`; undefined for what is no awaiter. */
export function waitOfAwaiter(type: string): string | undefined {
  const plain = withoutArguments(type);
  for (const [pattern, words] of SPECIAL) {
    if (pattern.test(plain)) return words;
  }
  const parts = plain.split('::');
  const awaiter = /^(\w*)Awaiter$/.exec(parts.pop() ?? '');
  const owner = parts.pop();
  if (awaiter === null || owner === undefined) return undefined;
  const store = /\b(\w+Store)\b/.exec(type)?.[1];
  const name = owner === 'StoreQueue' ? (STORES[store ?? ''] ?? 'Queue') : owner.replace(/Base$/, '');
  const verb = snakeCase(awaiter[1] as string).replace(/^scoped$/, 'acquire');
  return verb === '' ? name : `${name}::${verb}`;
}

/** The words by the type of the object that is waited for, which may be one of those that are made of another. */
export function ofObject(words: string | undefined, type: string | undefined): string | undefined {
  const plain = type === undefined ? undefined : withoutArguments(type);
  const [owner, verb] = words?.split('::') ?? [];
  if (plain === 'Channel' && owner === 'ClosableQueue') return verb === 'get' ? 'Channel::receive' : 'Channel::send';
  if (plain !== undefined && /^\w*Queue$/.test(plain) && (owner === 'ClosableQueue' || owner === 'Queue')) return `${plain}::${verb}`;
  return words ?? plain;
}

/** The same from the name of the table of functions that a task which waits for others points to. */
export function waitOfHook(table: string): string | undefined {
  const match = /(\w+)::functions_of_(\w+)/.exec(table);
  if (match === null) return undefined;
  const [, owner = '', what = ''] = match;
  if (what === 'join') return 'a task';
  if (what === 'group') return 'TaskGroup';
  if (owner === 'ConditionWait') return 'Condition::wait';
  if (owner === 'AcquireAwaiter') return 'RwLock::acquire';
  return what;
}

/** A type's name without what is between angle brackets. */
function withoutArguments(type: string): string {
  let [result, depth] = ['', 0];
  for (const character of type) {
    if (character === '>') depth--;
    else if (character === '<') depth++;
    else if (depth === 0) result += character;
  }
  return result;
}

/** The function's name in a signature: `app::blink` of `uasync::Coro<void> app::(anonymous namespace)::blink(uasync::Pin)`. */
export function functionIn(signature: string): string | undefined {
  return /([A-Za-z_][\w:]*)\(/.exec(signature.replaceAll('(anonymous namespace)::', '').replaceAll('{anonymous}::', ''))?.[1];
}

/** A local variable's name, from the name that GCC gives its place in a frame: `delay_ms_1_2`. Undefined for what the compiler added. */
export function localName(member: string): string | undefined {
  if (/^(_Coro_|Aw\d+_|Is_\d|Fs_\d|__)/.test(member) || member === '') return undefined;
  return member.replace(/_\d+_\d+$/, '');
}

function snakeCase(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}
