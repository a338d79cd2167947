// Weights in three steps: any cut of a batch gives the bits of the whole, and other advantages may stand in for those of the formula.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Options } from '../../src/base/options.ts';
import type { TokenBatch } from '../../src/objectives/batch.ts';
import { joinNumbers, objectiveNames, objectives, sliceScales } from '../../src/objectives/index.ts';
import type { Objective, TermWeights } from '../../src/objectives/objective.ts';
import { batches, EPSILON, optionsOf, withoutSingletons } from './batches.ts';

/** The trajectories from … to − 1 of a batch. */
function piece(batch: TokenBatch, from: number, to: number): TokenBatch {
  const [first, last] = [batch.offsets[from]!, batch.offsets[to]!];
  const tokens = (a: Float64Array): Float64Array => a.subarray(first, last);
  return {
    offsets: batch.offsets.slice(from, to + 1).map((at) => at - first),
    logProb: tokens(batch.logProb),
    oldLogProb: tokens(batch.oldLogProb),
    refLogProb: tokens(batch.refLogProb),
    value: tokens(batch.value!),
    samplerLogProb: tokens(batch.samplerLogProb!),
    mask: batch.mask.subarray(first, last),
    component: batch.component.subarray(first, last),
    attempt: batch.attempt.subarray(first, last),
    reward: batch.reward.subarray(from, to),
    group: batch.group.subarray(from, to),
    rewards: batch.rewards!.map((one) => one.subarray(from, to)),
  };
}

function partsOf(objective: Objective) {
  if (objective.parts === undefined) throw new Error(`${objective.name} has no parts`);
  return objective.parts;
}

/** The weights of a batch that is cut before the trajectories `at`, ascending; term by term. */
function inPieces(
  objective: Objective,
  batch: TokenBatch,
  options: Options,
  at: readonly number[],
  advantageOf = (a: Float64Array): Float64Array => a,
): Record<keyof TermWeights, number[]> {
  const { numbers, scales, weights } = partsOf(objective);
  const B = batch.reward.length;
  const bounds = [...new Set([0, ...at, B])];
  const cuts = bounds.slice(1).map((to, k) => [bounds[k]!, to] as const);
  const all = joinNumbers(cuts.map(([from, to]) => numbers(piece(batch, from, to), options)));
  const given = scales(all, options);
  const used = { ...given, advantage: advantageOf(given.advantage) };
  const terms = cuts.map(([from, to]) =>
    weights(piece(batch, from, to), sliceScales(used, from, to), options),
  );
  return {
    total: terms.flatMap(({ total }) => [...total]),
    policy: terms.flatMap(({ policy }) => [...policy]),
    kl: terms.flatMap(({ kl }) => [...(kl ?? [])]),
  };
}

describe.each(objectiveNames)('%s', (name) => {
  const objective = objectives[name];
  const cases = fc
    .tuple(batches, optionsOf(name), fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 4 }))
    .map(([batch, options, at]) => ({
      batch: name === 'rloo' ? withoutSingletons(batch) : batch,
      options,
      at: at.filter((i) => i < batch.reward.length).sort((i, j) => i - j),
    }));

  it('has the same bits in any pieces as in one', () => {
    fc.assert(
      fc.property(cases, ({ batch, options, at }) => {
        expect(inPieces(objective, batch, options, at).total).toEqual([...objective.weights(batch, options)]);
      }),
    );
  });

  it('has terms that add up to its weights', () => {
    fc.assert(
      fc.property(cases, ({ batch, options, at }) => {
        const { total, policy, kl } = inPieces(objective, batch, options, at);
        for (const [t, w] of total.entries()) {
          const [a, b] = [policy[t]!, kl[t] ?? 0];
          // Three products and a difference, each rounded once.
          expect(Math.abs(a + b - w)).toBeLessThanOrEqual(4 * EPSILON * (Math.abs(a) + Math.abs(b)));
        }
        expect(kl.length).toBe(options.klPlacement === 'loss' && options.beta !== 0 ? total.length : 0);
      }),
    );
  });

  it('takes other advantages, in proportion where there is no KL and no ratio', () => {
    fc.assert(
      fc.property(cases, ({ batch: given, options: drawn, at }) => {
        const batch = { ...given, oldLogProb: given.logProb };
        const options = objective.parseOptions({
          ...drawn,
          ...(name === 'sft' ? {} : { beta: 0 }),
          ...('critic' in drawn ? { critic: 'none' } : {}),
        });
        const other = batch.reward.map((_, i) => (i % 3) - 1);
        const once = inPieces(objective, batch, options, at, () => other).total;
        const twice = inPieces(objective, batch, options, at, () => other.map((a) => 2 * a)).total;
        expect(twice).toEqual(once.map((w) => 2 * w));
        for (const [i, a] of other.entries()) {
          const own = once.slice(batch.offsets[i]!, batch.offsets[i + 1]!);
          if (a === 0) expect(own.every((w) => w === 0)).toBe(true);
          else expect(own.every((w) => w * a >= 0)).toBe(true);
        }
      }),
    );
  });
});

const one: TokenBatch = {
  offsets: Int32Array.of(0, 1, 3),
  logProb: Float64Array.of(-1, -1, -2),
  oldLogProb: Float64Array.of(-1, -1, -2),
  refLogProb: Float64Array.of(-1, -1, -2),
  mask: Uint8Array.of(1, 1, 1),
  component: Uint8Array.of(0, 0, 1),
  attempt: Int32Array.of(0, 0, 0),
  reward: Float64Array.of(1, 0),
  group: Int32Array.of(0, 0),
};

describe('by hand', () => {
  it('logged advantages take the place of those of the formula', () => {
    const { grpo } = objectives;
    const options = grpo.parseOptions({});
    const { scales, numbers, weights } = partsOf(grpo);
    const given = scales(numbers(one, options), options);
    const { total } = weights(one, { ...given, advantage: Float64Array.of(8, -4) }, options);
    // c = 1/(2·1) and 1/(2·2).
    expect([...total]).toEqual([4, -1, -1]);
  });

  it('under a critic A_i is R_i, from which the advantages of tokens follow with the values of the piece', () => {
    const { ppo } = objectives;
    const options = ppo.parseOptions({ critic: 'value', aggregation: 'sequenceSum', baseline: 9 });
    const { scales, numbers, weights } = partsOf(ppo);
    const batch = { ...one, value: Float64Array.of(0.5, 0.25, 0.5) };
    const given = scales(numbers(batch, options), options);
    expect([...given.advantage]).toEqual([1, 0]);
    expect([...weights(batch, given, options).total]).toEqual([0.25, -0.125, -0.25]);
  });

  it('scales of another number of trajectories are refused', () => {
    const { rloo } = objectives;
    const options = rloo.parseOptions({});
    const given = { advantage: Float64Array.of(1, 0), coefficient: Float64Array.of(1) };
    expect(() => partsOf(rloo).weights(one, given, options)).toThrow(
      'scales.coefficient: expected 2 entries (one per trajectory), found 1',
    );
  });

  it('pieces with different reward functions are refused', () => {
    const { numbers } = partsOf(objectives.grpo);
    const options = objectives.grpo.parseOptions({});
    const two = { ...one, rewards: [Float64Array.of(1, 0), Float64Array.of(0, 0)] };
    expect(() => joinNumbers([numbers(two, options), numbers(one, options)])).toThrow(
      'pieces[1].rewards: expected 2 reward functions as in the first piece, found none',
    );
    expect([...joinNumbers([numbers(two, options), numbers(two, options)]).rewards![0]!]).toEqual([
      1, 0, 1, 0,
    ]);
  });
});
