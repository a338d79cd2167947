// Reads JSON text: JSON.parse for the value, and our own scan for what JSON.parse does not say: where the text is wrong
// and which key occurs twice in an object. The scan keeps its own stack, so that no nesting can overflow the program's.
import { InputError } from './errors.ts';
import { joinPath, showText } from './show.ts';

/** An object or array the scan is inside of. */
interface Frame {
  /** Keys seen so far; undefined in an array. */
  readonly keys: Set<string> | undefined;
  /** The member or element being read. */
  at: string | number;
}

/** Deeper paths are named by their first steps. */
const SHOWN_STEPS = 8;

/** Walks over JSON text and stops with an InputError at the first thing that is wrong. */
class JsonScan {
  private position = 0;
  private readonly frames: Frame[] = [];
  private readonly text: string;
  private readonly source: string;

  constructor(text: string, source: string) {
    this.text = text;
    this.source = source;
  }

  run(): void {
    do this.value();
    while (this.afterValue());
    if (this.position < this.text.length) this.fail('expected nothing more after the document');
  }

  /** Reads a scalar, or enters a container up to the place of its first value; leaves empty containers. */
  private value(): void {
    let c = this.peek();
    while (c === '{' || c === '[') {
      this.position++;
      this.frames.push(c === '{' ? { keys: new Set(), at: '' } : { keys: undefined, at: 0 });
      if (this.peek() === (c === '{' ? '}' : ']')) {
        this.close();
        return;
      }
      if (c === '{') this.key();
      c = this.peek();
    }
    this.scalar(c);
  }

  /** Goes on to the place of the next value; false at the end of the document. */
  private afterValue(): boolean {
    for (let frame = this.frames.at(-1); frame !== undefined; frame = this.frames.at(-1)) {
      const c = this.peek();
      const end = frame.keys === undefined ? ']' : '}';
      if (c === ',') {
        this.position++;
        if (typeof frame.at === 'number') frame.at++;
        else this.key();
        return true;
      }
      if (c !== end) this.fail(`expected "," or "${end}"`);
      this.close();
    }
    this.peek();
    return false;
  }

  private close(): void {
    this.position++;
    this.frames.pop();
  }

  private key(): void {
    if (this.peek() !== '"') this.fail('expected a key in double quotes');
    const frame = this.frames.at(-1)!;
    frame.at = this.string();
    if (frame.keys!.has(frame.at)) {
      const steps = this.frames.slice(0, SHOWN_STEPS).map((f) => f.at);
      throw new InputError(`${this.source}: ${steps.reduce<string>(joinPath, '')} is given twice`);
    }
    frame.keys!.add(frame.at);
    if (this.peek() !== ':') this.fail('expected ":" after the key');
    this.position++;
  }

  private string(): string {
    const start = this.position++;
    for (;;) {
      const c = this.text[this.position];
      if (c === '"') break;
      if (c === undefined) this.fail('expected the closing quote of a string');
      if (c < ' ') this.fail('expected no control character inside a string');
      if (c === '\\') this.escape();
      else this.position++;
    }
    return JSON.parse(this.text.slice(start, ++this.position)) as string;
  }

  private escape(): void {
    const length = /^\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/.exec(
      this.text.slice(this.position, this.position + 6),
    )?.[0];
    if (length === undefined) this.fail('expected a valid escape in a string');
    this.position += length.length;
  }

  private scalar(c: string): void {
    if (c === '"') this.string();
    else if (c === '-' || (c >= '0' && c <= '9')) this.number();
    else {
      const word = ['true', 'false', 'null'].find((w) => this.text.startsWith(w, this.position));
      if (word === undefined) this.fail('expected a value');
      this.position += word.length;
    }
  }

  private number(): void {
    if (this.text[this.position] === '-') this.position++;
    if (this.text[this.position] === '0') this.position++;
    else this.digits();
    if (this.text[this.position] === '.') {
      this.position++;
      this.digits();
    }
    if (/[eE]/.test(this.text[this.position] ?? '')) {
      this.position++;
      if (/[+-]/.test(this.text[this.position] ?? '')) this.position++;
      this.digits();
    }
  }

  private digits(): void {
    const start = this.position;
    for (let c = this.text[start]; c !== undefined && c >= '0' && c <= '9'; c = this.text[this.position])
      this.position++;
    if (this.position === start) this.fail('expected a digit');
  }

  /** The next character that is not white space (`''` at the end), without going past it. */
  private peek(): string {
    for (;;) {
      const c = this.text[this.position];
      if (c !== ' ' && c !== '\n' && c !== '\r' && c !== '\t') return c ?? '';
      this.position++;
    }
  }

  private fail(expected: string): never {
    const before = this.text.slice(0, this.position).split('\n');
    const line = before.length;
    const column = before.at(-1)!.length + 1;
    const rest = this.text.slice(this.position, this.position + 20);
    const word = /^[\w.+-]+/.exec(rest)?.[0] ?? rest.slice(0, 1);
    const found = word === '' ? 'the end of the text' : showText(JSON.stringify(word));
    throw new InputError(
      `${this.source}: not valid JSON at line ${line}, column ${column}: ${expected}, found ${found}`,
    );
  }
}

/** Members of all objects in valid JSON text, by counting the strings that a colon follows. */
function countWrittenMembers(text: string): number {
  let members = 0;
  for (let open = text.indexOf('"'); open >= 0; ) {
    let close = text.indexOf('"', open + 1);
    while (isEscaped(text, close)) close = text.indexOf('"', close + 1);
    let next = close + 1;
    while (text.charCodeAt(next) <= 32) next++;
    if (text[next] === ':') members++;
    open = text.indexOf('"', next);
  }
  return members;
}

/** Whether an odd number of backslashes precedes the position. */
function isEscaped(text: string, position: number): boolean {
  let first = position;
  while (text[first - 1] === '\\') first--;
  return (position - first) % 2 === 1;
}

/** Members of all objects in a value, whatever its depth. */
function countMembers(value: unknown): number {
  let members = 0;
  const open: unknown[] = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next !== 'object' || next === null) continue;
    const inside: readonly unknown[] = Array.isArray(next) ? next : Object.values(next);
    if (!Array.isArray(next)) members += inside.length;
    for (const inner of inside) if (typeof inner === 'object') open.push(inner);
  }
  return members;
}

function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

/**
 * The value of JSON text; a byte order mark is skipped. No object may have a key twice: JSON.parse keeps the last of them, so
 * that fewer members are left than were written.
 * @param source how the text is called in messages, such as the file's name
 * @throws InputError with line, column and what was expected there, or naming the key that is given twice
 */
export function parseJson(text: string, source: string): unknown {
  const body = withoutMark(text);
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (error) {
    new JsonScan(body, source).run();
    throw error;
  }
  if (countWrittenMembers(body) !== countMembers(value)) new JsonScan(body, source).run();
  return value;
}
