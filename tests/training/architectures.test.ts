// Runs of every architecture: the option model.architecture, what a configuration writes of it, steps of both phases, and episodes whose
// log-probabilities, drawn with kept keys and values, are those of the whole network.
import { beforeAll, describe, expect, test } from 'vitest';
import { scope } from '../../src/autodiff/index.ts';
import { randomStream } from '../../src/base/random.ts';
import {
  atTemperature,
  decodable,
  drawPrompts,
  episodeBatch,
  judgedRollouts,
  legalLogits,
  legalLogProbs,
} from '../../src/episodes/index.ts';
import {
  configEntries,
  configValue,
  disposeState,
  initialState,
  parseConfig,
  trainStep,
} from '../../src/training/index.ts';
import { chooseKernels } from '../oracle/kernels.ts';
import { TINY, tinyConfig, tinyTrainer } from './runs.ts';

beforeAll(chooseKernels);

const ROTARY = ['llama', 'mistral', 'qwen2', 'qwen3'] as const;

describe.each(['gpt2', ...ROTARY])('%s', (architecture) => {
  const entries = {
    'model.architecture': architecture,
    'model.heads': '4',
    ...(architecture === 'gpt2' ? {} : { 'model.keyHeads': '2' }),
    ...(architecture === 'mistral' || architecture === 'qwen3' ? { 'model.window': '2' } : {}),
  };

  test('a step of each phase changes every parameter, and the split adds up', () => {
    const trainer = tinyTrainer({ ...entries, 'base.steps': '1' });
    expect(trainer.model.architecture).toBe(architecture);
    let state = initialState(trainer);
    for (const phase of ['base', 'train']) {
      const { state: next, metrics } = trainStep(trainer, state);
      expect(metrics.phase).toBe(phase);
      const { total, sample, decision } = metrics.gradNorm;
      expect(total).toBeGreaterThan(0);
      expect(total).toBeLessThanOrEqual((sample! + decision!) * (1 + 1e-5));
      for (const [path, before] of Object.entries(state.parameters)) {
        // A bias of keys shifts all scores of a query alike, which softmax does not see: its gradient is 0 but for rounding.
        if (phase === 'base' && !path.endsWith('key.bias')) {
          expect(next.parameters[path]!.readSync(), path).not.toEqual(before.readSync());
        }
      }
      disposeState(state, next);
      state = next;
    }
  });

  test('episodes are drawn with the bits of the whole network', () => {
    scope(() => {
      const trainer = tinyTrainer(entries);
      const { model, task, layout } = trainer;
      const parameters = model.initial(randomStream(2, 'initial parameters'));
      const random = randomStream(3, 'episodes');
      const prompts = drawPrompts(task, 'id', 5, random);
      const policy = decodable(model, parameters);
      const rollouts = judgedRollouts(trainer, policy, prompts, atTemperature(1), random);
      const batch = episodeBatch(layout, rollouts);
      const logits = legalLogits(model, parameters, batch).readSync();
      const drawn = rollouts.flatMap(({ logProbs }) => logProbs);
      const whole = [...batch.targets].map((target, t) => {
        const legal = batch.legal.subarray(t * layout.vocabulary, (t + 1) * layout.vocabulary);
        const tokens = [...legal.keys()].filter((token) => legal[token] === 1);
        return legalLogProbs({ logits, start: t * layout.vocabulary, tokens })[tokens.indexOf(target)];
      });
      expect(drawn).toEqual(whole);
    });
  });
});

test('a network of GPT-2 is written as it was before there were others; another comes back', () => {
  expect(configValue(tinyConfig()).model).toEqual({ width: 16, layers: 1, heads: 2 });
  expect(configEntries(tinyConfig()).has('model.architecture')).toBe(false);
  const config = tinyConfig({ 'model.architecture': 'qwen3', 'model.inner': '24' });
  expect(configValue(config).model).toEqual({
    architecture: 'qwen3',
    width: 16,
    layers: 1,
    heads: 2,
    keyHeads: 0,
    inner: 24,
    window: 0,
  });
  expect(parseConfig(JSON.parse(JSON.stringify(configValue(config))), 'again')).toEqual(config);
});

test.each([
  [
    { architecture: 'lama' },
    'c.json: model.architecture: expected one of gpt2, llama, mistral, qwen2, qwen3, found "lama" (did you mean "llama"?)',
  ],
  [{ keyHeads: 2 }, 'c.json: model: unknown option "keyHeads"; allowed: architecture, width, layers, heads'],
  [{ architecture: 'llama', keyHead: 2 }, 'unknown option "keyHead" (did you mean "keyHeads"?)'],
  [
    { architecture: 'llama', heads: 4, keyHeads: 3 },
    'model.keyHeads: expected a divisor of model.heads, 4, found 3',
  ],
  [
    { architecture: 'qwen2', width: 20 },
    'model.width: expected an even number for each of the 4 heads of qwen2, found 20',
  ],
  [{ architecture: 'llama', window: 3 }, 'model.window: expected 0 with llama'],
  [{ architecture: 'qwen2', width: 18 }, 'model.width: expected a multiple of model.heads, 4, found 18'],
])('%j is refused', (model, message) => {
  expect(() => parseConfig({ ...TINY, model }, 'c.json')).toThrow(message);
});
