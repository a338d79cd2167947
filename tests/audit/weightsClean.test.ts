// Sound runs of 200 settings: the rules about masks, divisors and weights say nothing worse than an info.
import { expect, test } from 'vitest';
import { rules } from '../../src/audit/index.ts';
import { randomSimulation, simulate } from '../../src/audit/simulator/index.ts';
import { auditOf, codesFrom } from './planted/mistake.ts';

const CODES = [
  'batch-count-divisor',
  'border-shift',
  'decision-starved',
  'eos-untrained',
  'eot-untrained',
  'fork-duplicated',
  'length-bias',
  'length-drift',
  'length-mismatch',
  'mask-counts-all',
  'mask-is-advantage',
  'mask-off-by-one-padding',
  'masked-in-denominator',
  'microbatch-mean',
  'pad-trained',
  'padded-divisor',
  'prompt-tokens-trained',
  'rank-mean',
  'segments-overweighted',
  'template-tokens-trained',
  'tool-tokens-trained',
  'truncated-trained',
];

const own = rules.filter(({ code }) => CODES.includes(code));

// In parts, so that no test is long: 10⁻⁴ a rule makes 0.4 false alarms of 22 rules over 200 settings improbable, and errors are none.
test.each(Array.from({ length: 10 }, (_, k) => k))('of settings %i·20 …', async (k) => {
  expect(own.map(({ code }) => code)).toEqual(CODES);
  const found: string[] = [];
  for (let seed = 20 * k; seed < 20 * (k + 1); seed++) {
    const run = await auditOf(simulate(randomSimulation(seed)), own);
    found.push(...codesFrom(run, 'warning').map((code) => `${seed} ${code}`));
  }
  expect(found).toEqual([]);
});
