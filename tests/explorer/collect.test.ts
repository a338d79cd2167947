// What a page holds of rollouts: all of them, or whole steps; and that no text in it can end the element that holds it.
import { describe, expect, test } from 'vitest';
import { collectExplorer } from '../../src/explorer/collect.ts';
import { ExplorerModel } from '../../src/explorer/model.ts';
import { packExplorer, unpackExplorer } from '../../src/explorer/pack.ts';
import { START } from '../../src/explorer/state.ts';
import { defineObjective, rloo } from '../../src/objectives/index.ts';
import { chosen, dataOf, rollouts } from './fixtures.ts';

const finding = (line: number) => ({
  code: 'planted',
  severity: 'error' as const,
  message: 'here',
  spans: [{ file: 'rollouts.jsonl', line, from: 3, to: 5 }],
});

describe('the data of a page', () => {
  test('come back from its text, findings at their trajectories', async () => {
    const data = await dataOf(rollouts({ steps: 2 }), 'grpo', { findings: [finding(5)] });
    expect(unpackExplorer(JSON.parse(packExplorer(data)))).toEqual(data);
    expect(data.findings[0]!.spans).toEqual([{ trajectory: 4, from: 3, to: 5 }]);
    expect(data.trajectories.line).toEqual(Int32Array.from({ length: 24 }, (_, i) => i + 1));
    expect(data.leftOut).toBe(0);
  });

  test('hold no text that ends a script element', async () => {
    const [first, ...rest] = rollouts();
    const tokens = first!.tokens!.map(() => '</script><!--<script>');
    const text = packExplorer(await dataOf([{ ...first!, tokens }, ...rest]));
    expect(text).not.toContain('<');
    expect(unpackExplorer(JSON.parse(text)).texts).toContain('</script><!--<script>');
  });

  test('have the probabilities of decisions', async () => {
    const trajectories = rollouts();
    const { decisions, trajectories: c } = await dataOf(trajectories);
    for (const [d, at] of decisions.token.entries()) {
      const i = c.offsets.findIndex((end) => at < end) - 1;
      const t = at - c.offsets[i]!;
      const drawn = Math.exp(trajectories[i]!.samplerLogProbs![t]!);
      const isLast = t === trajectories[i]!.length - 1;
      expect(isLast ? decisions.stop[d] : decisions.resample[d]).toBeCloseTo(drawn, 12);
      expect(decisions.stop[d]! + decisions.resample[d]!).toBeCloseTo(1, 12);
    }
    expect(decisions.token.length).toBeGreaterThan(12);
  });
});

describe('more than a page can hold', () => {
  const request = { chosen: chosen('grpo'), findings: [finding(20)] };

  test('leaves whole steps out, those without findings first', async () => {
    const all = rollouts({ steps: 3 });
    const data = await collectExplorer(() => all, request, { trajectories: 12, tokens: 1e6 });
    expect([...data.trajectories.line]).toEqual(Array.from({ length: 12 }, (_, i) => i + 13));
    expect(data.leftOut).toBe(24);
    expect(data.tokens.weights).toBeUndefined();
  });

  test('of one step: the trajectories of findings, and the weights of the whole', async () => {
    const all = rollouts({ groups: 8 });
    const whole = new ExplorerModel(await dataOf(all)).view(START).first!;
    const data = await collectExplorer(() => all, request, { trajectories: 3, tokens: 1e6 });
    expect([...data.trajectories.line]).toEqual([1, 2, 20]);
    const { offsets } = data.trajectories;
    const full = (await dataOf(all)).trajectories.offsets;
    const { first } = new ExplorerModel(data).view(START);
    expect(first!.total.subarray(offsets[2]!)).toEqual(whole.total.subarray(full[19]!, full[20]!));
  });

  test('an objective that the page does not know brings its weights', async () => {
    const own = defineObjective({ ...rloo, name: 'ownOfTheUser' });
    const options = own.parseOptions({});
    const data = await collectExplorer(() => rollouts(), {
      chosen: { objective: own, options, from: 'user' },
      findings: [],
    });
    const expected = new ExplorerModel(await dataOf(rollouts(), 'rloo')).view(START).first!;
    expect(new ExplorerModel(data).view(START).first!.total).toEqual(expected.total);
  });
});
