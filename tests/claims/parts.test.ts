// The parts claims are made of: Fisher matrices, families and tilts, binary rewards, masks, pictures as data.
import { describe, expect, test } from 'vitest';
import { rewardGradient } from '../../src/attribution/budget.ts';
import { evaluatedPolicy } from '../../src/attribution/evaluatedPolicy.ts';
import type { SharedFamily } from '../../src/attribution/twoCopy.ts';
import { expOf } from '../../src/attribution/vectors.ts';
import { randomStream } from '../../src/base/random.ts';
import { treeFigure } from '../../src/claims/c3CreditBudget/treeFigure.ts';
import { directionsOf, familyAlong, TWO_COPY } from '../../src/claims/c6AsymmetricStiffness/directions.ts';
import { maskedSpread } from '../../src/claims/c9Normalisation/maskedWeights.ts';
import type { ClaimSubject } from '../../src/claims/claim.ts';
import { withUniformMismatch } from '../../src/claims/shared/divergenceTerms.ts';
import { ESTIMATORS } from '../../src/claims/shared/estimators.ts';
import { groupsFit, withBinaryReward } from '../../src/claims/shared/expectedGradients.ts';
import { fisher, projected, quadraticForm, tabularQuadraticForm } from '../../src/claims/shared/fisher.ts';
import { asBatch } from '../../src/claims/shared/klAsTrained.ts';
import { familyOf, memberOf, members, paddingMismatch } from '../../src/claims/shared/lengthFamily.ts';
import { weightMap } from '../../src/claims/shared/weightMap.ts';
import { leafRewards, logSoftmaxRow, tabularModel } from '../../src/policy/model.ts';
import { randomPolicy } from '../../src/policy/random.ts';
import { arrays, enumerate, gradient } from '../oracle/bruteForce.ts';
import { drawPolicy } from '../oracle/policies.ts';
import { quantitiesOf } from '../oracle/quantities.ts';

/** Sums over at most 100 trajectories of 5 tokens, of products of numbers below 4. */
const TOLERANCE = 100 * 5 * 16 * Number.EPSILON;

describe('Fisher matrices', () => {
  const policy = drawPolicy({ attempts: 2, length: 2, vocabulary: 2 }, 4);
  const evaluated = evaluatedPolicy(policy);
  const world = enumerate(policy);
  const n = 2;
  const random = randomStream(1, 'tests/fisher');
  const features = Float64Array.from({ length: evaluated.graph.slots * n }, () => random.uniform() - 0.5);
  const family: SharedFamily = {
    graph: evaluated.graph,
    table: evaluated.model.logits,
    features,
    parameters: n,
  };

  /** featuresᵀ·(e_a − π) of one token, by the gradient of a single weight of one. */
  const score = (i: number, t: number): number[] => {
    const { sample, decision } = arrays(gradient(world, (j, s) => (j === i && s === t ? 1 : 0)));
    const g = [...sample, ...decision];
    return [0, 1].map((k) => g.reduce((sum, x, slot) => sum + x * features[slot * n + k]!, 0));
  };

  test.each(['sample', 'decision'] as const)('of %s tokens: E Σ u uᵀ', (component) => {
    const expected = [0, 0, 0, 0];
    world.trajectories.forEach(({ choices }, i) => {
      choices.forEach((choice, t) => {
        if (choice.component !== component) return;
        const u = score(i, t);
        for (let k = 0; k < 4; k++) expected[k]! += world.policy.path[i]! * u[k >> 1]! * u[k & 1]!;
      });
    });
    const found = fisher(family, evaluated, component);
    found.forEach((x, k) => {
      expect(Math.abs(x - expected[k]!)).toBeLessThanOrEqual(TOLERANCE);
    });
    const ofOther = fisher(family, evaluatedPolicy(drawPolicy(policy.shape, 6)), component);
    expect(Math.abs(ofOther[0]! - expected[0]!)).toBeGreaterThan(1e-4);
  });

  test('projections add up the slots of a component', () => {
    const { sample, decision } = arrays(quantitiesOf(policy, 1).rewardGradient);
    const of = (g: Float64Array, from: number, k: number): number =>
      g.reduce((sum, x, slot) => sum + x * features[(from + slot) * n + k]!, 0);
    const found = (['sample', 'decision'] as const).map((c) =>
      projected(family, rewardGradient(evaluated), c),
    );
    for (const k of [0, 1]) {
      expect(Math.abs(found[0]![k]! - of(sample, 0, k))).toBeLessThanOrEqual(TOLERANCE);
      expect(Math.abs(found[1]![k]! - of(decision, evaluated.graph.sampleSlots, k))).toBeLessThanOrEqual(
        TOLERANCE,
      );
    }
  });

  test('gᵀH⁻¹g, with a bound on the condition; none for a singular matrix', () => {
    const form = quadraticForm(Float64Array.of(2, 1, 1, 3), Float64Array.of(1, 2))!;
    // [2 1; 1 3]⁻¹ = [3 −1; −1 2]/5.
    expect(form.value).toBeCloseTo(7 / 5, 14);
    const condition = (5 + Math.sqrt(5)) / (5 - Math.sqrt(5));
    expect(form.condition).toBeGreaterThanOrEqual(condition);
    expect(form.condition).toBeLessThanOrEqual(2 * condition);
    expect(quadraticForm(Float64Array.of(1, 1, 1, 1), Float64Array.of(1, 2))).toBeUndefined();
    expect(quadraticForm(Float64Array.of(0, 0, 0, 0), Float64Array.of(0, 0))).toBeUndefined();
  });

  test('of a table: the credit budget of its component', () => {
    const { budget } = quantitiesOf(policy, 1);
    for (const c of ['sample', 'decision'] as const) {
      const found = tabularQuadraticForm(evaluated, rewardGradient(evaluated), c);
      // Blocks are divided by their smallest probability.
      const rarest = evaluated.reach.reduce((low, p) => Math.min(low, p), 1);
      expect(Math.abs(found - budget[c])).toBeLessThanOrEqual(TOLERANCE / rarest);
    }
  });
});

describe('families in L', () => {
  const subject = (attempts: number, vocabulary: number): ClaimSubject => {
    const policy = randomPolicy({ attempts, length: 1, vocabulary }, 3);
    return { policy, companion: policy, companionIs: 'policy', seed: 3 };
  };

  test('have the vocabulary and attempts of the policy, two attempts at least, four of either at most', () => {
    expect(familyOf(subject(3, 4))).toMatchObject({ attempts: 3, vocabulary: 4 });
    expect(familyOf(subject(1, 2))).toMatchObject({ attempts: 2, vocabulary: 2 });
    expect(familyOf(subject(1, 2))).toEqual(familyOf(subject(2, 2)));
    expect(familyOf(subject(9, 2))).toMatchObject({ attempts: 4, vocabulary: 2 });
    expect(familyOf(subject(1, 1000))).toMatchObject({ attempts: 2, vocabulary: 4 });
  });

  test('members put one player against another', () => {
    const family = familyOf(subject(2, 3));
    const { policy } = memberOf(family, 2, family.data, family.policy);
    expect(policy.model.logits.subarray(0, 3)).toEqual(family.data.first.subarray(0, 3));
    expect(policy.model.reference.subarray(0, 3)).toEqual(family.policy.first.subarray(0, 3));
    let built = 0;
    const member = members((length) => {
      built++;
      return memberOf(family, length);
    });
    expect(member(2)).toBe(member(2));
    expect(member(3)).not.toBe(member(2));
    expect(built).toBe(2);
  });

  test('the mismatch of a padding token is its KL', () => {
    const family = familyOf(subject(2, 3));
    const softmax = (xs: Float64Array): number[] => {
      const total = xs.reduce((sum, x) => sum + Math.exp(x), 0);
      return [...xs].map((x) => Math.exp(x) / total);
    };
    const [p, q] = [softmax(family.policy.padding), softmax(family.reference.padding)];
    const kl = p.reduce((sum, x, i) => sum + x * Math.log(x / q[i]!), 0);
    expect(Math.abs(paddingMismatch(family.policy, family.reference) - kl)).toBeLessThanOrEqual(TOLERANCE);
    expect(paddingMismatch(family.policy, family.policy)).toBe(0);
    expect(paddingMismatch(family.reference, family.policy)).not.toBeCloseTo(kl, 6);
    expect(expOf(logSoftmaxRow(Float64Array.of(1000, 1000)))).toEqual(Float64Array.of(0.5, 0.5));
  });

  test('a uniform mismatch makes first tokens padding', () => {
    const { policy, vocabulary } = withUniformMismatch(familyOf(subject(2, 3)));
    expect(policy.first.every((x, i) => x === policy.padding[i % vocabulary])).toBe(true);
  });

  test('the two-copy tilt moves sample tokens by one parameter, decisions by the other', () => {
    const family = familyOf(subject(2, 2));
    const member = memberOf(family, 3);
    const along = directionsOf(family, 5);
    const { features, parameters } = familyAlong(member, TWO_COPY, along);
    expect(parameters).toBe(2);
    for (let slot = 0; slot < member.graph.slots; slot++) {
      const decides = slot >= member.graph.sampleSlots;
      const row = [features[2 * slot]!, features[2 * slot + 1]!];
      const direction = decides ? along.decision : slot >= member.paddingSlot ? along.padding : along.first;
      expect(row).toEqual(decides ? [0, direction[slot % 2]] : [direction[slot % 2], 0]);
    }
  });
});

describe('rewards', () => {
  const policy = randomPolicy({ attempts: 2, length: 1, vocabulary: 2 }, 3);

  test('made binary: hit or not, and the best entries of a table', () => {
    expect(new Set(leafRewards(withBinaryReward(policy)))).toEqual(new Set([0, 1]));
    const table = {
      ...policy,
      reward: { kind: 'table', values: Float64Array.of(2, -1, 2, 0, 1, 2) },
    } as const;
    expect([...leafRewards(withBinaryReward(table))]).toEqual([1, 0, 1, 0, 0, 1]);
    const constant = { ...policy, reward: { kind: 'table', values: new Float64Array(6) } } as const;
    expect([...leafRewards(withBinaryReward(constant))]).toEqual([1, 1, 1, 1, 1, 1]);
  });

  test('groups can be enumerated unless every one of many trajectories has its own', () => {
    const large = { attempts: 3, length: 2, vocabulary: 3 };
    expect(groupsFit(evaluatedPolicy(randomPolicy(large, 1)))).toBe(true);
    expect(groupsFit(evaluatedPolicy(drawPolicy(large, 1)))).toBe(false);
  });
});

test('masks: the whole trajectory is balanced, one token late or without decisions it is not', () => {
  expect(maskedSpread('whole')).toBe(0);
  expect(maskedSpread('late')).toBeGreaterThan(0.1);
  expect(maskedSpread('noDecisions')).toBeGreaterThan(0.1);
});

describe('pictures', () => {
  test('a tree holds every action once, with its probability, and rewards at its leaves', () => {
    const policy = drawPolicy({ attempts: 2, length: 2, vocabulary: 2 }, 4);
    const { nodes } = treeFigure(policy);
    const { graph } = tabularModel(policy);
    const world = enumerate(policy);
    expect(nodes).toHaveLength(graph.edges + 1);
    expect(nodes[0]!.parent).toBeNull();
    const parents = new Set(nodes.map(({ parent }) => parent));
    const found = nodes.flatMap((node, i) => {
      expect(node.reward === null).toBe(parents.has(i));
      if (node.reward === null) return [];
      const actions: string[] = [];
      let probability = 1;
      for (let at: number | null = i; at !== null && at > 0; at = nodes[at]!.parent) {
        actions.unshift(nodes[at]!.action);
        probability *= nodes[at]!.probability;
        expect(nodes[at]!.parent!).toBeLessThan(at);
      }
      return [{ actions: actions.join(), probability, reward: node.reward }];
    });
    const expected = world.trajectories.map(({ choices, reward }, i) => ({
      actions: choices
        .map(({ component, action }) =>
          component === 'sample' ? `${action}` : ['STOP', 'RESAMPLE'][action]!,
        )
        .join(),
      probability: world.policy.path[i]!,
      reward,
    }));
    const byActions = new Map(found.map((leaf) => [leaf.actions, leaf]));
    expect(byActions.size).toBe(expected.length);
    for (const { actions, probability, reward } of expected) {
      expect(byActions.get(actions)!.reward).toBe(reward);
      expect(Math.abs(byActions.get(actions)!.probability - probability)).toBeLessThanOrEqual(TOLERANCE);
    }
  });

  test('the map of weights says which estimators are balanced', () => {
    const { rows, columns, groups } = weightMap(1, ESTIMATORS);
    expect(columns.map(({ component }) => component[0]).join('')).toBe('ssdssdssdss');
    expect(columns.map(({ label }) => label).join(' ')).toBe('0 1 STOP 1 0 STOP 0 1 RESAMPLE 1 0');
    expect(groups!.map((group) => group.columns)).toEqual([3, 3, 5]);
    expect(rows.map(({ label }) => label)).toEqual(ESTIMATORS.map(({ label }) => label));
    const unbalanced = rows.filter(({ note }) => note !== 'balanced').map(({ label }) => label);
    expect(unbalanced).toEqual(['PPO, ratio 1, critic', 'PPO, off policy, clip active']);
    const within = (values: readonly number[]): readonly number[][] =>
      [values.slice(0, 3), values.slice(3, 6), values.slice(6)].map((own) => [...own]);
    for (const { values, note } of rows) {
      expect(values).toHaveLength(11);
      const flat = within(values).every((own) => new Set(own.map((x) => x.toPrecision(12))).size === 1);
      expect(flat).toBe(note === 'balanced');
    }
    // The clip is active: some token of the off-policy trajectory has lost its gradient.
    expect(rows.at(-1)!.values.slice(6)).toContain(0);
  });

  test('the map of weights shows a bias between trajectories: 1/|o| gives the longer of two right ones less', () => {
    const { rows } = weightMap(1, ESTIMATORS);
    // Lengths 3 and 5, rewards 1 and 0.95 beside 0: the advantages are 0.35 and 0.3 of the mean 0.65.
    const ratio = (label: string): number => {
      const { values } = rows.find((row) => row.label === label)!;
      return values[10]! / values[3]!;
    };
    expect(ratio('Dr. GRPO')).toBeCloseTo(0.3 / 0.35, 12);
    expect(ratio('GRPO, 1/|o|')).toBeCloseTo(((3 / 5) * 0.3) / 0.35, 12);
  });
});

test('a policy with too many trajectories for one batch has a small one in its place, and names say so', () => {
  const of = (length: number) => randomPolicy({ attempts: 2, length, vocabulary: 2 }, 1);
  const subject = (length: number): ClaimSubject => ({
    policy: of(length),
    companion: of(1),
    companionIs: 'companion',
    seed: 1,
  });
  expect(asBatch(subject(2)).suffix).toBe('');
  expect(asBatch(subject(2)).policy.graph.leaves).toBe(4 + 16);
  expect(asBatch(subject(7)).suffix).toContain('too many trajectories for one batch');
  expect(asBatch(subject(7)).policy.graph.leaves).toBe(4 + 16);
});
