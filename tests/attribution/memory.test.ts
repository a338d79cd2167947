// The memory that an attribution needs, against what it is measured to take, and what is said where it is missing.
import { expect, test } from 'vitest';
import { type AttributionDemand, checkAttributionMemory } from '../../src/attribution/index.ts';
import { parseModelConfig } from '../../src/nn/index.ts';

const GiB = 2 ** 30;

/** Qwen2.5-0.5B. */
const config = parseModelConfig(
  JSON.stringify({
    model_type: 'qwen2',
    hidden_act: 'silu',
    vocab_size: 151936,
    max_position_embeddings: 32768,
    hidden_size: 896,
    intermediate_size: 4864,
    num_hidden_layers: 24,
    num_attention_heads: 14,
    num_key_value_heads: 2,
    tie_word_embeddings: true,
  }),
  'shape',
);

const inputs = (count: number, length: number) => [{ ids: new Int32Array(count * length), length }];
const one: AttributionDemand = {
  ...{ config, weightBytes: 2 * 494_032_768, inputs: inputs(1, 511), tokens: 416, labels: 2 },
  influence: 'none',
};

test('the target fits into 4 GiB, and less than what it takes is refused', () => {
  const had = { kernel: 4 * GiB, host: 4 * GiB };
  expect(() => checkAttributionMemory(one, inputs(1, 511), had)).not.toThrow();
  // docs/performance.md has what the process was seen to take.
  expect(() => checkAttributionMemory(one, inputs(1, 511), { ...had, host: 2 * GiB })).toThrow(
    /^attribute needs [\d.]+ GiB of host memory, 2 GiB can be had: lower the number of rollouts$/,
  );
});

test('what would help is named: fewer tokens at once, no influence, fewer rollouts', () => {
  const many = { ...one, inputs: inputs(64, 511), tokens: 64 * 416, influence: 'all' } as const;
  const messageAt = (host: number): string => {
    try {
      checkAttributionMemory(many, inputs(1, 511), { kernel: 64 * GiB, host });
      return '';
    } catch (error) {
      return error instanceof Error ? error.message : '';
    }
  };
  expect(messageAt(64 * GiB)).toBe('');
  expect(messageAt(6 * GiB)).toMatch(/can be had: lower --max-tokens/);
  expect(messageAt(4 * GiB)).toMatch(/the number of rollouts/);
});
