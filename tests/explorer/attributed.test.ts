// The explorer of an attribution holds the document's numbers: influence, weights, norms and alignment, on the tokens that they belong to.
import { expect, test } from 'vitest';
import { attributionExplorer } from '../../src/explorer/attributed.ts';
import { ExplorerModel } from '../../src/explorer/model.ts';
import { packExplorer, unpackExplorer } from '../../src/explorer/pack.ts';
import { chooseKernels } from '../oracle/kernels.ts';
import { attributed } from './fixtures.ts';

chooseKernels();

const { subject, document, data } = await attributed('grpo', { beta: 0.1 });
const { tokens, offsets } = { tokens: document.tokens, offsets: data.trajectories.offsets };

/** The place in the page of token t of the document. */
const at = (t: number): number => offsets[tokens.trajectory[t]!]! + tokens.position[t]!;
const onTokens = (values: Float64Array): number[] => tokens.weight.map((_, t) => values[at(t)]!);

test('influence on groups, on labels and in all is that of the document; prompts have none', () => {
  const { influence } = data;
  expect(influence!.labels).toEqual(document.labels.map(({ component, term }) => `${component}/${term}`));
  expect(influence!.groups).toEqual(document.groups);
  expect(influence!.norm).toEqual(document.norm);
  expect(influence!.onGroup.map(onTokens)).toEqual(tokens.influence);
  expect(influence!.onLabel.map(onTokens)).toEqual(tokens.influenceOnLabel);
  expect(influence!.onPair.map((byGroup) => byGroup.map(onTokens))).toEqual(tokens.influenceOnPair);
  expect(influence!.onGroup[0]).not.toEqual(influence!.onGroup[1]);
  expect(influence!.total.filter(Number.isNaN).length).toBe(data.tokens.text.length - tokens.weight.length);
});

test('tokens are coloured by the influence that is chosen, after a way through the page', () => {
  const model = new ExplorerModel(unpackExplorer(JSON.parse(packExplorer(data))));
  const shown = (label: number, parameters: number): number[] =>
    onTokens(model.view({ ...model.start, level: 'influence', label, parameters }).panels[0]!.values);
  expect(shown(-1, 1)).toEqual(tokens.influence[1]);
  expect(shown(1, -1)).toEqual(tokens.influenceOnLabel[1]);
  expect(shown(-1, -1)).toEqual(
    tokens.weight.map((_, t) => tokens.influence.reduce((sum, own) => sum + own[t]!, 0)),
  );
  expect(shown(1, 2)).toEqual(tokens.influenceOnPair[1]![2]);
  expect(shown(1, 2)).not.toEqual(shown(0, 2));
  const none = { ...data, influence: { ...data.influence!, onPair: [] } };
  const both = new ExplorerModel(none).view({ ...model.start, level: 'influence', label: 1, parameters: 1 });
  expect(both.panels).toEqual([]);
  expect(both.error).toContain('does not hold this influence');
  expect(model.view({ ...model.start, rows: 'parameters' }).heat!.rows.map(({ name }) => name)).toEqual(
    document.groups,
  );
});

test.each(['grpo', 'rloo', 'drGrpo', 'ppo'])(
  'the page computes the weights of the document: %s',
  async (name) => {
    const own = await attributed(name, {});
    const { weights } = own.data.tokens;
    expect(weights).toBeUndefined();
    const model = new ExplorerModel(own.data);
    const found = onTokens(model.view(model.start).first!.total);
    const largest = Math.max(...own.document.tokens.weight.map(Math.abs));
    // Terms are added up in another order: two roundings of the largest weight.
    for (const [t, w] of own.document.tokens.weight.entries())
      expect(Math.abs(found[t]! - w)).toBeLessThanOrEqual(4 * Number.EPSILON * largest);
  },
);

test('norms are those of the document, alignments become cosines', () => {
  const { norm, alignment } = data.trajectories;
  expect([...norm!]).toEqual(document.trajectories.norm);
  for (const [i, cosine] of alignment!.entries()) {
    const expected =
      document.trajectories.alignment[i]! / (document.trajectories.norm[i]! * document.levels.gradient.total);
    expect(cosine).toBe(expected);
    expect(Math.abs(cosine)).toBeLessThanOrEqual(1 + 1e-12);
  }
});

test('texts, roles, rewards and outcomes are those of the rollouts', () => {
  const { trajectories } = data;
  expect(onTokens(Float64Array.from(data.tokens.text)).map((k) => data.texts[k])).toEqual(tokens.token);
  expect([...trajectories.reward]).toEqual(document.trajectories.reward);
  expect(Array.from(trajectories.line, (line, i) => `${data.files[trajectories.file[i]!]}:${line}`)).toEqual(
    document.trajectories.place,
  );
  expect([...trajectories.correct].every((c) => c === 0 || c === 1)).toBe(true);
  expect(data.decisions.token.length).toBeGreaterThan(0);
});

test('without influence the page has norms alone', () => {
  const bare = attributionExplorer(subject, {
    ...document,
    tokens: { ...tokens, influence: [], influenceOnLabel: [], influenceOnPair: [] },
  });
  const model = new ExplorerModel(bare);
  expect(bare.influence!.total.length).toBe(0);
  expect(model.view({ ...model.start, level: 'influence' }).panels).toEqual([]);
  expect(model.view({ ...model.start, rows: 'parameters' }).heat!.rows.length).toBe(document.groups.length);
});
