// Damaged inputs: a valid text or file with a few random faults, as disks, editors and attackers leave them.
import type { RandomStream } from '../../src/base/random.ts';

/** Values that a JSON value is replaced by. */
const PLANTED = [
  'null',
  'true',
  '""',
  '"0"',
  '0',
  '-0',
  '-1',
  '1.5',
  '1e308',
  '-1e308',
  '1e-320',
  '9007199254740993',
  '1e999',
  'NaN',
  '[]',
  '{}',
  '[[[[[[[[]]]]]]]]',
  '{"__proto__": {"x": 1}}',
  '{"constructor": 1, "a": 1, "a": 2}',
  '"\\ud800"',
  '"<script>"',
  '\u0000',
] as const;

const KEYS = ['"__proto__"', '"toString"', '""', '"x"', '"constructor"'] as const;

function pick<T>(random: RandomStream, values: readonly T[]): T {
  return values[random.integer(values.length)]!;
}

/** Start and end of a random piece, of at most `longest` places. */
function piece(random: RandomStream, size: number, longest: number): [start: number, end: number] {
  const start = random.integer(size + 1);
  return [start, Math.min(size, start + random.integer(longest + 1))];
}

type Fault = (text: string, random: RandomStream) => string;

/** A match of the pattern, chosen at random, is replaced. */
function replaced(text: string, pattern: RegExp, random: RandomStream, by: string): string {
  const found = [...text.matchAll(pattern)];
  if (found.length === 0) return text + by;
  const { index, 0: before } = pick(random, found);
  return text.slice(0, index) + by + text.slice(index + before.length);
}

const VALUE = /-?\d[\d.eE+-]*|"(?:[^"\\]|\\.)*"(?!\s*:)|true|false|null/g;
const KEY = /"(?:[^"\\]|\\.)*"(?=\s*:)/g;

const textFaults: readonly Fault[] = [
  // A value of another type or size, twice as likely as the others.
  (text, random) => replaced(text, VALUE, random, pick(random, PLANTED)),
  (text, random) => replaced(text, VALUE, random, pick(random, PLANTED)),
  (text, random) => replaced(text, KEY, random, pick(random, KEYS)),
  // One digit.
  (text, random) => replaced(text, /\d/g, random, String(random.integer(10))),
  // Cut, a piece left out, a piece twice, two pieces exchanged, a foreign character.
  (text, random) => text.slice(0, random.integer(text.length + 1)),
  (text, random) => {
    const [start, end] = piece(random, text.length, 40);
    return text.slice(0, start) + text.slice(end);
  },
  (text, random) => {
    const [start, end] = piece(random, text.length, 40);
    return text.slice(0, end) + text.slice(start);
  },
  (text, random) => {
    const [start, end] = piece(random, text.length, 20);
    const to = random.integer(text.length + 1);
    return text.slice(0, to) + text.slice(start, end) + text.slice(to);
  },
  (text, random) => {
    const at = random.integer(text.length + 1);
    return (
      text.slice(0, at) +
      pick(random, ['\0', '\n', '\r', '{', '}', '[', ']', ',', ':', '"', '\\', 'é', '\ufeff']) +
      text.slice(at)
    );
  },
];

/** The text with one to three faults. */
export function damagedText(text: string, random: RandomStream): string {
  let damaged = text;
  for (let faults = 1 + random.integer(3); faults > 0; faults--)
    damaged = pick(random, textFaults)(damaged, random);
  return damaged;
}

/** The bytes with one to three faults: bits, a piece, a cut, or the text in front of them, which may be JSON. */
export function damagedBytes(bytes: Uint8Array, random: RandomStream, headerLength = 0): Uint8Array {
  let damaged = Buffer.from(bytes);
  for (let faults = 1 + random.integer(3); faults > 0; faults--) {
    const [start, end] = piece(random, damaged.length, 64);
    switch (random.integer(headerLength > 0 ? 6 : 5)) {
      case 0:
        if (start < damaged.length) damaged[start] = random.integer(256);
        break;
      case 1:
        // Near the beginning, where sizes stand.
        if (damaged.length > 8) damaged[random.integer(8)] = random.integer(256);
        break;
      case 2:
        damaged = damaged.subarray(0, start);
        break;
      case 3:
        damaged = Buffer.concat([damaged.subarray(0, start), damaged.subarray(end)]);
        break;
      case 4:
        damaged = Buffer.concat([damaged.subarray(0, end), damaged.subarray(start)]);
        break;
      default: {
        const header = damagedText(damaged.toString('utf8', 8, 8 + headerLength), random);
        const text = Buffer.from(header);
        const size = Buffer.alloc(8);
        size.writeBigUInt64LE(BigInt(text.length));
        damaged = Buffer.concat([size, text, damaged.subarray(8 + headerLength)]);
      }
    }
  }
  return damaged;
}
