// Hostile inputs of what proves and computes in fractions: each is refused with exit code 2 and the place, before anything is computed.
import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { inProcess } from './inProcess.ts';
import { workplace } from './run.ts';

const place = workplace();

/** One attempt of one token by odds; parts of it are replaced. */
function policyWith(name: string, changes: object): string {
  const path = place.path(name);
  const policy = {
    format: 'gradsplit/policy@1',
    attempts: 1,
    length: 1,
    vocabulary: 2,
    reward: { target: [1], attemptCost: 0 },
    odds: { sample: { '': [1, 2] }, decision: {} },
    reference: { odds: { sample: { '': [1, 1] }, decision: {} } },
    ...changes,
  };
  writeFileSync(path, JSON.stringify(policy));
  return path;
}

const odds = (first: unknown): object => ({ odds: { sample: { '': [first, 2] }, decision: {} } });

async function refused(args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await inProcess(args);
  expect([code, stdout], stderr).toEqual([2, '']);
  expect(stderr).toMatch(/^gradsplit: [^\n]+\n/);
  expect(stderr.length).toBeLessThan(1000);
  return stderr;
}

describe.each([
  ['exact', (path: string) => ['exact', path, '--beta', '1', '--exact']],
  ['verify', (path: string) => ['verify', '--exact', '--claims', 'C3', '--policy', path]],
] as const)('%s --exact', (_, args) => {
  test.each([
    ['odds of 0', 0],
    ['negative odds', -1],
    ['a divisor of 0', '3/0'],
    ['a negative fraction', '-3/7'],
    ['a decimal', 0.5],
    ['words', 'three'],
    ['a numerator of 10^5 digits', '9'.repeat(100_000)],
    ['a denominator of 10^5 digits', `1/${'9'.repeat(100_000)}`],
    ['null', null],
    ['a nested fraction', '1/2/3'],
  ])('%s', async (_name, value) => {
    const said = await refused(args(policyWith('odds.json', odds(value))));
    expect(said).toContain('odds.sample');
  });

  test('a reward that is no number', async () => {
    const reward = { target: [1], attemptCost: '1/0' };
    expect(await refused(args(policyWith('reward.json', { reward })))).toContain('reward.attemptCost');
  });

  test('a policy by logits', async () => {
    const logits = { odds: undefined, logits: { sample: { '': [0, 1] }, decision: {} } };
    expect(await refused(args(policyWith('logits.json', logits)))).toContain('expected');
  });
});

const COMMANDS: readonly (readonly string[])[] = [
  ['exact', 'POLICY', '--beta', '0', '--exact'],
  ['exact', 'POLICY', '--beta', '-1', '--exact'],
  ['exact', 'POLICY', '--beta', 'NaN', '--exact'],
  ['prove', '--points', '0'],
  ['prove', '--points', '1e9'],
  ['prove', '--seed', '1.5'],
  ['prove', '--seed', 'x'],
  ['prove', '--attempts', '0'],
  ['prove', '--vocabulary', '1'],
  ['prove', '--attempts', '99999999999999999999'],
  ['prove', '--claims', ''],
  ['refute', ''],
  ['refute', 'Var_R'],
  ['refute', 'Var_R / 0 = Var_R'],
  ['refute', 'Var_R / (Var_R - Var_R) = 1'],
  ['refute', 'Var_R / dot(grad(J), 0) = 1'],
  ['refute', 'Var_R = 1/0 ='],
  ['refute', `Var_R = ${'9'.repeat(100_000)}`],
  ['refute', `${'('.repeat(100_000)}Var_R = 1`],
  ['refute', `Var_R^${'9'.repeat(400)} = 1`],
  ['refute', 'V_decision(L=9) = V_decision(L=1)'],
  ['refute', 'Var_R = 1', '--points', '0'],
  ['refute', 'Var_R = 1', '--seed', '0.1'],
  ['refute', 'Var_R = 1', '--attempts', '12', '--length', '3'],
  ['prove', 'objective', 'grpo', '--points', '0'],
  ['prove', 'objective', 'grpo', '--time-limit', '0'],
  ['verify', '--exact', '--claims', 'C3', '--seed', '1.5'],
];

test.each(COMMANDS.map((args) => [args.join(' ').slice(0, 60), args] as const))('%s', async (_, args) => {
  const path = policyWith('policy.json', {});
  await refused(args.map((arg) => (arg === 'POLICY' ? path : arg)));
});
