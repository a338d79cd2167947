// Reads one line of JSON as Python's json module writes it: NaN, Infinity and -Infinity are numbers, though JSON has no such words.
import { InputError } from './errors.ts';
import { hasKeyTwice } from './jsonMembers.ts';
import { JsonScan } from './jsonScan.ts';

/** What stands for NaN while JSON.parse reads: a text that no line can hold unescaped. */
const MARK = '\0NaN';
const WRITTEN: Readonly<Record<string, string>> = {
  NaN: ' "\\u0000NaN" ',
  Infinity: ' 1e999 ',
  '-Infinity': ' -1e999 ',
};

/** The end of the string that begins at a quote; the end of the text where it is not closed. */
function closingQuote(text: string, open: number): number {
  for (let at = open + 1; ; at++) {
    at = text.indexOf('"', at);
    if (at < 0) return text.length;
    let first = at;
    while (text[first - 1] === '\\') first--;
    if ((at - first) % 2 === 0) return at;
  }
}

/** The text with another word for each of the three outside of strings, and how many of them were NaN. */
function withMarks(text: string): { readonly marked: string; readonly count: number } {
  const pieces: string[] = [];
  let count = 0;
  let from = 0;
  let quote = text.indexOf('"');
  let close = -1;
  const words = /-?Infinity|NaN/g;
  for (let found = words.exec(text); found !== null; found = words.exec(text)) {
    while (quote >= 0 && quote < found.index) {
      close = closingQuote(text, quote);
      quote = text.indexOf('"', close + 1);
    }
    if (found.index < close) {
      words.lastIndex = close;
      continue;
    }
    pieces.push(text.slice(from, found.index), WRITTEN[found[0]]!);
    from = words.lastIndex;
    if (found[0] === 'NaN') count++;
  }
  pieces.push(text.slice(from));
  return { marked: pieces.join(''), count };
}

/** Puts NaN where the mark is, in place, and returns how often that was. */
function replaceMarks(value: unknown): number {
  let count = 0;
  const open: unknown[] = [value];
  while (open.length > 0) {
    const next = open.pop() as Record<string | number, unknown>;
    for (const key of Array.isArray(next) ? next.keys() : Object.keys(next)) {
      const inner = next[key];
      if (inner === MARK) {
        next[key] = Number.NaN;
        count++;
      } else if (typeof inner === 'object' && inner !== null) open.push(inner);
    }
  }
  return count;
}

/**
 * The value of one line of JSON text, in which NaN, Infinity and -Infinity are numbers as well.
 * @param source how the line is called in messages, such as `run.jsonl: line 3`
 * @throws InputError with the column and what was expected there, or naming the key that is given twice
 */
export function parseJsonLine(text: string, source: string): unknown {
  const scan = (): void => new JsonScan(text, source, { isLine: true, nonFinite: true }).run();
  let body = text;
  let marks = 0;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const { marked, count } = withMarks(text);
    if (marked === text) {
      scan();
      throw error;
    }
    body = marked;
    marks = count;
    try {
      value = JSON.parse(marked);
    } catch (stillWrong) {
      scan();
      throw stillWrong;
    }
  }
  if (hasKeyTwice(body, value)) scan();
  if (marks === 0) return value;
  const holder = [value];
  if (replaceMarks(holder) === marks) return holder[0];
  scan();
  throw new InputError(`${source}: expected no text that begins with a zero character beside NaN`);
}
