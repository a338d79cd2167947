// A counter-example of a proof, read from its file, shows both sides as the proof printed them.
import { describe, expect, test } from 'vitest';
import { gapsOf, type ShownGap } from '../../src/analyses/gaps.ts';
import { statementOnPolicy } from '../../src/analyses/verifyStatement.ts';
import type { Claim } from '../../src/claims/claim.ts';
import type { WrongStatement } from '../../src/claims/statement.ts';
import { claimStatements } from '../../src/claims/statements.ts';
import { policySchema } from '../../src/documents/policy.ts';
import { parsePolicy, policyChunks } from '../../src/policy/format.ts';
import type { TabularPolicy } from '../../src/policy/tabular.ts';
import { refuteControl } from '../../src/proofs/prove.ts';

const options = { source: 'counter.json', seed: 1, claims: [], exact: true };

/** The policy of a counter-example as it is read from its file, and what the proof says of it. */
function counterExample(claim: string, wrong: WrongStatement): { policy: TabularPolicy; words: string } {
  const { policy, words } = refuteControl(wrong, claim).counterExample!;
  expect(policySchema.safeParse(policy).error, wrong.name).toBeUndefined();
  return { policy: parsePolicy(JSON.stringify(policy), 'counter.json'), words };
}

function first(policy: TabularPolicy, claims: readonly Claim[] = []): ShownGap {
  return gapsOf({ ...options, policy, claims })[0]!;
}

describe.each(claimStatements)('$id', ({ id, controls }) => {
  test.each(controls)('$name', (wrong) => {
    const { policy, words } = counterExample(id, wrong);
    const found = first(policy);
    expect(found).toMatchObject({ claim: id, statement: wrong.name, mistake: wrong.mistake });
    const { entry, exact, gap, left, right } = found;
    expect(words).toMatch(`entry ${entry}: left is ${exact!.left}, right is ${exact!.right}`);
    expect(gap).toBeGreaterThan(0);
    expect(gap).toBe(Math.abs(left! - right!));
    // The file is written as it was read.
    expect(parsePolicy([...policyChunks(policy)].join(''), 'again')).toEqual(policy);
  });
});

/** A claim of one's own with one wrong statement about a step. */
function own(wrong: WrongStatement): Claim {
  return {
    id: 'mine',
    title: '',
    statement: '',
    formulas: [],
    assumptions: [],
    statements: { statements: [], controls: [wrong], outside: [] },
    run: () => ({ checks: [], controls: [], figures: [] }),
  };
}

test.each(['sample', 'decision'] as const)('a step of a %s history', (only) => {
  const wrong: WrongStatement = {
    name: 'all symbols are 0',
    mistake: 'What follows is nothing.',
    kind: 'induction',
    place: 'step',
    only,
    symbols: ({ leaves }) => ({ after: leaves }),
    sides: ({ field, prob, graph }, { after }) => ({
      left: field.mul(prob, after!),
      right: field.from(new Float64Array(graph.edges)),
    }),
  };
  const { policy, words } = counterExample('mine', wrong);
  const { entry, exact } = first(policy, [own(wrong)]);
  expect(policy.statement?.component).toBe(only);
  expect(words).toMatch(`entry ${entry}: left is ${exact!.left}, right is 0`);
  const { component: _, ...without } = policy.statement!;
  expect(() => first({ ...policy, statement: without }, [own(wrong)])).toThrow(
    'counter.json: statement.component is missing; expected "sample" or "decision"',
  );
});

describe('a file that does not fit its statement', () => {
  const c1 = claimStatements[0]!;
  const c5 = claimStatements.find(({ id }) => id === 'C5')!;
  const tree = counterExample('C1', c1.controls[0]!).policy;
  const padded = counterExample('C5', c5.controls[0]!).policy;
  const statement = tree.statement!;

  /** By what is wrong: changes of the statement, as functions, since symbols are fractions, which no title of a test can show. */
  const CHANGES: Readonly<Record<string, () => [change: Partial<typeof statement>, message: string]>> = {
    'a claim': () => [
      { of: { claim: 'C33', name: 'x' } },
      'statement.claim: unknown claim "C33" (did you mean "C3"?)',
    ],
    'a name': () => [
      { of: { claim: 'C1', name: 'every secnd token' } },
      '(did you mean "every second token"?)',
    ],
    'no symbols': () => [{ symbols: {} }, 'statement.symbols.direction is missing; expected 6 numbers'],
    'a short symbol': () => [
      { symbols: { direction: [] } },
      'statement.symbols.direction: expected 6 numbers, found 0',
    ],
    'a surplus symbol': () => [
      { symbols: { ...statement.symbols, beta: [] } },
      'statement.symbols.beta is no symbol of',
    ],
    'a text': () => [
      { of: { text: 'V_sampl = 0' }, symbols: {} },
      'statement.text: unknown quantity "V_sampl"',
    ],
  };

  test.each(Object.keys(CHANGES))('%s', (name) => {
    const [change, message] = CHANGES[name]!();
    expect(() => first({ ...tree, statement: { ...statement, ...change } })).toThrow(message);
  });

  test('a row that the padding construction has once, with two values', () => {
    const { shape, logits } = padded;
    expect(shape.length).toBeGreaterThan(1);
    const sample = logits.sample.map((x, i) => (i === logits.sample.length - 1 ? x + 1 : x));
    expect(() => first({ ...padded, logits: { ...logits, sample } })).toThrow(
      /counter\.json: odds\.sample\[".*"\]: expected the numbers of odds\.sample\[".*"\], since it is put to the padding construction/,
    );
    const { reward } = padded;
    if (reward.kind !== 'table') throw new Error('a table was written');
    const values = reward.values.map((x, i) => (i === 0 ? x + 1 : x));
    expect(() => first({ ...padded, reward: { kind: 'table', values } })).toThrow(
      'counter.json: reward of "',
    );
  });

  test('another shape', () => {
    const c2 = claimStatements.find(({ id }) => id === 'C2')!;
    const small = c2.statements.find(({ place }) => place === 'smallTree')!;
    const of = { claim: 'C2', name: small.name };
    expect(() => first({ ...tree, statement: { of, symbols: {} } })).toThrow(
      'found attempts 1, length 2, vocabulary 2',
    );
    expect(() => statementOnPolicy('V_sample(L=3) = 0', tree, 'mine.json', false)).toThrow(
      'mine.json: length: expected 3, the largest L of the statement, found 2',
    );
  });
});
