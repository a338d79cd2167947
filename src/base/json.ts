// Writes JSON documents piece by piece, so that a document may be far longer than the longest string.
import { joinPath } from './show.ts';

/** An object whose members are made while it is written: `keys()` in order, and the value of the i-th key. */
export interface LazyRows {
  keys(): Iterable<string>;
  row(i: number): ArrayLike<number | string> | number | string;
}

/** Pieces are handed over when they have at least this many characters. */
const CHUNK = 1 << 16;
/** Non-finite numbers named one by one; the rest are counted. */
const MAX_WARNINGS = 20;
const INDENT = '  ';

function isLazyRows(value: object): value is LazyRows {
  return 'keys' in value && 'row' in value && typeof value.keys === 'function' && !Array.isArray(value);
}

function isScalar(value: unknown): boolean {
  return value === null || typeof value !== 'object';
}

/** State of one document being written. */
class JsonWriter {
  private text = '';
  private readonly path: (string | number)[] = [];
  private readonly warnings: string[] = [];
  private unnamed = 0;

  /** The document; a `warnings` member is added to a top-level object that held NaN or ±Infinity. */
  *document(value: unknown): Generator<string> {
    if (isPlainObject(value)) yield* this.object(Object.entries(value), '', true);
    else yield* this.value(value, '');
    yield `${this.text}\n`;
  }

  private *value(value: unknown, indent: string): Generator<string> {
    if (isScalar(value)) this.text += this.scalar(value);
    else if (Array.isArray(value)) yield* this.array(value, indent);
    else if (ArrayBuffer.isView(value)) yield* this.numbers(value as unknown as ArrayLike<number>);
    else if (isLazyRows(value as object)) yield* this.rows(value as LazyRows, indent);
    else yield* this.object(Object.entries(value as object), indent, false);
  }

  private scalar(value: unknown): string {
    if (typeof value === 'number') return this.number(value);
    if (value === null || typeof value === 'string' || typeof value === 'boolean')
      return JSON.stringify(value);
    throw new TypeError(`a ${typeof value} has no JSON form (at ${this.path.join('.')})`);
  }

  private number(value: number): string {
    if (!Number.isFinite(value)) {
      if (this.warnings.length < MAX_WARNINGS)
        this.warnings.push(`${this.where()} is ${value}, written as null`);
      else this.unnamed++;
      return 'null';
    }
    return Object.is(value, -0) ? '-0' : String(value);
  }

  private where(): string {
    return this.path.reduce<string>(joinPath, '');
  }

  private *object(entries: [string, unknown][], indent: string, top: boolean): Generator<string> {
    const inner = indent + INDENT;
    const kept = entries.filter(([key, value]) => value !== undefined && !(top && key === 'warnings'));
    let separator = '{\n';
    for (const [key, value] of kept) {
      this.text += `${separator}${inner}${JSON.stringify(key)}: `;
      this.path.push(key);
      yield* this.value(value, inner);
      this.path.pop();
      separator = ',\n';
    }
    const warnings = top ? this.allWarnings(entries) : [];
    if (warnings.length > 0) {
      this.text += `${separator}${inner}"warnings": `;
      yield* this.value(warnings, inner);
      separator = ',\n';
    }
    this.text += separator === ',\n' ? `\n${indent}}` : '{}';
  }

  private allWarnings(entries: [string, unknown][]): unknown[] {
    const given = entries.find(([key]) => key === 'warnings')?.[1];
    const more = this.unnamed > 0 ? [`${this.unnamed} more numbers are not finite, written as null`] : [];
    return [...(Array.isArray(given) ? given : []), ...this.warnings, ...more];
  }

  private *array(values: readonly unknown[], indent: string): Generator<string> {
    if (values.every((value) => isScalar(value) && typeof value !== 'string')) {
      yield* this.numbers(values);
      return;
    }
    const inner = indent + INDENT;
    for (const [i, value] of values.entries()) {
      this.text += `${i === 0 ? '[' : ','}\n${inner}`;
      this.path.push(i);
      yield* this.value(value, inner);
      this.path.pop();
    }
    this.text += `\n${indent}]`;
  }

  /** Scalars on one line. */
  private *numbers(values: ArrayLike<unknown>): Generator<string> {
    this.text += '[';
    for (let i = 0; i < values.length; i++) {
      this.path.push(i);
      this.text += i === 0 ? this.scalar(values[i]) : `, ${this.scalar(values[i])}`;
      this.path.pop();
      if (this.text.length >= CHUNK) yield this.take();
    }
    this.text += ']';
  }

  private *rows(rows: LazyRows, indent: string): Generator<string> {
    let i = 0;
    for (const key of rows.keys()) {
      this.text += `${i === 0 ? '{' : ','}\n${indent}${INDENT}${JSON.stringify(key)}: `;
      const row = rows.row(i++);
      this.path.push(key);
      if (typeof row !== 'object') this.text += this.scalar(row);
      else yield* this.numbers(row);
      this.path.pop();
      if (this.text.length >= CHUNK) yield this.take();
    }
    this.text += i === 0 ? '{}' : `\n${indent}}`;
  }

  private take(): string {
    const { text } = this;
    this.text = '';
    return text;
  }
}

function isPlainObject(value: unknown): value is object {
  return (
    !isScalar(value) && !Array.isArray(value) && !ArrayBuffer.isView(value) && !isLazyRows(value as object)
  );
}

/**
 * A JSON document in pieces of some 64 kB, ending in a newline.
 *
 * Accepts scalars, arrays, typed arrays (dense, of numbers), plain objects (members that are undefined are left out) and
 * `LazyRows`. Numbers keep full precision, −0 included. NaN and ±Infinity become null, and a top-level object then ends
 * with `warnings`: the path of each (at most 20, then how many more), after warnings it brought itself.
 * @throws TypeError for anything that has no JSON form (a function, a bigint)
 */
export function jsonChunks(value: unknown): Generator<string> {
  return new JsonWriter().document(value);
}
