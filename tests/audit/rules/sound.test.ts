// What must not alarm although its log-probs look unusual: the rules about log-probs are silent on each.
import { describe, expect, test } from 'vitest';
import {
  ALL_FIELDS,
  type Mistake,
  plant,
  type SimulationSetting,
  simulate,
} from '../../../src/audit/simulator/index.ts';
import type { Trajectory } from '../../../src/rollouts/index.ts';
import { afterTheCut, recomputed, untemperedReference } from '../planted/logProbs.ts';
import { auditOf, auditUndeclared, codesOf, findingOf } from './only.ts';

const LARGE: Partial<SimulationSetting> = { seed: 8, prompts: 20, groupSize: 8, vocabulary: 60 };

const SOUND: readonly (readonly [what: string, given: Partial<SimulationSetting>])[] = [
  ['noise of the calibrated size: 7.5 % of the tokens off', { mismatch: 0.075 }],
  ['top-p where the sampler logs what it had before the cut', { topP: 0.8, mismatch: 0.075 }],
  ['a temperature that both sides divide by', { temperature: 0.6 }],
  ['a hot temperature', { temperature: 1.3, mismatch: 0.075 }],
  ['rollouts of older versions, with the log-probs of these', { lag: 3, firstStep: 9 }],
  [
    'the same without log-probs at the start of the step, and without versions',
    { lag: 2, firstStep: 9, miniBatches: 4, fields: { ...ALL_FIELDS, oldLogProbs: false, versions: false } },
  ],
  [
    'the first step, where the policy is the reference, over four mini-batches',
    { firstStep: 0, miniBatches: 4 },
  ],
  ['a policy that has moved far from the reference', { firstStep: 60 }],
  ['tokens of which most are all but certain', { sharpness: 6, mismatch: 0.075 }],
  ['attempts, decisions and tools', { attempts: 3, toolRate: 0.05, isPadded: true }],
];

test.each(SOUND)('%s', async (_, given) => {
  expect(codesOf(await auditOf(simulate({ ...LARGE, ...given })))).toEqual([]);
});

describe('numbers as engines round them', () => {
  const rounded =
    (round: (x: number) => number): Mistake =>
    (t) => ({
      logProbs: t.logProbs!.map(round),
      oldLogProbs: t.oldLogProbs!.map(round),
      refLogProbs: t.refLogProbs!.map(round),
      samplerLogProbs: t.samplerLogProbs!.map(round),
    });
  const bfloat16 = (x: number): number => {
    const bits = new Uint32Array(Float32Array.of(x).buffer);
    bits[0] = (bits[0]! + 0x8000) & 0xffff0000;
    return new Float32Array(bits.buffer)[0]!;
  };

  test('float32, with a rounding above 0', async () => {
    const given = simulate({ ...LARGE, sharpness: 6, attempts: 2 });
    const run = await auditOf(
      plant(
        given,
        rounded((x) => Math.fround(x > -2e-4 ? 1e-7 : x)),
      ),
    );
    expect(codesOf(run)).toEqual([]);
  });

  test('bfloat16, in which a likely token has a log-prob of exactly 0', async () => {
    const run = await auditOf(
      plant(
        simulate({ ...LARGE, attempts: 2 }),
        rounded((x) => (x > -1e-3 ? 0 : bfloat16(x))),
      ),
    );
    expect(codesOf(run)).toEqual([]);
  });
});

test('a token that is all that top-p kept has a log-prob of 0, and is no placeholder', async () => {
  const bad = plant(simulate({ ...LARGE, topP: 0.6, sharpness: 4 }), (t, truth, i) => {
    const { samplerLogProbs } = afterTheCut(t, truth, i);
    return { samplerLogProbs: samplerLogProbs!.map((x) => (x > -1e-9 ? 0 : x)) };
  });
  const zeros = bad.trajectories.some((t) =>
    t.samplerLogProbs!.some((x, k) => x === 0 && t.oldLogProbs![k]! < -0.1),
  );
  expect(zeros).toBe(true);
  expect(codesOf(await auditOf(bad))).toEqual(['truncated-sampling']);
});

describe('ratios of 1', () => {
  const given: Partial<SimulationSetting> = { ...LARGE, lag: 3, firstStep: 9, drift: 0.03 };

  test('are right where the newest version drew', async () => {
    expect(codesOf(await auditOf(simulate({ ...LARGE, lag: 0 })))).toEqual([]);
  });

  test('say nothing where one trajectory has others', async () => {
    const bad = plant(simulate(given), (t, truth, i) => (i === 0 ? {} : recomputed(t, truth, i)));
    // The first trajectory is an old one.
    const [first] = bad.trajectories;
    expect(first!.trainedVersion! - first!.versions![0]!).toBeGreaterThan(0);
    expect(codesOf(await auditOf(bad))).not.toContain('ratio-one-stale');
  });

  test('are a warning where the age does not vary, since nothing can be seen to grow', async () => {
    const bad = plant(simulate(given), recomputed);
    const same = bad.trajectories.filter((t) => t.trainedVersion! - t.versions![0]! === 2);
    const finding = findingOf(await auditUndeclared(same), 'ratio-one-stale');
    expect(finding?.severity).toBe('warning');
  });

  test('are seen where a file names the first and the last version only, and the last one is old', async () => {
    const rollouts = simulate(given);
    const named = async (last: (t: Trajectory) => number) => {
      const pairs = plant(rollouts, (t, truth, i) => ({
        ...recomputed(t, truth, i),
        versions: Float64Array.of(t.versions![0]!, last(t)),
      }));
      return findingOf(await auditOf(pairs), 'ratio-one-stale')?.evidence;
    };
    const byToken = findingOf(await auditOf(plant(rollouts, recomputed)), 'ratio-one-stale')!.evidence;
    expect(await named((t) => t.versions![0]!)).toEqual(byToken);
    // The version that is trained drew the end: what is older is not all of the trajectory.
    expect(await named((t) => t.trainedVersion!)).toBeUndefined();
  });
});

test('nulls are no NaN: prompts, padding and tools without log-probs', async () => {
  const { trajectories } = simulate({ ...LARGE, toolRate: 0.05, isPadded: true });
  const bare: Trajectory[] = trajectories.map((t) => ({
    ...t,
    logProbs: t.logProbs!.map((x, k) => (t.mask[k] === 1 ? x : Number.NaN)),
  }));
  expect(codesOf(await auditUndeclared(bare))).toEqual([]);
});

test('a NaN at a prompt is none of the loss', async () => {
  const bad = plant(simulate(LARGE), () => ({ nan: [{ field: 'logProbs', token: 0 }] }));
  expect(codesOf(await auditOf(bad))).toEqual([]);
});

test('later than the first step a policy may be a sharpened reference', async () => {
  const sharpened = plant(simulate({ ...LARGE, temperature: 0.7, firstStep: 5 }), untemperedReference);
  expect(codesOf(await auditOf(sharpened))).not.toContain('ref-temperature');
});

describe('a critic', () => {
  test('that is wrong by a constant, or knows nothing yet, is not tempered', async () => {
    for (const change of [(x: number) => x + 0.4, () => 0, (x: number) => 0.5 * x + 0.3]) {
      const bad = plant(simulate(LARGE), (t) => ({
        values: t.values!.map((x) => (Number.isNaN(x) ? x : change(x))),
      }));
      expect(codesOf(await auditOf(bad))).toEqual([]);
    }
  });
});
