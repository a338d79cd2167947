// Walks over JSON text and says what is wrong with it and where, and which key an object has twice. The scan keeps its own stack,
// so that no nesting can overflow the program's.
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

/** What kind of text is scanned. */
export interface ScanOptions {
  /** Whether the text is one line of a file, so that a place in it is a column. */
  readonly isLine?: boolean;
  /** Whether NaN, Infinity and -Infinity are values. */
  readonly nonFinite?: boolean;
}

const WORDS: readonly string[] = ['true', 'false', 'null'];

/** Walks over JSON text and stops with an InputError at the first thing that is wrong. */
export class JsonScan {
  private position = 0;
  private readonly frames: Frame[] = [];
  private readonly text: string;
  private readonly source: string;
  private readonly isLine: boolean;
  private readonly words: readonly string[];

  constructor(text: string, source: string, { isLine = false, nonFinite = false }: ScanOptions = {}) {
    this.text = text;
    this.source = source;
    this.isLine = isLine;
    this.words = nonFinite ? [...WORDS, 'NaN', 'Infinity', '-Infinity'] : WORDS;
  }

  /** @throws InputError for what is wrong, or for the key that an object has twice; returns if there is no such thing */
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
    if (c === '"') {
      this.string();
      return;
    }
    const word = this.words.find((w) => this.text.startsWith(w, this.position));
    if (word !== undefined) this.position += word.length;
    else if (c === '-' || (c >= '0' && c <= '9')) this.number();
    else this.fail('expected a value');
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
    const column = before.at(-1)!.length + 1;
    const place = this.isLine ? `column ${column}` : `line ${before.length}, column ${column}`;
    const rest = this.text.slice(this.position, this.position + 20);
    const word = /^[\w.+-]+/.exec(rest)?.[0] ?? rest.slice(0, 1);
    const found = word === '' ? 'the end of the text' : showText(JSON.stringify(word));
    throw new InputError(`${this.source}: not valid JSON at ${place}: ${expected}, found ${found}`);
  }
}
