// The padding construction against its full trajectory trees: a class of histories stands for all of its members.
import { describe, expect, test } from 'vitest';
import { expectedAttempts, rewardBudget, rewardGradient } from '../../src/attribution/budget.ts';
import { klGradient, klTerms } from '../../src/attribution/divergence.ts';
import { EvaluatedPolicy } from '../../src/attribution/evaluatedPolicy.ts';
import { joinLogits, splitTable } from '../../src/policy/model.ts';
import {
  expandPadding,
  type PaddingFamily,
  type PaddingLogits,
  type PaddingTying,
  paddingFamily,
  paddingMember,
  withAttempts,
} from '../../src/policy/padding.ts';
import type { TabularPolicy } from '../../src/policy/tabular.ts';
import { historyKeys, type Table } from '../oracle/bruteForce.ts';
import { quantitiesOf } from '../oracle/quantities.ts';

const CASES = [
  { attempts: 1, vocabulary: 3, length: 3 },
  { attempts: 2, vocabulary: 2, length: 1 },
  { attempts: 2, vocabulary: 2, length: 2 },
  { attempts: 2, vocabulary: 2, length: 3 },
  { attempts: 2, vocabulary: 3, length: 2 },
  { attempts: 3, vocabulary: 2, length: 1 },
  { attempts: 3, vocabulary: 2, length: 2 },
  { attempts: 4, vocabulary: 2, length: 1 },
];
const BOTH = ['tied', 'untied'] as const;

/** First tokens of a history, joined as in a tree of length 1. */
function classOf(history: string): string {
  const opens = history.endsWith('/') ? '/' : '';
  const words = history.split('/').filter((word) => word !== '');
  return words.map((word) => word.split(',')[0]).join('/') + opens;
}

/** Tokens since the last '/', and whether more are to come. */
const positionOf = (history: string): number => {
  const rest = history.slice(history.lastIndexOf('/') + 1);
  return rest === '' ? 0 : rest.split(',').length;
};

/** The reward of the last first token, trajectory by trajectory. */
function expanded(
  family: PaddingFamily,
  length: number,
  policy: PaddingLogits,
  reference: PaddingLogits,
): TabularPolicy {
  const { attempts, vocabulary, target, attemptCost } = family;
  const shape = { attempts, length, vocabulary };
  const keys = historyKeys({ ...shape, attempts: attempts + 1 }, 'decision');
  const values = keys.map((key) => {
    const last = key.split('/').at(-1)!.split(',')[0]!;
    return (Number(last) === target ? 1 : 0) - attemptCost * (key.split('/').length - 1);
  });
  return {
    shape,
    reward: { kind: 'table', values: Float64Array.from(values) },
    logits: expandPadding(family, policy, length),
    reference: expandPadding(family, reference, length),
  };
}

/** A gradient by history, added up over the members of each class: [slots] of the padding graph. */
function byClass(family: PaddingFamily, table: Table, length: number, tying: PaddingTying): Float64Array {
  const { attempts, vocabulary } = family;
  const single = { attempts, length: 1, vocabulary };
  const classes = historyKeys(single, 'sample');
  const decisions = historyKeys(single, 'decision');
  const paddingRows = length === 1 ? 0 : tying === 'tied' ? 1 : length - 1;
  const samples = (classes.length + paddingRows) * vocabulary;
  const out = new Float64Array(samples + decisions.length * 2);
  for (const [id, row] of table) {
    const history = id.slice(id.indexOf(':') + 1);
    const position = positionOf(history);
    let start: number;
    if (id.startsWith('decision')) start = samples + 2 * decisions.indexOf(classOf(history));
    else if (position > 0) start = (classes.length + (tying === 'tied' ? 0 : position - 1)) * vocabulary;
    else start = classes.indexOf(classOf(history)) * vocabulary;
    row.forEach((x, a) => {
      out[start + a]! += x;
    });
  }
  return out;
}

const gap = (a: Float64Array, b: Float64Array): number =>
  a.length === b.length
    ? a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0)
    : Number.POSITIVE_INFINITY;

/** At most 84 trajectories of 8 tokens, log-ratios of some 20: a thousand roundings of numbers below 100. */
const TOLERANCE = 1000 * 100 * Number.EPSILON;

describe.each(CASES)(
  'attempts $attempts, vocabulary $vocabulary, L = $length',
  ({ attempts, vocabulary, length }) => {
    const family = paddingFamily(attempts, vocabulary, 7);

    test.each(BOTH)('%s: rewards, budgets, KL terms and gradients of the full tree', (tying) => {
      const q = quantitiesOf(expanded(family, length, family.policy, family.reference), 1);
      const { graph, reward, table } = paddingMember(family, length, tying);
      const model = { graph, reward, logits: table(family.policy), reference: table(family.reference) };
      const policy = new EvaluatedPolicy(model);
      const { mean, variance, budget } = rewardBudget(policy);
      const kl = klTerms(policy, policy.reference);
      const pairs = [
        [mean, q.mean],
        [variance, q.variance],
        [budget.sample, q.budget.sample],
        [budget.decision, q.budget.decision],
        [expectedAttempts(policy), q.attempts],
        [kl.sample, q.klTerms.sample],
        [kl.decision, q.klTerms.decision],
      ] as const;
      for (const [found, expected] of pairs)
        expect(Math.abs(found - expected)).toBeLessThanOrEqual(TOLERANCE);
      const ofReward = rewardGradient(policy);
      expect(gap(ofReward, byClass(family, q.rewardGradient, length, tying))).toBeLessThanOrEqual(TOLERANCE);
      const ofKl = klGradient(policy, policy.reference);
      expect(gap(ofKl, byClass(family, q.klGradient, length, tying))).toBeLessThanOrEqual(TOLERANCE);
      expect(gap(ofKl, byClass(family, q.rewardGradient, length, tying))).toBeGreaterThan(1e-3);
    });

    test('the expanded logits read the row of the class', () => {
      const shape = { attempts, length, vocabulary };
      const single = { ...shape, length: 1 };
      for (const player of [family.policy, family.reference, family.data]) {
        const { sample, decision } = expandPadding(family, player, length);
        const rows = historyKeys(single, 'sample');
        const expectedSample = historyKeys(shape, 'sample').flatMap((history) => {
          const row = rows.indexOf(classOf(history)) * vocabulary;
          return [
            ...(positionOf(history) > 0 ? player.padding : player.first.subarray(row, row + vocabulary)),
          ];
        });
        expect([...sample]).toEqual(expectedSample);
        const decisions = historyKeys(single, 'decision');
        const expectedDecision = historyKeys(shape, 'decision').flatMap((history) => {
          const row = decisions.indexOf(classOf(history)) * 2;
          return [...player.decision.subarray(row, row + 2)];
        });
        expect([...decision]).toEqual(expectedDecision);
      }
    });

    test('which tokens are padding, and where their rows begin', () => {
      for (const tying of BOTH) {
        const { graph, isPadding, paddingSlot, table } = paddingMember(family, length, tying);
        graph.layers.forEach(({ component, edgeStart, source }, i) => {
          const position = i % (length + 1);
          const padded = component === 'sample' && position > 0;
          expect(new Set(isPadding.subarray(edgeStart, edgeStart + source.length))).toEqual(
            new Set([padded ? 1 : 0]),
          );
        });
        isPadding.forEach((flag, e) => {
          const slot = graph.slot[e]!;
          expect(slot >= paddingSlot && slot < graph.sampleSlots).toBe(flag === 1);
        });
        const { sample, decision } = splitTable(graph, table(family.policy));
        expect([...sample.subarray(0, paddingSlot)]).toEqual([...family.policy.first]);
        expect([...decision]).toEqual([...family.policy.decision]);
        const rows = (sample.length - paddingSlot) / vocabulary;
        expect(rows).toBe(length === 1 ? 0 : tying === 'tied' ? 1 : length - 1);
        for (let row = 0; row < rows; row++) {
          const from = paddingSlot + row * vocabulary;
          expect([...sample.subarray(from, from + vocabulary)]).toEqual([...family.policy.padding]);
        }
      }
    });
  },
);

test('L = 1 is the tabular policy itself', () => {
  const family = paddingFamily(3, 3, 2);
  const { policy } = family;
  expect(expandPadding(family, policy, 1)).toEqual({ sample: policy.first, decision: policy.decision });
  const { table } = paddingMember(family, 1, 'tied');
  expect(table(policy)).toEqual(joinLogits({ sample: policy.first, decision: policy.decision }));
});

test('the graph grows with L by a constant, far beyond enumeration', () => {
  const family = paddingFamily(3, 3, 2);
  const edges = [999, 1000, 1001].map((length) => paddingMember(family, length, 'tied').graph.edges);
  // A layer of padding for each attempt: 3 + 9 + 27 classes of 3 tokens each.
  expect(edges[1]! - edges[0]!).toBe((3 + 9 + 27) * 3);
  expect(edges[2]! - edges[1]!).toBe((3 + 9 + 27) * 3);
});

test('families of other seeds differ, and players of one family differ everywhere', () => {
  const family = paddingFamily(2, 3, 1);
  expect(paddingFamily(2, 3, 1)).toEqual(family);
  expect(paddingFamily(2, 3, 2).policy.first).not.toEqual(family.policy.first);
  for (const part of ['first', 'decision', 'padding'] as const) {
    const values = [family.policy, family.reference, family.data].flatMap((player) => [...player[part]]);
    expect(new Set(values).size).toBe(values.length);
  }
});

test('cut to its first attempts a family keeps their rows', () => {
  const family = paddingFamily(4, 2, 1);
  const short = withAttempts(family, 2);
  const { graph, table } = paddingMember(short, 3, 'untied');
  const { graph: whole } = paddingMember(family, 3, 'untied');
  expect(short.attempts).toBe(2);
  expect(short.policy.first).toEqual(family.policy.first.subarray(0, 3 * 2));
  expect(short.policy.decision).toEqual(family.policy.decision.subarray(0, 2 * 2));
  expect(short.data.padding).toEqual(family.data.padding);
  expect(table(short.reference)).toHaveLength(graph.slots);
  expect(whole.layers.length).toBe(2 * graph.layers.length + 1);
});
