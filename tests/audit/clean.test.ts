// Rollouts of a sound trainer: on 200 random settings all rules together raise no error, those about masks, divisors and weights
// never warn, and the others hardly ever.
import { expect, test } from 'vitest';
import { rules, runRules, type Severity } from '../../src/audit/index.ts';
import { randomSimulation, settingOf, simulate } from '../../src/audit/simulator/index.ts';

const SETTINGS = 200;
const PART = 20;

/** Rules about masks, divisors and weights: 10⁻⁴ a rule make 0.4 false alarms of all of them improbable. */
const NEVER = [
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

/** What was said of all settings so far: of the setting of a seed, by a rule. */
const said: { readonly seed: number; readonly severity: Severity; readonly code: string }[] = [];

// In parts, so that no test is long.
test.each(Array.from({ length: SETTINGS / PART }, (_, k) => 1 + k * PART))(
  'no errors from setting %i on',
  async (from) => {
    const errors: string[] = [];
    for (let seed = from; seed < from + PART; seed++) {
      const simulated = simulate(randomSimulation(seed));
      const { findings } = await runRules(rules, () => simulated.trajectories, settingOf(simulated));
      for (const { rule, severity, message } of findings) {
        said.push({ seed, severity, code: rule.code });
        if (severity === 'error') errors.push(`${seed} ${rule.code}: ${message}`);
      }
    }
    expect(errors).toEqual([]);
  },
);

const warned = (codes: readonly string[]): string[] =>
  said
    .filter(({ severity, code }) => severity === 'warning' && codes.includes(code))
    .map(({ seed, code }) => `${seed} ${code}`);

test('rules about masks, divisors and weights never warn', () => {
  const codes = rules.map(({ code }) => code);
  expect(NEVER.filter((code) => !codes.includes(code))).toEqual([]);
  expect(warned(NEVER)).toEqual([]);
});

test('in at most 2 % of all settings there is a warning', () => {
  const found = warned(rules.map(({ code }) => code));
  const settings = new Set(found.map((text) => text.split(' ')[0]));
  expect(settings.size, found.join('\n')).toBeLessThanOrEqual(0.02 * SETTINGS);
  // Infos are said: the rules did run.
  expect(said.filter(({ severity }) => severity === 'info').length).toBeGreaterThan(0);
});
