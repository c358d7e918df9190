const CPP_KEYWORDS =
  'alignas auto bool break case catch char class co_await co_return co_yield const constexpr continue default delete do else enum explicit extern false float for if int long namespace new noexcept nullptr operator private public return short sizeof static static_assert struct switch template this true try typedef typename union unsigned using virtual void volatile while';
const PYTHON_KEYWORDS =
  'and as assert async await break class continue def del elif else except False finally for from global if import in is lambda None nonlocal not or pass raise return True try while with yield';

/** How a language is cut into what has a colour of its own. The first group that matches names it. */
const LANGUAGES = {
  cpp: new RegExp(
    [
      String.raw`(?<comment>\/\/.*)`,
      String.raw`(?<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])+'(?!\d)|(?<=#include )<[^>]+>)`,
      String.raw`(?<keyword>#\w+|\b(?:${CPP_KEYWORDS.replaceAll(' ', '|')})\b)`,
      String.raw`(?<type>\b[A-Z]\w*\b)`,
      String.raw`(?<number>\b\d[\d'.]*\w*)`,
    ].join('|'),
    'g',
  ),
  python: new RegExp(
    [
      String.raw`(?<comment>#.*)`,
      String.raw`(?<string>f?"(?:\\.|[^"\\])*"|f?'(?:\\.|[^'\\])*')`,
      String.raw`(?<keyword>\b(?:${PYTHON_KEYWORDS.replaceAll(' ', '|')})\b)`,
      String.raw`(?<type>\b[A-Z][A-Za-z]\w*\b)`,
      String.raw`(?<number>\b\d[\d_.]*)`,
    ].join('|'),
    'g',
  ),
};

/** A source, with the tasks at the lines where they wait. */
export class SourceView {
  constructor(private readonly element: HTMLElement) {}

  show(text: string, language: keyof typeof LANGUAGES): void {
    this.element.replaceChildren(
      ...text
        .replace(/\n$/, '')
        .split('\n')
        .map((line) => {
          const row = document.createElement('span');
          row.className = 'line';
          row.append(...coloured(line, LANGUAGES[language]));
          return row;
        }),
    );
    this.element.scrollTo(0, 0);
  }

  clear(): void {
    this.element.replaceChildren();
  }

  /** Puts the names of tasks to lines. */
  mark(names: ReadonlyMap<number, string>): void {
    [...this.element.children].forEach((row, index) => {
      const text = names.get(index + 1) ?? '';
      if (text === (row.getAttribute('data-tasks') ?? '')) return;
      if (text === '') row.removeAttribute('data-tasks');
      else row.setAttribute('data-tasks', text);
    });
  }

  /** Brings a line into view. False if there is none. */
  reveal(line: number): boolean {
    const row = this.element.children[line - 1];
    if (row === undefined) return false;
    for (const other of this.element.querySelectorAll('.shown')) other.classList.remove('shown');
    row.classList.add('shown');
    row.scrollIntoView({ block: 'center', inline: 'nearest' });
    return true;
  }
}

function coloured(line: string, language: RegExp): (Node | string)[] {
  const pieces: (Node | string)[] = [];
  let end = 0;
  for (const match of line.matchAll(language)) {
    const kind = Object.entries(match.groups ?? {}).find(([, text]) => text !== undefined)?.[0] ?? '';
    if (match.index > end) pieces.push(line.slice(end, match.index));
    const piece = document.createElement('span');
    piece.className = kind;
    piece.textContent = match[0];
    pieces.push(piece);
    end = match.index + match[0].length;
  }
  pieces.push(line.slice(end));
  return pieces;
}
