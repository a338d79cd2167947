// Pickles are refused with the lines that convert them; the same lines are in the documentation.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CONVERTERS, converterOf, isPickle } from '../../src/rollouts/pickle.ts';

test('pickles of protocol 2 to 5 and the archives of PyTorch are recognised, and nothing that is text or a table', () => {
  for (const protocol of [2, 3, 4, 5]) expect(isPickle(Uint8Array.of(0x80, protocol, 0x95, 0))).toBe(true);
  expect(isPickle(Uint8Array.of(0x50, 0x4b, 3, 4))).toBe(true);
  for (const text of ['{"a":1}', 'PAR1', '', '\u0080', 'PK']) expect(isPickle(Buffer.from(text))).toBe(false);
});

test('the refusal has the converter of the trainer that the name tells', () => {
  expect(converterOf('rollout_3.pt')).toBe(CONVERTERS.slime);
  expect(converterOf('global_step_3_training_input.pkl')).toBe(CONVERTERS.skyrl);
  expect(converterOf('x.pkl')).toBe(CONVERTERS.other);
});

test('the documentation has the same lines', () => {
  const docs = readFileSync(join(import.meta.dirname, '../../docs/rollouts.md'), 'utf8');
  for (const lines of Object.values(CONVERTERS)) expect(docs).toContain(`\`\`\`python\n${lines}\n\`\`\``);
});
