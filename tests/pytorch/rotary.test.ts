// PyTorch computes the same logits, loss and gradients from folders of Llama, Mistral, Qwen2 and Qwen3, and the numbers that
// tests/nn/rotary compares with where there is no PyTorch. GRADSPLIT_WRITE_EXPECTED=1 writes these.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { relativeDifference } from '../nn/models.ts';
import { CARDS, weightsOf } from '../nn/rotary/cards.ts';
import {
  type Answer,
  IDS,
  numbersOf,
  type Summary,
  seedOf,
  summaryOf,
  TARGETS,
} from '../nn/rotary/summary.ts';
import { announceSkipped, python, runScript } from './python.ts';

const EXPECTED = new URL('../nn/rotary/expected.json', import.meta.url);

const directory = mkdtempSync(join(tmpdir(), 'gradsplit-rotary-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

announceSkipped(CARDS.length);

describe.skipIf(python === undefined)('PyTorch', () => {
  test('gives what is expected of every family', () => {
    const input = CARDS.map((card, i) => {
      const folder = join(directory, String(i));
      mkdirSync(folder);
      writeFileSync(join(folder, 'config.json'), JSON.stringify(card.config));
      writeFileSync(join(folder, 'model.safetensors'), weightsOf(card, seedOf(i)));
      return { folder, dtype: 'float64', ids: IDS, targets: TARGETS };
    });
    const answers = runScript<Answer[]>('rotary.py', input);
    const found = Object.fromEntries(CARDS.map(({ name }, i) => [name, summaryOf(answers[i]!)]));
    if (process.env.GRADSPLIT_WRITE_EXPECTED === '1') {
      const text = JSON.stringify(
        found,
        (_, x) => (typeof x === 'number' ? Number(x.toPrecision(14)) : x),
        1,
      );
      writeFileSync(EXPECTED, `${text}\n`);
    }
    const expected = JSON.parse(readFileSync(EXPECTED, 'utf8')) as Record<string, Summary>;
    for (const { name } of CARDS) {
      expect(relativeDifference(numbersOf(found[name]!), numbersOf(expected[name]!)), name).toBeLessThan(
        1e-12,
      );
    }
  });
});
