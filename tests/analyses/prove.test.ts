// `prove` as a library: claims of one's own, and what their statements may not do.
import { expect, test } from 'vitest';
import { prove } from '../../src/analyses/prove.ts';
import { sumOverActions } from '../../src/attribution/over/quantities.ts';
import type { Claim } from '../../src/claims/claim.ts';
import type { Statement } from '../../src/claims/statement.ts';

const shape = { attempts: 2, length: 1, vocabulary: 2 };

function claimOf(sides: Statement['sides'] | undefined): Claim {
  const statements = [
    { name: 'mine', kind: 'identity', sides: sides ?? (() => ({ left: 0, right: 0 })) },
  ] as Statement[];
  return {
    id: 'mine',
    title: 'Mine',
    statement: 'A claim.',
    formulas: [],
    assumptions: [],
    ...(sides === undefined ? {} : { statements: { statements, controls: [], outside: [] } }),
    run: () => ({ checks: [], controls: [], figures: [] }),
  };
}

const decide = (claim: Claim) => prove({ shape, points: 1, seed: 1, ids: [], own: [claim] });

test('a claim of one’s own is proved, or refuted with a policy', () => {
  const sumsToOne = claimOf((policy) => ({
    left: sumOverActions(policy, policy.prob),
    right: policy.field.ones(policy.graph.nodes),
  }));
  expect(decide(sumsToOne)).toMatchObject({ verdict: 'proved', claims: [{ id: 'mine', title: 'Mine' }] });
  const isOne = claimOf((policy) => ({ left: policy.prob, right: policy.field.ones(policy.graph.edges) }));
  const { verdict, claims } = decide(isOne);
  expect(verdict).toBe('refuted');
  expect(claims[0]!.statements[0]).toMatchObject({
    verdict: 'refuted',
    found: 'entry 0: left is 1/2, right is 1',
    counterExample: { attempts: 1, length: 1, vocabulary: 2, odds: { sample: { '': [1, 1] }, decision: {} } },
  });
});

test('a claim without statements, and statements that throw, are refused in words', () => {
  expect(() => decide(claimOf(undefined))).toThrow(
    'claim "mine": expected `statements` over any field to prove, found none',
  );
  const throwing = claimOf(() => {
    throw new Error('no field has this');
  });
  expect(() => decide(throwing)).toThrow('claim "mine": its statements threw Error: no field has this');
});

test.each<[string, unknown, string]>([
  ['async', async () => ({ left: [], right: [] }), 'gave a Promise; they are a function without async'],
  ['rejected', () => Promise.reject(new Error('late')), 'gave a Promise'],
  ['of one side', () => ({ left: [] }), 'gave an object in the place of { left, right }'],
  ['of nothing', () => undefined, 'gave nothing in the place of { left, right }'],
])('statements whose sides are %s are refused in words', (_name, sides, message) => {
  expect(() => decide(claimOf(sides as Statement['sides']))).toThrow(
    `claim "mine": its statements threw TypeError: sides of "mine" ${message}`,
  );
});

test('a document of nothing but what is outside is outside; one proved claim makes it proved', () => {
  const isTrue = claimOf(({ field }) => ({ left: field.ones(1), right: field.ones(1) }));
  const [statement] = isTrue.statements!.statements;
  const ofDecisions: Claim = {
    ...isTrue,
    statements: { ...isTrue.statements!, statements: [{ ...statement!, needsDecisions: true }] },
  };
  const verdictOf = (own: Claim[]) =>
    prove({ shape: { ...shape, attempts: 1 }, points: 1, seed: 1, ids: [], own }).verdict;
  expect(verdictOf([ofDecisions])).toBe('outside');
  expect(verdictOf([ofDecisions, { ...isTrue, id: 'other' }])).toBe('proved');
});
