// What a page computes is what the audit says, to the bit: of every objective, in steps and without, logged and not.
import { describe, expect, test } from 'vitest';
import { weightsOf } from '../../src/audit/index.ts';
import { explain } from '../../src/explorer/explain.ts';
import { packExplorer, unpackExplorer } from '../../src/explorer/pack.ts';
import { Weighing } from '../../src/explorer/weigh.ts';
import { objectiveNames, type RawOptions, trainers } from '../../src/objectives/index.ts';
import type { Trajectory } from '../../src/rollouts/index.ts';
import { chosen, dataOf, rollouts } from './fixtures.ts';

/** Through the text of a page. */
async function pageOf(trajectories: readonly Trajectory[]): Promise<Weighing> {
  return new Weighing(unpackExplorer(JSON.parse(packExplorer(await dataOf(trajectories)))));
}

async function expectSame(
  trajectories: readonly Trajectory[],
  name: string,
  options: RawOptions = {},
): Promise<void> {
  const expected = await weightsOf(trajectories, chosen(name, options));
  const weighing = await pageOf(trajectories);
  const { total } = weighing.under({ name, options: chosen(name, options).options }, 'logged');
  for (const [i, weights] of expected.entries()) {
    const [from, to] = [weighing.offset(i), weighing.offset(i) + trajectories[i]!.length];
    expect([name, i, [...total.subarray(from, to)]]).toEqual([name, i, [...(weights ?? [])]]);
  }
}

/** Options that change every part of a weight. */
const CHANGED: RawOptions = { beta: 0.3, aggregation: 'tokenMean' };

describe('weights in a page', () => {
  test('of every objective', async () => {
    for (const name of objectiveNames) await expectSame(rollouts(), name);
  });

  test('of the objectives of trainers', async () => {
    const names = Object.entries(trainers).flatMap(([trainer, { presets }]) =>
      Object.keys(presets).map((name) => `${name}@${trainer}`),
    );
    expect(names.length).toBeGreaterThan(10);
    for (const name of names) await expectSame(rollouts(), name);
  });

  test('with other options, in steps, at logged advantages, and where columns are missing', async () => {
    await expectSame(rollouts(), 'grpo', CHANGED);
    await expectSame(rollouts({ steps: 2 }), 'grpo', { ...CHANGED, klPlacement: 'reward', attemptCost: 0.2 });
    const logged = rollouts().map((one, i) => ({ ...one, advantage: i % 2 === 0 ? 0.5 : one.values! }));
    await expectSame(logged, 'grpo', CHANGED);
    const bare = rollouts().map(({ oldLogProbs: _, refLogProbs: __, samplerLogProbs: ___, ...one }) => one);
    await expectSame(bare, 'dapo', CHANGED);
    await expectSame(
      rollouts().map(({ group: _, ...one }) => one),
      'reinforce',
    );
  });

  test('another objective gives other weights', async () => {
    const weighing = await pageOf(rollouts());
    const [one, other] = ['grpo', 'drGrpo'].map(
      (name) => weighing.under({ name, options: {} }, 'logged').total,
    );
    expect([...one!]).not.toEqual([...other!]);
  });

  test('options out of range are refused with their place', async () => {
    const weighing = await pageOf(rollouts());
    expect(() => weighing.under({ name: 'grpo', options: { clipLow: 2 } }, 'logged')).toThrow(
      'grpo: option clipLow: expected a number from 0 to 1, found 2',
    );
    expect(() => weighing.under({ name: 'grop', options: {} }, 'logged')).toThrow('did you mean');
  });
});

/** w_t from the steps of an explanation, by the formula that stands there. */
function again({ formula, steps }: ReturnType<typeof explain>): number {
  const of = (symbol: string): number => steps.find((step) => step.symbol === symbol)!.value;
  const [, gain, pull] = /^w_t = c_i·\(?([^ ()]+)(?: − (.+)\))?$/.exec(formula) ?? [];
  const product = (text: string): number =>
    text.split(/·(?!s_i)/).reduce((value, symbol) => value * of(symbol), 1);
  return of('c_i') * (product(gain!) - (pull === undefined ? 0 : product(pull)));
}

describe('an explanation', () => {
  test('gives the weight again, of every objective; its formulas are those of the objective', async () => {
    const trajectories = rollouts({ steps: 2 });
    const weighing = await pageOf(trajectories);
    const unexplained = new Set<string>();
    for (const name of objectiveNames) {
      const { options } = chosen(name, name === 'sft' ? {} : CHANGED);
      const weighed = weighing.under({ name, options }, 'formula');
      for (const [i, { length, mask }] of trajectories.entries()) {
        for (let t = 0; t < length; t++) {
          const found = explain(weighing, weighed, i, t);
          const value = weighed.total[weighing.offset(i) + t]!;
          expect(found.value).toBe(value);
          if (mask[t] === 0) continue;
          // Products and quotients of six numbers, each right to half an ulp; cancellation between gain and penalty.
          const size =
            Math.abs(weighed.policy[weighing.offset(i) + t]!) +
            Math.abs(weighed.kl?.[weighing.offset(i) + t] ?? 0);
          expect(Math.abs(again(found) - value)).toBeLessThanOrEqual(1e-9 * size);
          if (found.steps.some(({ symbol }) => symbol === 'f_t')) unexplained.add(name);
        }
      }
    }
    // Corrections by the sampler, and masks of the whole sequence or by probabilities, have no words of their own.
    expect([...unexplained].sort()).toEqual(
      ['dppo', 'icepop', 'opsm', 'ppo', 'tis'].filter((n) => unexplained.has(n)),
    );
  });

  test.each([{ attemptCost: 0.02 }, { attemptCost: 0.1, beta: 0.05, klPlacement: 'reward' }])(
    'of an advantage after costs, %o',
    async (costs) => {
      const weighing = await pageOf(rollouts());
      const { options } = chosen('rloo', costs);
      const weighed = weighing.under({ name: 'rloo', options }, 'formula');
      for (const [i, { length }] of weighing.trajectories.entries()) {
        const [, advantage] = explain(weighing, weighed, i, length - 1).steps;
        expect(advantage!.formula).toBe('R′_i − mean of the others');
        expect(advantage!.meaning).toMatch(/after costs R′_i = /);
      }
    },
  );

  test('says why a token has no weight', async () => {
    const weighing = await pageOf(rollouts());
    const weighed = weighing.under({ name: 'grpo', options: { update: 'decision' } }, 'formula');
    expect(explain(weighing, weighed, 0, 0).numbers).toBe('m_t = 0: the token takes no part in the loss');
    expect(explain(weighing, weighed, 0, 2).numbers).toContain('update = decision');
  });

  test('in words of GRPO', async () => {
    const weighing = await pageOf(rollouts());
    const { formula, numbers, steps } = explain(
      weighing,
      weighing.under({ name: 'grpo', options: { beta: 0.1 } }, 'formula'),
      1,
      3,
    );
    expect(formula).toBe('w_t = c_i·(r_t·A_i − β·k′_t)');
    expect(numbers).toMatch(/^\S+·\(.+ − .+\) = \S+$/);
    expect(steps.map(({ symbol, formula: text }) => [symbol, text])).toEqual([
      ['c_i', '1/(B·L_i)'],
      ['A_i', '(R_i − mean R)/(std R + ε)'],
      ['r_t', 'e^(log π_t − log π_old,t)'],
      ['β', undefined],
      ['k′_t', '1 − e^(−δ_t)'],
    ]);
  });
});
