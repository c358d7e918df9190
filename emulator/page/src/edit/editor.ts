/** The editor of a source: a chunk of its own, which is loaded when somebody wants to edit. */

import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { cpp } from '@codemirror/lang-cpp';
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { ChangeSet, EditorState, type Extension, MapMode, type Range, StateEffect, StateField, type Text } from '@codemirror/state';
import { Decoration, type DecorationSet, drawSelection, EditorView, highlightActiveLineGutter, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import type { Message } from './compilation.js';
import { changeBetween } from './text-change.js';

export interface EditorEvents {
  onChange(text: string): void;
  onRun(): void;
}

const COLOURS = HighlightStyle.define([
  { tag: tags.comment, color: 'var(--code-comment)' },
  { tag: [tags.keyword, tags.modifier, tags.processingInstruction, tags.operatorKeyword, tags.controlKeyword, tags.definitionKeyword], color: 'var(--code-keyword)' },
  { tag: [tags.string, tags.character, tags.special(tags.string)], color: 'var(--code-string)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--code-number)' },
  { tag: [tags.typeName, tags.className, tags.namespace], color: 'var(--code-type)' },
]);

const LOOK = EditorView.theme({
  '&': { maxHeight: '640px', border: '1px solid var(--line)', borderRadius: '7px', backgroundColor: 'var(--surface-sunken)', color: 'var(--text)', overflow: 'hidden' },
  '&.cm-focused': { outline: '2px solid var(--focus)' },
  '.cm-scroller': { overflow: 'auto', font: '13px/1.5 var(--font-code)' },
  '.cm-content': { caretColor: 'var(--text)', padding: '8px 0' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-gutters': { backgroundColor: 'var(--surface-sunken)', color: 'var(--text-muted)', border: 'none' },
  '.cm-activeLineGutter': { backgroundColor: 'var(--surface)', color: 'var(--text)' },
  '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--focus) 28%, transparent)',
  },
  '.cm-line.shown': { backgroundColor: 'var(--code-line)' },
  '.cm-line[data-tasks]::after': {
    content: 'attr(data-tasks)',
    marginLeft: '1.5em',
    padding: '1px 8px',
    borderRadius: '9px',
    background: 'var(--accent-soft)',
    color: 'var(--accent)',
    font: '600 11px var(--font)',
  },
  '.cm-tooltip': { border: '1px solid var(--line)', backgroundColor: 'var(--surface)', color: 'var(--text)', maxWidth: 'min(60em, 90vw)' },
});

/** The decorations of lines: an effect sets them, and they stay at their lines while somebody types. */
const setLines = StateEffect.define<readonly Range<Decoration>[]>();
const showLine = StateEffect.define<number | undefined>();

function lineDecorations(effect: typeof setLines): StateField<DecorationSet> {
  return StateField.define<DecorationSet>({
    create: () => Decoration.none,
    update: (lines, { changes, effects }) => effects.reduce((now, one) => (one.is(effect) ? Decoration.set([...one.value]) : now), lines.map(changes)),
    provide: (field) => EditorView.decorations.from(field),
  });
}

const shownLine = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (line, { changes, effects }) =>
    effects.reduce((now, one) => (!one.is(showLine) ? now : one.value === undefined ? Decoration.none : Decoration.set(SHOWN.range(one.value))), line.map(changes)),
  provide: (field) => EditorView.decorations.from(field),
});

const SHOWN = Decoration.line({ class: 'shown' });

/** A text that was compiled, and what was changed since. */
interface Compiled {
  readonly text: Text;
  since: ChangeSet;
}

/** A file that was opened, with its past. */
interface Document {
  state: EditorState;
  /** What runs: its lines are those that the emulator tells of. */
  runs: Compiled;
  /** What is being compiled, or was the last to be. */
  asked: Compiled;
}

/** An editor for one file at a time, which keeps the others' past. Files go by a key, which names their program before a colon. */
export class Editor {
  private readonly view: EditorView;
  private readonly documents = new Map<string, Document>();
  private readonly extensions: Extension;
  private key = '';
  private current: Document;
  private marked = '';
  /** What the compiler has said last, for files that are opened later. */
  private said: { readonly program: string; readonly messages: readonly Message[] } = { program: '', messages: [] };

  /** @param describedBy the element that says which keys there are */
  constructor(parent: HTMLElement, describedBy: string, private readonly events: EditorEvents) {
    this.extensions = this.allExtensions(describedBy);
    this.current = this.open('');
    this.view = new EditorView({ parent, state: this.current.state });
  }

  /** Shows a file as it was left, if this is its text. */
  show(program: string, file: string, text: string): void {
    if (this.key === keyOf(program, file)) {
      this.replace(text);
      return;
    }
    this.current.state = this.view.state;
    this.key = keyOf(program, file);
    const known = this.documents.get(this.key);
    const isNew = known === undefined || known.state.doc.toString() !== text;
    this.current = isNew ? this.open(text) : known;
    this.documents.set(this.key, this.current);
    this.view.setState(this.current.state);
    this.marked = '';
    if (isNew && this.said.program === program) this.tellOf(this.key, this.current, this.said.messages);
  }

  get text(): string {
    return this.view.state.doc.toString();
  }

  /** Changes the text to another, as an edit that can be undone. */
  replace(text: string): void {
    const changes = changeBetween(this.text, text);
    if (changes !== undefined) this.view.dispatch({ changes });
  }

  /** Of a program's files only the one that is shown keeps its past. */
  forgetOthers(program: string): void {
    for (const key of this.documents.keys()) if (key.startsWith(keyOf(program, '')) && key !== this.key) this.documents.delete(key);
  }

  /** A program's files are given to the compiler as they are. */
  beginCompiling(program: string): void {
    this.current.state = this.view.state;
    for (const [, document] of this.documentsOf(program)) document.asked = compiledNow(document.state);
  }

  /** This text of the file runs: it is its lines that tasks are at. */
  run(text: string): void {
    const { current } = this;
    this.marked = '';
    if (current.asked.text.toString() === text) {
      current.runs = current.asked;
      return;
    }
    const change = changeBetween(text, this.text);
    current.runs = { text: this.view.state.toText(text), since: ChangeSet.of(change ?? [], text.length) };
  }

  /** Shows what the compiler says of a program's files as they were given to it last. */
  tell(program: string, messages: readonly Message[]): void {
    this.said = { program, messages };
    this.current.state = this.view.state;
    for (const [key, document] of this.documentsOf(program)) this.tellOf(key, document, messages);
  }

  /** Puts the names of tasks to lines of what runs. */
  mark(names: ReadonlyMap<number, string>): void {
    const key = JSON.stringify([...names]);
    if (key === this.marked) return;
    this.marked = key;
    const { runs } = this.current;
    const byStart = new Map<number, string>();
    for (const [line, text] of names) {
      const at = line > runs.text.lines ? null : runs.since.mapPos(runs.text.line(line).from, 1, MapMode.TrackDel);
      if (at !== null) byStart.set(this.view.state.doc.lineAt(at).from, text); // a line that was taken away has no place
    }
    const ranges = [...byStart].sort(([a], [b]) => a - b).map(([from, text]) => Decoration.line({ attributes: { 'data-tasks': text } }).range(from));
    this.view.dispatch({ effects: setLines.of(ranges) });
  }

  /** Brings a line of what runs into view. False if there is none. */
  reveal(line: number): boolean {
    const { runs } = this.current;
    if (line < 1 || line > runs.text.lines) return false;
    const { from } = this.view.state.doc.lineAt(placeOf(runs, line, null).from);
    this.view.dispatch({ effects: [showLine.of(from), EditorView.scrollIntoView(from, { y: 'center' })] });
    this.view.dom.scrollIntoView({ block: 'nearest' });
    return true;
  }

  /** Puts the cursor to what a message about this file says. */
  goTo({ line, column }: Message): void {
    if (line === null) return;
    const { from } = placeOf(this.current.asked, line, column);
    this.view.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: 'center' }) });
    this.view.focus();
  }

  focus(): void {
    this.view.focus();
  }

  private open(text: string): Document {
    const state = EditorState.create({ doc: text, extensions: this.extensions });
    const now = compiledNow(state);
    return { state, runs: now, asked: now };
  }

  private documentsOf(program: string): [string, Document][] {
    return [...this.documents].filter(([key]) => key.startsWith(keyOf(program, '')));
  }

  private tellOf(key: string, document: Document, messages: readonly Message[]): void {
    const said = messages.flatMap((message) => [message, ...message.notes.filter(({ place }) => place === '')]);
    const diagnostics = said.flatMap((message): Diagnostic[] => {
      if (message.line === null || !key.endsWith(`:${message.file}`)) return [];
      const { from, to } = placeOf(document.asked, message.line, message.column);
      const text = message.place === '' ? message.text : `${message.text} (${message.place})`;
      return [{ from, to, severity: message.kind === 'note' ? 'info' : message.kind, message: text }];
    });
    const change = setDiagnostics(document.state, diagnostics.sort((a, b) => a.from - b.from));
    if (document === this.current) this.view.dispatch(change);
    else document.state = document.state.update(change).state;
  }

  private allExtensions(describedBy: string): Extension {
    const run = (): boolean => {
      this.events.onRun();
      return true;
    };
    return [
      lintGutter(),
      lineNumbers(),
      history(),
      drawSelection(),
      indentOnInput(),
      bracketMatching(),
      indentUnit.of('    '),
      highlightActiveLineGutter(),
      cpp(),
      syntaxHighlighting(COLOURS),
      LOOK,
      lineDecorations(setLines),
      shownLine,
      keymap.of([
        { key: 'Ctrl-Enter', mac: 'Cmd-Enter', run },
        { key: 'Ctrl-Enter', run },
        indentWithTab,
        ...lintKeymap,
        ...historyKeymap,
        ...defaultKeymap,
      ]),
      EditorView.contentAttributes.of({ tabindex: '0', 'aria-label': 'C++ source, which can be edited', 'aria-describedby': describedBy }),
      EditorView.updateListener.of(({ docChanged, changes }) => {
        if (!docChanged) return;
        const { runs, asked } = this.current;
        runs.since = runs.since.compose(changes);
        if (asked !== runs) asked.since = asked.since.compose(changes);
        this.marked = '';
        this.events.onChange(this.text);
      }),
    ];
  }
}

function keyOf(program: string, file: string): string {
  return `${program}:${file}`;
}

function compiledNow({ doc }: EditorState): Compiled {
  return { text: doc, since: ChangeSet.empty(doc.length) };
}

/** Where a place of a compiled text is now: the word at the column, or the line. */
function placeOf({ text, since }: Compiled, line: number, column: number | null): { from: number; to: number } {
  const row = text.line(Math.max(1, Math.min(line, text.lines)));
  const from = column === null ? row.from : Math.min(row.from + column - 1, row.to);
  const word = /^(?:\w+|.)/.exec(text.sliceString(from, row.to))?.[0] ?? '';
  const to = column === null ? row.to : from + word.length;
  return { from: since.mapPos(from, 1), to: Math.max(since.mapPos(from, 1), since.mapPos(to, -1)) };
}
