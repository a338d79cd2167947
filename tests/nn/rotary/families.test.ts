// Llama, Mistral, Qwen2 and Qwen3 from their folders: logits, loss and every gradient are what PyTorch computed for the same files
// (expected.json, written by tests/pytorch/rotary.test.ts), in f64 and f32.
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  crossEntropy,
  type FloatType,
  indices,
  mean,
  type Parameters,
  reshape,
  scope,
  type Tensor,
  valueAndGrad,
} from '../../../src/autodiff/index.ts';
import { readSafetensors } from '../../../src/nn/huggingFace/safetensors.ts';
import { parseRotaryConfig, parseRotaryWeights, rotaryNetwork } from '../../../src/nn/index.ts';
import { rotaryNames } from '../../../src/nn/rotary/names.ts';
import { chooseKernels } from '../../oracle/kernels.ts';
import { idsTensor, relativeDifference } from '../models.ts';
import { CARDS, type Card, weightsOf } from './cards.ts';
import { type Answer, IDS, numbersOf, type Summary, seedOf, summaryOf, TARGETS } from './summary.ts';

const expected = JSON.parse(readFileSync(new URL('expected.json', import.meta.url), 'utf8')) as Record<
  string,
  Summary
>;

/** Of some thousand roundings on numbers of size 1 … 10. */
const TOLERANCE: Record<FloatType, number> = { f32: 1e-5, f64: 1e-10 };

beforeAll(chooseKernels);

/** Reads a card as a folder would be, and differentiates the mean cross-entropy. */
function answerOf(card: Card, seed: number, dtype: FloatType): Answer {
  return scope(() => {
    const config = parseRotaryConfig(JSON.stringify(card.config), 'config.json');
    const file = readSafetensors(weightsOf(card, seed), 'model.safetensors');
    const parameters = parseRotaryWeights(file, config, 'model.safetensors', dtype);
    const network = rotaryNetwork(config);
    const logitsAt = (p: Parameters): Tensor => network.logits(p, idsTensor(IDS));
    const loss = (p: Parameters): Tensor =>
      mean(crossEntropy(reshape(logitsAt(p), [12, config.vocabulary]), indices(TARGETS.flat())));
    const { value, gradient } = valueAndGrad(loss)(parameters);
    const names = new Map([...rotaryNames(config).tensors()].map(({ name, parts }) => [parts[0]!, name]));
    return {
      logits: [...logitsAt(parameters).readSync()],
      loss: value.item(),
      gradients: Object.fromEntries(
        Object.entries(gradient).map(([path, g]) => [names.get(path)!, [...(g as Tensor).readSync()]]),
      ),
    };
  });
}

describe.each(CARDS.map((card, i) => [card.name, card, i] as const))('%s', (name, card, i) => {
  test.each(['f64', 'f32'] as const)('is what PyTorch computes, %s', (dtype) => {
    const found = summaryOf(answerOf(card, seedOf(i), dtype));
    expect(Object.keys(found.gradients).sort()).toEqual(Object.keys(expected[name]!.gradients).sort());
    expect(relativeDifference(numbersOf(found), numbersOf(expected[name]!))).toBeLessThan(TOLERANCE[dtype]);
  });

  test('and no other configuration of the family is', () => {
    const others: Record<string, unknown>[] = [
      { ...card.config, rope_theta: 77, rope_parameters: undefined },
      { ...card.config, rms_norm_eps: 0.1 },
    ];
    for (const config of others) {
      const found = summaryOf(answerOf({ ...card, config }, seedOf(i), 'f64'));
      expect(relativeDifference(numbersOf(found), numbersOf(expected[name]!))).toBeGreaterThan(1e-6);
    }
  });
});
