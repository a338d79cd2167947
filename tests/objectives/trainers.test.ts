// Objectives as trainers have them: every preset can be used, differs from the defaults where it says so, and names are looked up.
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/base/errors.ts';
import {
  chooseObjective,
  getObjective,
  objectiveNames,
  objectives,
  type Trainer,
  trainerNames,
  trainers,
} from '../../src/objectives/index.ts';
import { expectClose, offPolicy, pair, weightsOf } from './pair.ts';

const all = trainerNames.flatMap((trainer) =>
  Object.entries(trainers[trainer].presets).map(([name, preset]) => ({
    name,
    preset,
    full: `${name}@${trainer}`,
  })),
);

describe.each(all)('$full', ({ name, preset, full }) => {
  it('has options of an objective, and says where they come from', () => {
    const { objective, options, trainer } = chooseObjective(full);
    const own = objectives[preset.objective ?? (name as keyof typeof objectives)];
    expect(Object.keys(options)).toEqual(Object.keys(own.options));
    expect(options).toEqual(own.parseOptions(preset.options));
    expect(objective.name).toBe(full);
    expect(full).toBe(`${name}@${trainer}`);
    expect(preset.source).toMatch(/\.(py|yaml)/);
    for (const sentence of preset.differs ?? []) expect(sentence).toMatch(/^\S.*\.$/);
  });

  it('has weights', () => {
    const values = { value: Float64Array.of(0, 0.25, 0.5, 0.75) };
    const w = weightsOf(full, pair({ ...offPolicy, ...values }));
    expect(w.every(Number.isFinite)).toBe(true);
    expect(w.some((x) => x !== 0)).toBe(true);
  });

  it('takes options of its objective, and refuses others under its own name', () => {
    expect(chooseObjective(full, { update: 'sample' }).options.update).toBe('sample');
    expect(() => chooseObjective(full, { nonsense: 1 })).toThrow(`${full}: unknown option "nonsense"`);
  });
});

describe('conventions by hand', () => {
  // Rewards 1 and 0 of one group, L = 3 and 1: A = ±½/(√½ + ε).
  const a = (epsilon: number): number => 0.5 / (Math.SQRT1_2 + epsilon);

  it('GRPO divides by the length in TRL, by all tokens in verl, with their own ε', () => {
    const trl = a(1e-4);
    expectClose(weightsOf('grpo@trl', pair()), [trl / 6, trl / 6, trl / 6, -trl / 2]);
    expectClose(
      weightsOf('grpo@verl', pair()),
      [1, 1, 1, -1].map((sign) => (sign * a(1e-6)) / 4),
    );
    expectClose(
      weightsOf('grpo@openrlhf', pair()),
      [1, 1, 1, -1].map((sign) => (sign * a(1e-9)) / 4),
    );
  });

  it('GRPO takes off the mean of the others in NeMo-RL, with the KL of k2; prime-rl has another loss', () => {
    const off = pair({ refLogProb: Float64Array.of(-1.5, -2, -0.5, -1) });
    expectClose(weightsOf('grpo@nemo-rl', off), [(1 - 0.01 * 0.5) / 4, 1 / 4, 1 / 4, -1 / 4]);
    expectClose(weightsOf('grpo@prime-rl', pair()), [1 / 8, 1 / 8, 1 / 8, -1 / 8]);
    expect(weightsOf('grpo@prime-rl', pair(offPolicy))).toEqual(weightsOf('dppo', pair(offPolicy)));
  });

  it('verl keeps a group of one with A = R, TRL drops it', () => {
    const apart = pair({ group: Int32Array.of(0, 1) });
    expectClose(
      weightsOf('grpo@verl', apart),
      [1, 1, 1, 0].map((r) => r / (1 + 1e-6) / 4),
    );
    expectClose(weightsOf('grpo@trl', apart), [0, 0, 0, 0]);
    expectClose(weightsOf('rloo@verl', apart), [1 / 4, 1 / 4, 1 / 4, 0]);
  });

  it('the dual clip of verl is 3, TRL has none; its CISPO is capped at ε itself', () => {
    const far = pair({ reward: Float64Array.of(1, 0), oldLogProb: Float64Array.of(-1, -2, -0.5, -3) });
    expect(weightsOf('grpo@verl', far)[3]! + 0).toBe(0);
    expect(weightsOf('grpo@trl', far)[3]).toBeLessThan(-1);
    expectClose(
      weightsOf('cispo@trl', pair()),
      [1, 1, 1, -1].map((sign) => (sign * 0.2 * a(1e-4)) / 4),
    );
  });

  it('RLOO of TRL has one ratio per sequence, the product, which is clipped', () => {
    // s = 2·½·1 = 1 and 2; A = ±1, one sequence in two.
    expectClose(weightsOf('rloo@trl', pair(offPolicy), { beta: 0 }), [1 / 2, 1 / 2, 1 / 2, -1]);
  });
});

describe('names', () => {
  it('an unknown trainer is named with the near one', () => {
    expect(() => getObjective('grpo@verll')).toThrow(
      new InputError(
        'unknown trainer "verll" (did you mean "verl"?); known: trl, verl, openrlhf, nemo-rl, prime-rl',
      ),
    );
    expect(() => getObjective('grpo@', 'config.json: train.objective')).toThrow(
      'config.json: train.objective: unknown trainer ""',
    );
  });

  it('an objective that the trainer does not have is named with those it has', () => {
    expect(() => getObjective('grp@prime-rl')).toThrow(
      new InputError(
        'objective "grp": prime-rl has none of that name (did you mean "grpo"?); it has sft, grpo, dppo, maxrl',
      ),
    );
    expect(() => getObjective('luspo@verl')).toThrow('objective "luspo": verl has none of that name');
    expect(() => getObjective('__proto__@verl')).toThrow('objective "__proto__": verl has none of that name');
    expect(() => getObjective('toString@trl')).toThrow('objective "toString": TRL has none of that name');
  });

  it('a name without @ has no trainer', () => {
    expect(chooseObjective('grpo')).toMatchObject({ trainer: undefined, options: { clipHigh: 0.2 } });
    expect(getObjective('grpo@verl')).toBe(getObjective('grpo@verl'));
  });

  it('an unknown objective is not answered with names of trainers', () => {
    getObjective('grpo@trl');
    expect(() => getObjective('nonsense')).toThrow(`known: ${objectiveNames.join(', ')}`);
  });

  it('every trainer is versioned, and has objectives that exist', () => {
    for (const { title, version, presets } of Object.values<Trainer>(trainers)) {
      expect(title).toMatch(/\S/);
      expect(version).toMatch(/^[0-9a-f]{8,} of 2026-\d\d-\d\d$/);
      for (const name of Object.keys(presets)) expect(objectiveNames).toContain(name);
    }
  });
});
