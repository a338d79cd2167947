// Reading rollouts, beside JSON.parse of the same lines in the same run: nothing that reads JSON in JavaScript can be faster. It runs
// without the kernels.
import { RecordReader, RolloutStream } from '../../src/rollouts/index.ts';
import type { BenchCase, PreparedCase, Suite } from '../suite.ts';
import { nemoRlJson, rolloutsJson, verlJson } from './auditLines.ts';
import { worstRatio } from './operands.ts';

const LINES = 200;

/** Bytes handed over at once, as from a file. */
const PIECE = 1 << 20;

interface Input {
  readonly lines: readonly string[];
  readonly bytes: Uint8Array;
}

function inputOf(line: (i: number) => string): Input {
  const lines = Array.from({ length: LINES }, (_, i) => line(i));
  return { lines, bytes: new TextEncoder().encode(`${lines.join('\n')}\n`) };
}

/** [trajectories, tokens, rewards], added up. */
function readAll({ bytes }: Input): Float64Array {
  const stream = new RolloutStream('bench', new RecordReader());
  const sums = new Float64Array(3);
  const add = (trajectories: Iterable<{ readonly length: number; readonly reward?: number }>): void => {
    for (const { length, reward } of trajectories) {
      sums[0]!++;
      sums[1]! += length;
      sums[2]! += reward ?? 0;
    }
  };
  for (let at = 0; at < bytes.length; at += PIECE) add(stream.push(bytes.subarray(at, at + PIECE)));
  add(stream.end());
  return sums;
}

function parseAll({ lines }: Input): number {
  let members = 0;
  for (const line of lines) members += Object.keys(JSON.parse(line) as object).length;
  return members;
}

/** The rate of JSON.parse in MB/s: the best of several runs, because other programs only slow it down. */
function parseRate(input: Input): number {
  let best = Number.POSITIVE_INFINITY;
  for (let k = 0; k < 20; k++) {
    const start = performance.now();
    parseAll(input);
    best = Math.min(best, performance.now() - start);
  }
  return input.bytes.length / 1e3 / best;
}

function prepared(input: Input, expected: readonly number[]): PreparedCase {
  return {
    run: () => {
      readAll(input);
    },
    against: () => {
      parseAll(input);
    },
    output: () => readAll(input),
    judge: () => (found) => worstRatio(found, expected, () => Number.MIN_VALUE),
    release() {},
  };
}

/** A rate beside that of JSON.parse, and the quotient of both times, measured in turn. */
function casesOf(name: string, line: (i: number) => string, tokens: number): BenchCase[] {
  let input: Input | undefined;
  const given = (): Input => {
    input ??= inputOf(line);
    return input;
  };
  const size = (): number => given().bytes.length / 1e6;
  const expected = [LINES, LINES * tokens, LINES / 2];
  return [
    {
      name: `${name} lines`,
      measure: {
        unit: 'MB/s',
        get work() {
          return size();
        },
        ceiling: () => parseRate(given()),
      },
      // A rate is timed alone.
      prepare: () => {
        const { against: _, ...alone } = prepared(given(), expected);
        return alone;
      },
    },
    {
      name: `${name} lines over JSON.parse`,
      measure: { unit: 'ratio', least: 1 },
      prepare: () => prepared(given(), expected),
    },
  ];
}

/** Names: the format of the lines; `over JSON.parse` is the time of reading over that of JSON.parse alone. */
export const audit: Suite = {
  name: 'audit',
  sentence: 'rollouts of trainers: bytes to trajectories, beside JSON.parse of the same lines',
  cases: [
    ...casesOf('rollouts@1', rolloutsJson, 500),
    ...casesOf('nemo-rl', nemoRlJson, 500),
    ...casesOf('verl', verlJson, 550),
  ],
  ceilingHow:
    'audit: what JSON.parse alone reaches on the same lines, already divided and decoded, in the same run',
  explain: () => [
    'No kernels: bytes are divided into lines, decoded, parsed by JSON.parse, checked for keys given twice, and copied into typed arrays.',
    'Lines of text are parsed at the speed of copying, so that there most of the time goes into finding words.',
  ],
};
