// Ten thousand damaged lines: each is read, or refused in one sentence with its place, or left out and counted. Never a crash, and
// never a trajectory whose parts contradict each other.
import { expect, test } from 'vitest';
import { type RandomStream, randomStream } from '../../src/base/random.ts';
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
const TEXTS: readonly (readonly [name: string, text: string])[] = [
  ['rollouts@1', rolloutsText(small)],
  ['verl', verlText(small) + verlUidText(small)],
  ['nemo-rl', nemoRlText(small, [0]) + nemoRlValidationText(small)],
  ['open-instruct', openInstructText(small)],
  ['ms-swift', msSwiftText(small, 2)],
  ['rl-logging-board', rlLoggingBoardText(small)],
  ['unipo', JSON.stringify(unipoDocument(small.slice(0, 2)))],
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

const encoder = new TextEncoder();

/** The bytes of a damaged line; one in ten has a byte changed as well, so that it may be no text. */
function damagedBytes(line: string, random: RandomStream): Uint8Array {
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
    if (isArray && (value as ArrayLike<number>).length !== t.length) found.push(`length of ${name}`);
  }
  if (t.roles.some((role) => role >= ROLES.length)) found.push('roles');
  if (t.mask.some((flag) => flag > 1)) found.push('mask');
  if (t.group !== undefined && typeof t.group !== 'string') found.push('group');
  if (t.step !== undefined && !Number.isSafeInteger(t.step)) found.push('step');
  if (t.nan?.some(({ token }) => token >= t.length)) found.push('nan');
  return found;
}

const EACH = 1500;

test.each(TEXTS)('%s', (name, text) => {
  const random = randomStream(5, `damage ${name}`);
  const lines = text.trimEnd().split('\n');
  const groups = new Set(
    readBytes(encoder.encode(text), { source: 'a' }).trajectories.map(({ group }) => group),
  );
  let refused = 0;
  let read = 0;
  for (let i = 0; i < EACH; i++) {
    const line = lines[random.integer(lines.length)]!;
    const bytes = damagedBytes(line, random);
    const options: ReadOptions = { source: 'a', ...(random.integer(2) === 0 ? { format: name } : {}) };
    const message = complaint(bytes, options);
    if (message !== '') {
      refused++;
      expect(message).toMatch(/^a: /);
      expect(message).not.toMatch(/\p{Cc}/u);
      expect(message.length).toBeLessThan(2000);
      continue;
    }
    read++;
    for (const t of readBytes(bytes, options).trajectories) expect(contradictions(t)).toEqual([]);
  }
  // Both happen, or the damage is none or too much.
  expect(refused).toBeGreaterThan(EACH / 4);
  expect(read).toBeGreaterThan(EACH / 50);
  expect(groups.size).toBeGreaterThan(0);
});

test('with skipBad every undamaged line keeps its group, whatever stands between', () => {
  const random = randomStream(6, 'between');
  for (const [name, text] of TEXTS.filter(([name]) => name !== 'unipo')) {
    const lines = text.trimEnd().split('\n');
    const mixed: Uint8Array[] = [];
    const isWhole: boolean[] = [];
    for (const line of lines) {
      // What has been inserted may be a line feed, or leave the line as it was: only what is refused alone is put between.
      const bytes = damagedBytes(line, random);
      if (!bytes.includes(10) && complaint(bytes, { format: name }) !== '') {
        mixed.push(bytes);
        isWhole.push(false);
      }
      mixed.push(encoder.encode(line));
      isWhole.push(true);
    }
    const joined = mixed.flatMap((line) => [...line, 10]);
    const clean = readBytes(encoder.encode(text), { format: name }).trajectories;
    const { trajectories, report } = readBytes(Uint8Array.from(joined), { format: name, skipBad: true });
    // A header behind a damaged line is refused as well, for it is not the first.
    const strip = (ts: readonly Trajectory[]): unknown[] => ts.map(({ place: _, ...rest }) => rest);
    expect(strip(trajectories), name).toEqual(strip(clean));
    expect(report.skipped, name).toBeGreaterThan(0);
  }
});
