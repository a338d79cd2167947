// E g decided for one member of a group at a time and by all groups: where both can tell they agree, and where one cannot the other does.
import { describe, expect, test } from 'vitest';
import { type ObjectiveName, objectives, type RawOptions } from '../../../src/objectives/index.ts';
import { factorInG } from '../../../src/proofs/objectives/everyGroup.ts';
import {
  decideEnumerated,
  decideEnumeratedFactor,
  decideMember,
  decideMemberFactor,
} from '../../../src/proofs/objectives/expectations.ts';
import {
  balanceVerdict,
  builtInSubject,
  proveObjective,
  type Subject,
} from '../../../src/proofs/objectives/index.ts';
import { addedByBaseline, addedByPadding } from '../../../src/proofs/objectives/oneMember.ts';
import { baselineFree, lengthFree } from '../../../src/proofs/objectives/questions.ts';
import { formula } from './formula.ts';

const ONE = { points: 1, seed: 3 };
const SMALL = { attempts: 2, length: 1, vocabulary: 2 };
const PAIRS = { ...SMALL, groupSize: 2 };

describe('one member at a time, and all groups', () => {
  const subjectOf = (name: ObjectiveName, raw: RawOptions = {}): Subject =>
    builtInSubject(name, objectives[name].parseOptions(raw));

  test.each<[ObjectiveName, RawOptions]>([
    ['sft', {}],
    ['rloo', {}],
    ['rloo', { beta: 0.1, klEstimator: 'k2', klPlacement: 'loss' }],
    ['grpo', {}],
    ['drGrpo', {}],
    ['ppo', { critic: 'value', aggregation: 'sequenceSum' }],
    ['maxrl', {}],
    ['luspo', {}],
  ])('%s %o: both say the same of E g in pairs', (name, raw) => {
    const subject = subjectOf(name, raw);
    const shape = SMALL;
    const factor = decideMemberFactor(subject, ONE, shape, 2);
    const other = decideEnumeratedFactor(subject, ONE, shape, 2);
    expect([factor.decision.holds, factor.factor]).toEqual([other.decision.holds, other.factor]);
    for (const [question, ofMember] of [
      [baselineFree(shape), addedByBaseline],
      [lengthFree(shape), addedByPadding],
    ] as const) {
      const alone = decideMember(subject, ofMember, ONE, question.shape, 2);
      expect(alone.holds).toBe(decideEnumerated(subject, question, ONE, 2).holds);
    }
  });

  test('a critic of histories drops out for one member, whatever GAE makes of it; one that reads the action does not', () => {
    const withCritic = subjectOf('ppo', { critic: 'value', aggregation: 'sequenceSum' });
    expect(decideMemberFactor(withCritic, ONE, SMALL, 2).factor).toEqual({ n: 1n, d: 1n });
    const ofAction = formula((field, reward, { prob }) => field.sub(reward, prob));
    expect(decideMemberFactor(ofAction, ONE, SMALL, 2).decision.holds).toBe(false);
  });

  test('weights that cancel between two members alone are proved by all groups', () => {
    const exchanged: Subject = {
      weights: (field, batch) => {
        const product = field.mul(batch[0]!.reward, batch[1]!.reward);
        return batch.map(({ reward, tokens }, i) => {
          const w = [field.add, field.sub][i]!(reward, product);
          return tokens.map(() => field.div(w, field.number(2)));
        });
      },
    };
    expect(decideMemberFactor(exchanged, ONE, SMALL, 2).decision.holds).toBe(false);
    const { unbiased: verdict, factor } = proveObjective(exchanged, ONE, PAIRS);
    expect([verdict.verdict, factor.value]).toEqual(['proved', '1 for groups of 2']);
  });

  test('members that coincide are seen: what happens to equal rewards alone is refuted', () => {
    const whenEqual: Subject = {
      weights: (field, batch) =>
        batch.map(({ reward, tokens }, i) => {
          const isEqual = field.isZero(field.sub(batch[1 - i]!.reward, reward));
          return tokens.map(() => field.div(isEqual ? field.mul(reward, reward) : reward, field.number(2)));
        }),
    };
    expect(decideMemberFactor(whenEqual, ONE, SMALL, 2).decision.holds).toBe(false);
    expect(proveObjective(whenEqual, ONE, PAIRS).unbiased.verdict).toBe('refuted');
  });

  test('a formula that asks isZero of what tokens share is not decided by one member', () => {
    const atEqual = formula((field, reward, { prob }) => (field.isZero(prob) ? field.number(7) : reward));
    const decision = decideMemberFactor(atEqual, ONE, SMALL, 2).decision;
    expect(decision).toMatchObject({ holds: false, reason: expect.stringContaining('isZero') });
  });

  test('a formula that is wrong in groups of three alone is refuted there', () => {
    const inThrees = formula((field, reward, _token, batch) =>
      batch.length === 3 ? field.mul(reward, reward) : reward,
    );
    const { unbiased: verdict, factor } = proveObjective(inThrees, ONE, { ...SMALL, groupSize: 3 });
    expect([verdict.verdict, verdict.groupSize, factor.groupSize]).toEqual(['refuted', 3, 3]);
    expect(proveObjective(inThrees, ONE, PAIRS).unbiased.verdict).toBe('proved');
  });

  test('a formula that is wrong in the third token of an attempt alone is found at length 2, not at length 1', () => {
    const third: Subject = {
      weights: (field, batch) =>
        batch.map(({ reward, tokens }) =>
          tokens.map(({ attempt }, t) => {
            const isThird = tokens.slice(0, t).filter((one) => one.attempt === attempt).length === 2;
            return isThird && tokens[t]!.component === 'sample' ? field.number(3) : reward;
          }),
        ),
    };
    const at = (length: number): string =>
      balanceVerdict(third, 'onPolicy', ONE, { ...PAIRS, length }).verdict;
    expect([at(1), at(2)]).toEqual(['proved', 'refuted']);
  });

  test('three attempts of two tokens from three, groups of four: RLOO and Dr. GRPO', () => {
    const shape = { attempts: 3, length: 2, vocabulary: 3 };
    expect(decideMemberFactor(subjectOf('rloo'), ONE, shape, 4).factor).toEqual({ n: 1n, d: 1n });
    expect(decideMemberFactor(subjectOf('drGrpo'), ONE, shape, 4).factor).toEqual({ n: 3n, d: 4n });
  });

  test('from groups of 2 to 5 there is a text in G', () => {
    const inG = (name: ObjectiveName): string | undefined =>
      factorInG(
        [2, 3, 4, 5].map((size) => ({
          size,
          factor: decideMemberFactor(subjectOf(name), ONE, SMALL, size).factor!,
        })),
      );
    expect([inG('reinforce'), inG('rloo'), inG('drGrpo')]).toEqual(['1', '1', '(G − 1)/G']);
  });
});
