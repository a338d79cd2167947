// What the lines of docs/rollouts.md write from inside each trainer is what the trainer had: every number at its token.
import { describe, expect, test } from 'vitest';
import { simulate } from '../../../src/audit/simulator/index.ts';
import { ROLES, type Trajectory } from '../../../src/rollouts/index.ts';
import type { NumberField } from './layout.ts';
import { documentedLines, hasPython, throughTrainer, trainers } from './trainers.ts';

const PAD = ROLES.indexOf('pad');
const FIELDS: readonly NumberField[] = [
  'logProbs',
  'oldLogProbs',
  'refLogProbs',
  'samplerLogProbs',
  'weights',
];
/** What the loss of a trainer has no numbers of. */
const LACKING: Readonly<Record<string, readonly NumberField[]>> = { 'prime-rl': ['oldLogProbs'] };

const { trajectories } = simulate({
  seed: 3,
  prompts: 3,
  groupSize: 4,
  toolRate: 0.05,
  ranks: 2,
  miniBatches: 2,
  isPadded: true,
  vocabulary: 50,
  maxLength: 60,
  lengths: { kind: 'geometric', mean: 10, spread: 0.4 },
});

/** In the order in which micro-batches are written. */
const ordered = (some: readonly Trajectory[]): readonly string[] =>
  some.map(({ ids, roles }) => [...ids!].filter((_, k) => roles[k] !== PAD).join(' ')).toSorted();

/** Where a number of a trained token is not the one that the trainer had, to the rounding of float32; in words. */
function differences(
  read: readonly Trajectory[],
  had: readonly Trajectory[],
  fields: readonly NumberField[],
): string[] {
  const key = ({ ids, roles }: Trajectory): string => [...ids!].filter((_, k) => roles[k] !== PAD).join(' ');
  const byIds = new Map(had.map((t) => [key(t), t]));
  return read.flatMap((t) => {
    const own = byIds.get(key(t))!;
    return fields.flatMap((field) =>
      [...t.mask.keys()]
        .filter((k) => {
          const [x, y] = [t[field]![k]!, own[field]![k]!];
          // float32 rounds once, and a factor of the number of ranks, once more.
          return own.mask[k] === 1 && !(Math.abs(x - y) <= 2 ** -22 * Math.abs(y));
        })
        .map((k) => `${field}[${k}]`),
    );
  });
}

describe.runIf(hasPython)('inside', () => {
  test.each(Object.keys(trainers))('%s', (name) => {
    const fields = FIELDS.filter((field) => !LACKING[name]?.includes(field));
    const [read] = throughTrainer(name, [trajectories]);
    expect(ordered(read!)).toEqual(ordered(trajectories));
    expect(read!.map(({ mask }) => mask.reduce((a, b) => a + b, 0)).toSorted()).toEqual(
      trajectories.map(({ mask }) => mask.reduce((a, b) => a + b, 0)).toSorted(),
    );
    expect(differences(read!, trajectories, fields)).toEqual([]);
    const shifted = trajectories.map((t) => ({
      ...t,
      weights: t.weights!.map((_, k) => t.weights![k + 1] ?? 0),
    }));
    expect(differences(read!, shifted, ['weights']).length).toBeGreaterThan(0);
  });
});

test('the page has a function for each trainer, and what they share', () => {
  const names = [...documentedLines().matchAll(/^def (\w+)/gm)].map(([, name]) => name);
  expect(names).toEqual([
    'weights_of',
    'line',
    'write',
    'write_trl',
    'write_verl',
    'write_nemo_rl',
    'write_prime_rl',
    'write_open_instruct',
    'write_ms_swift',
    'write_openrlhf',
    'write_slime',
    'write_skyrl',
  ]);
});
