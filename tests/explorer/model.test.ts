// What is shown for a state: filters, orders, heat maps, comparisons, and what is said where there is nothing to see.
import { describe, expect, test } from 'vitest';
import { copied, copiedToken } from '../../src/explorer/copied.ts';
import { scaleOf, strength } from '../../src/explorer/measure.ts';
import { ExplorerModel } from '../../src/explorer/model.ts';
import { numberText, shareText } from '../../src/explorer/numberText.ts';
import { type ExplorerState, START } from '../../src/explorer/state.ts';
import { dataOf, rollouts } from './fixtures.ts';

const all = rollouts({ groups: 4 });
const modelOf = async () => new ExplorerModel(await dataOf(all, 'grpo'));
const state = (more: Partial<ExplorerState>): ExplorerState => ({ ...START, ...more });

describe('trajectories', () => {
  test('are filtered', async () => {
    const model = await modelOf();
    const shown = (more: Partial<ExplorerState>) => model.view(state(more)).shown;
    expect(shown({})).toHaveLength(16);
    expect(shown({ outcome: 'wrong' })).toEqual([...all.keys()].filter((i) => all[i]!.correct === false));
    expect(shown({ outcome: 'truncated' })).toEqual([3, 7, 11, 15]);
    expect(shown({ text: 'AGAIN' })).toEqual(
      [...all.keys()].filter((i) => all[i]!.tokens!.includes(' again')),
    );
    expect(shown({ finding: 7 })).toEqual([]);
  });

  test('are sorted, equal ones by their place', async () => {
    const { shown, totals } = (await modelOf()).view(state({ sort: 'weight' }));
    const weights = shown.map((i) => totals.weight[i]!);
    expect(weights).toEqual(weights.toSorted((a, b) => b - a));
    const byReward = (await modelOf()).view(state({ sort: 'reward' })).shown;
    const expected = [...all.keys()].toSorted((a, b) => all[b]!.reward! - all[a]!.reward! || a - b);
    expect(byReward).toEqual(expected);
  });
});

test('weights that were prepared in steps are those of the view, which computes nothing twice', async () => {
  const model = await modelOf();
  const other = state({ second: { name: 'drGrpo', options: {} } });
  const outline = model.outline(other);
  expect([outline.isPending, outline.panels, outline.shown.length]).toEqual([true, [], all.length]);
  expect([...model.prepare(other)].length).toBeGreaterThan(1);
  expect([...model.prepare(other)]).toEqual([]);
  const view = model.view(other);
  expect(view.second!.total).toEqual(model.weighing.under(other.second!, 'formula').total);
  expect(model.view({ ...other, token: 3 })).toMatchObject({ panels: view.panels, isPending: false });
  expect(model.view({ ...other, token: 3 }).panels).toBe(view.panels);
  // What is wrong with an option is said by the view.
  const wrong = state({ first: { name: 'nothing', options: {} } });
  expect([...model.prepare(wrong)]).toEqual([]);
  expect(model.view(wrong).error).toContain('nothing');
});

describe('colours', () => {
  test('of one component are 0 on the other; mass is the sum of the segment', async () => {
    const model = await modelOf();
    const weight = model.view(START).panels[0]!.values;
    const sample = model.view(state({ component: 'sample' })).panels[0]!.values;
    const decision = model.view(state({ component: 'decision' })).panels[0]!.values;
    expect(weight.map((x, t) => sample[t]! + decision[t]! - x)).toEqual(weight.map(() => 0));
    const mass = model.view(state({ level: 'mass' })).panels[0]!.values;
    // The first attempt: four sample tokens after two of the prompt.
    const sum = weight.subarray(2, 6).reduce((a, b) => a + b, 0);
    expect([...mass.subarray(0, 6)]).toEqual([0, 0, sum, sum, sum, sum]);
    // Sums count a segment once, however many tokens it has.
    const { counted } = model.view(state({ level: 'mass' })).panels[0]!;
    expect([...counted.subarray(0, 6)]).toEqual([0, 0, sum, 0, 0, 0]);
    const { sums } = model.view(state({ level: 'mass' }));
    const whole = counted.reduce((all, x) => all + Math.abs(x), 0);
    expect(Math.abs(sums.all - whole)).toBeLessThan(1e-12 * whole);
    expect(sums.decision).toBe(model.view(START).sums.decision);
  });

  test('of two objectives: the difference of their shares adds up to 0 in size', async () => {
    const { panels } = (await modelOf()).view(state({ second: { name: 'drGrpo', options: {} } }));
    expect(panels.map(({ title }) => title)).toEqual(['grpo', 'drGrpo', 'difference of their shares']);
    const same = (await modelOf()).view(state({ second: { name: 'grpo', options: {} } }));
    expect(same.panels[2]!.values.every((x) => x === 0)).toBe(true);
    expect(panels[2]!.values.some((x) => x !== 0)).toBe(true);
  });

  test('grow with the size, and stop at the scale', () => {
    const values = Float64Array.from({ length: 101 }, (_, k) => k - 50);
    const scale = scaleOf(values);
    expect(scale).toBe(49);
    expect([strength(0, scale), strength(-49, scale), strength(500, scale), strength(1, 0)]).toEqual([
      0, 1, 1, 0,
    ]);
    expect(strength(49 / 4, scale)).toBe(0.5);
  });
});

test.each(['attempt', 'outcome', 'length', 'prompt', 'term'] as const)(
  'the heat map by %s adds up to 1',
  async (rows) => {
    const { heat } = (await modelOf()).view(state({ rows, first: { name: 'grpo', options: { beta: 0.1 } } }));
    const sum = heat!.rows.flatMap(({ cells }) => cells).reduce((a, b) => a + b, 0);
    expect(Math.abs(sum - 1)).toBeLessThan(1e-12);
    expect(heat!.rows.length).toBeGreaterThan(1);
  },
);

test('an option out of range leaves trajectories without colours, and says why', async () => {
  const { panels, error, shown } = (await modelOf()).view(
    state({ first: { name: 'grpo', options: { clipLow: 7 } } }),
  );
  expect(panels).toEqual([]);
  expect(error).toContain('option clipLow: expected a number from 0 to 1, found 7');
  expect(shown).toHaveLength(16);
});

test('what is copied has the numbers that are shown', async () => {
  const model = await modelOf();
  const view = model.view(START);
  const { trajectories, objective } = copied(model, view, [1]);
  expect(objective?.name).toBe('grpo');
  const at = model.weighing.offset(1);
  expect(trajectories[0]!.tokens.map(({ values }) => values.grpo)).toEqual([
    ...view.panels[0]!.values.subarray(at, at + all[1]!.length),
  ]);
  expect(JSON.parse(JSON.stringify(trajectories))).toEqual(trajectories);
  const both = model.view(state({ second: { name: 'drGrpo', options: {} } }));
  const token = copiedToken(model, both, 1, 4);
  expect(token).toMatchObject({ file: 'rollouts.jsonl', line: 2, token: 4, text: all[1]!.tokens![4] });
  expect(token.weights.map(({ value }) => value)).toEqual([token.values.grpo, token.values.drGrpo]);
  expect(token.weights[0]!.formula).toBe('w_t = c_i·r_t·A_i');
  expect(JSON.parse(JSON.stringify(token))).toEqual(token);
});

test('numbers and shares as text', () => {
  expect([0, 0.25, -0.00031, 1234567, Number.NaN].map((x) => numberText(x))).toEqual([
    '0',
    '0.25',
    '−3.1e−4',
    '1.235e6',
    '–',
  ]);
  expect([0, 0.004, 0.38, 1, Number.NaN].map(shareText)).toEqual(['0 %', '0.4 %', '38 %', '100 %', '–']);
});
