// Damaged lines of every format of rollouts, and what must become of them: each is read, or refused in one sentence with its place.
import { simulate, upstreamWriters } from '../../src/audit/index.ts';
import type { RandomStream } from '../../src/base/random.ts';
import { type ReadOptions, ROLES, type Trajectory } from '../../src/rollouts/index.ts';
import { complaint, readBytes } from './reading.ts';
import { msSwiftText } from './upstream/msSwift.ts';
import { nemoRlText, nemoRlValidationText } from './upstream/nemoRl.ts';
import { openInstructText } from './upstream/openInstruct.ts';
import { rlLoggingBoardText } from './upstream/rlLoggingBoard.ts';
import { rolloutsText } from './upstream/rollouts.ts';
import { truth } from './upstream/truth.ts';
import { unipoDocument } from './upstream/unipo.ts';
import { verlText, verlUidText } from './upstream/verl.ts';

const small = truth(9, { groups: 2, size: 2, longest: 3 });
/** Small rollouts in the shape of a trainer, from the simulator. */
function written(shape: string): string {
  const { trajectories } = simulate({
    ...{ seed: 3, prompts: 2, groupSize: 2, promptLength: 3, maxLength: 6, toolRate: 0.2, vocabulary: 50 },
    lengths: { kind: 'geometric', mean: 3, spread: 0 },
  });
  const files = upstreamWriters.find(({ name }) => name === shape)!.files(trajectories);
  return files.map(({ text }) => text).join('');
}

/** A small file of each format. */
export const TEXTS: readonly (readonly [name: string, text: string])[] = [
  ['rollouts@1', rolloutsText(small)],
  ['verl', verlText(small) + verlUidText(small)],
  ['nemo-rl', nemoRlText(small, [0]) + nemoRlValidationText(small)],
  ['open-instruct', openInstructText(small)],
  ['ms-swift', msSwiftText(small, 2)],
  ['rl-logging-board', rlLoggingBoardText(small)],
  ['unipo', JSON.stringify(unipoDocument(small.slice(0, 2)))],
  ...['trl', 'prime-rl', 'verifiers', 'verifiers-legacy'].map((name) => [name, written(name)] as const),
];

const PIECES = [
  ...['null', 'NaN', '-Infinity', '1e999', '-1', '1.5', '"NaN"', '[]', '{}', '[[]]', 'true', '""', '9e15'],
  ...[
    '"',
    '\\',
    ',',
    ':',
    '{',
    ']',
    '\n',
    '\r',
    '\0',
    '\ufeff',
    '\u001b[2J',
    '__proto__',
    'constructor',
    '😀',
  ],
];

/** The places of JSON values in a line: numbers, strings and brackets as a regular expression sees them. */
function damage(line: string, random: RandomStream): string {
  const at = random.integer(line.length + 1);
  const piece = PIECES[random.integer(PIECES.length)]!;
  switch (random.integer(6)) {
    case 0:
      return line.slice(0, at);
    case 1:
      return line.slice(0, at) + line.slice(at + 1 + random.integer(8));
    case 2:
      return line.slice(0, at) + piece + line.slice(at);
    case 3: {
      // A value is replaced by another one.
      const values = [
        ...line.matchAll(/-?\d+(?:\.\d+)?(?:e-?\d+)?|"(?:[^"\\]|\\.)*"|\[[^[\]]*\]|true|null/g),
      ];
      const value = values[random.integer(values.length)]!;
      return line.slice(0, value.index) + piece + line.slice(value.index + value[0].length);
    }
    case 4: {
      // A member is written twice, or left out.
      const members = [...line.matchAll(/"\w+": ?(?:-?[\d.]+|"\w*"|\[[^[\]]*\]), ?/g)];
      if (members.length === 0) return line;
      const member = members[random.integer(members.length)]!;
      return random.integer(2) === 0
        ? line.slice(0, member.index) + member[0] + line.slice(member.index)
        : line.slice(0, member.index) + line.slice(member.index + member[0].length);
    }
    default: {
      const other = random.integer(line.length + 1);
      return line.slice(0, at) + line.slice(other, other + random.integer(20)) + line.slice(at);
    }
  }
}

export const encoder = new TextEncoder();

/** The bytes of a damaged line; one in ten has a byte changed as well, so that it may be no text. */
export function damagedBytes(line: string, random: RandomStream): Uint8Array {
  const bytes = encoder.encode(damage(line, random));
  if (bytes.length > 0 && random.integer(10) === 0)
    bytes[random.integer(bytes.length)]! ^= 1 << random.integer(8);
  return bytes;
}

/** What must hold of every trajectory. */
function contradictions(t: Trajectory): string[] {
  const found: string[] = [];
  for (const [name, value] of Object.entries(t)) {
    const isArray = ArrayBuffer.isView(value) || name === 'tokens';
    const { length } = value as ArrayLike<number>;
    // Of versions there may be the first and the last.
    const fits = length === t.length || (name === 'versions' && length === 2);
    if (isArray && !fits) found.push(`length of ${name}`);
  }
  if (t.roles.some((role) => role >= ROLES.length)) found.push('roles');
  if (t.mask.some((flag) => flag > 1)) found.push('mask');
  if (t.group !== undefined && typeof t.group !== 'string') found.push('group');
  if (t.step !== undefined && !Number.isSafeInteger(t.step)) found.push('step');
  if (t.nan?.some(({ token }) => token >= t.length)) found.push('nan');
  return found;
}

/** How many damaged lines were refused, and read. */
export interface Outcomes {
  refused: number;
  read: number;
  /** What went wrong: a message without its place, or a trajectory whose parts contradict each other. */
  readonly wrong: string[];
}

/** Reads one damaged line after the other of a file, and says what became of them. */
export function readDamaged(name: string, text: string, count: number, random: RandomStream): Outcomes {
  const lines = text.trimEnd().split('\n');
  const outcomes: Outcomes = { refused: 0, read: 0, wrong: [] };
  for (let i = 0; i < count; i++) {
    const line = lines[random.integer(lines.length)]!;
    const bytes = damagedBytes(line, random);
    const options: ReadOptions = { source: 'a', ...(random.integer(2) === 0 ? { format: name } : {}) };
    const shown = (): string => JSON.stringify(new TextDecoder().decode(bytes)).slice(0, 300);
    try {
      const message = complaint(bytes, options);
      if (message !== '') {
        outcomes.refused++;
        const isPlain = message.startsWith('a: ') && !/\p{Cc}/u.test(message) && message.length < 2000;
        if (!isPlain) outcomes.wrong.push(`${message} on ${shown()}`);
        continue;
      }
      outcomes.read++;
      const found = readBytes(bytes, options).trajectories.flatMap(contradictions);
      if (found.length > 0) outcomes.wrong.push(`${found.join(', ')} on ${shown()}`);
    } catch (error) {
      outcomes.wrong.push(`${String(error)} on ${shown()}`);
    }
  }
  return outcomes;
}
