// `gradsplit attribute` from outside: a run's own episodes, rollouts, the check, checkpoints, bad input.
import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import type { AttributionDocument } from '../../src/documents/attribution.ts';
import { schemas } from '../../src/documents/index.ts';
import { TINY } from '../training/runs.ts';
import { expectRefused, inProcess } from './inProcess.ts';
import { gradsplit, workplace } from './run.ts';

const place = workplace();
const config = place.file('tiny.json', JSON.stringify(TINY));
const run = place.path('run');
const FEW = ['--episodes', '8', '--group', '2'];

beforeAll(async () => {
  const { code, stderr } = await inProcess(['train', '--config', config, '--out', run, '--log-rollouts']);
  expect(code, stderr).toBe(0);
});

async function documentOf(...args: readonly string[]): Promise<AttributionDocument> {
  const { code, stdout, stderr } = await inProcess(['attribute', ...args, '--json', '-']);
  expect(code, stderr).toBe(0);
  const parsed: unknown = JSON.parse(stdout);
  expect(schemas['attribution@1'].safeParse(parsed).error?.message).toBeUndefined();
  return parsed as AttributionDocument;
}

test('episodes of a run: the document, twice the same, and the parts add up', async () => {
  const found = await documentOf(run, ...FEW, '--objective', 'grpo', '--option', 'beta=0.1');
  expect(found.labels.map(({ component, term }) => `${component}/${term}`)).toContain('sample/kl');
  expect(found.groups.slice(0, 3)).toEqual(['embedding', 'block0.attention', 'block0.mlp']);
  expect(found.rollouts).toMatchObject({ from: 'episodes', trajectories: 8, seed: 0 });
  expect(found.tokens.influence.length).toBe(found.groups.length);
  expect(found.residual!).toBeLessThanOrEqual(found.bound!);
  const {
    seconds: _,
    peakMiB: _m,
    ...again
  } = await documentOf(run, ...FEW, '--objective', 'grpo', '--option', 'beta=0.1');
  expect(found).toMatchObject(again);
  const other = await documentOf(run, ...FEW, '--seed', '1', '--objective', 'grpo', '--option', 'beta=0.1');
  expect(other.gram).not.toEqual(found.gram);
});

test('an objective that imitates is given demonstrations, with mass by cross-entropy', async () => {
  const { rollouts, levels } = await documentOf(run, '--episodes', '6', '--objective', 'sft');
  expect(rollouts.from).toBe('demonstrations');
  expect(levels.mass[0]).toMatchObject({ what: 'crossEntropy', unit: 'nats a trajectory' });
  expect(levels.weight.balanced).toBe(true);
});

test('taking tokens out changes the objective as influence says, and the page shows it', async () => {
  const page = place.path('check.html');
  const { check } = await documentOf(run, ...FEW, '--check', '4', '--by', 'layer', '--report', page);
  expect(check!.n).toBe(4);
  expect(check!.correlation!).toBeGreaterThan(0.99);
  expect(check!.worstAfterSecondOrder!).toBeLessThan(check!.worst!);
  const html = readFileSync(page, 'utf8');
  expect(html).toContain('Which labels pull against each other');
  // Behind the report stands the explorer, whose script may name numbers that are none.
  const [report, explorer] = html.split('<main id="explorer"');
  expect(report).not.toContain('NaN');
  expect(explorer).toContain('explorer-data');
});

test('rollouts of the run give the gradient of their step; over checkpoints it moves', async () => {
  const rollouts = `${run}/rollouts/step-000006.jsonl`;
  const found = await documentOf(run, '--rollouts', rollouts, '--influence', 'none');
  expect(found.rollouts.from).toBe('file');
  expect(found.residual).toBeNull();
  const { overCheckpoints } = await documentOf(run, ...FEW, '--influence', 'none', '--over-checkpoints');
  expect(overCheckpoints!.step).toEqual([3, 6]);
  expect(overCheckpoints!.phase).toEqual(['base', 'train']);
  expect(overCheckpoints!.norm[0]).not.toEqual(overCheckpoints!.norm[1]);
});

test.each([
  [['nowhere'], '--rollouts'],
  [['RUN', '--by', 'block'], '--by'],
  [['RUN', '--episodes', '7', '--group', '2'], 'expected a multiple of the 2 episodes of a prompt, found 7'],
  [['RUN', '--objective', 'grop'], 'did you mean "grpo"'],
  [['RUN', '--resume'], '--resume: expected --json FILE'],
  [['RUN', '--rollouts', 'x.jsonl', '--episodes', '8'], 'found both'],
  [['RUN', '--rollouts', 'x.jsonl', '--over-checkpoints'], '--over-checkpoints'],
  [['RUN', '--check', '-1'], '--check'],
  [['RUN', '--objective', 'ppo', '--option', 'critic=value', ...FEW], 'needs no critic'],
])('%j is refused', async (args, message) => {
  await expectRefused(['attribute', ...args.map((arg) => (arg === 'RUN' ? run : arg))], message);
});

test('as a process of its own: text for people, and nothing on stdout for a bad checkpoint', () => {
  const { code, stdout, stderr } = gradsplit(['attribute', run, ...FEW, '--influence', 'none']);
  expect(code, stderr).toBe(0);
  expect(stdout).toContain('sample/policy');
  const bad = gradsplit([
    'attribute',
    place.path('none'),
    '--rollouts',
    place.path('none.jsonl'),
    '--objective',
    'grpo',
  ]);
  expect([bad.code, bad.stdout]).toEqual([2, '']);
});

test('--max-tokens bounds what goes through the network at once, also for episodes, and changes no result beyond rounding', () => {
  const args = ['attribute', run, ...FEW, '--influence', 'none', '--json', '-'];
  const documentAt = (...more: readonly string[]): AttributionDocument => {
    const { code, stdout, stderr } = gradsplit([...args, ...more]);
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout) as AttributionDocument;
  };
  const [whole, parts] = [documentAt(), documentAt('--max-tokens', '30')];
  expect(parts.tokens.token).toEqual(whole.tokens.token);
  for (const [l, row] of whole.gram.entries())
    for (const [m, x] of row.entries())
      expect(Math.abs(parts.gram[l]![m]! - x)).toBeLessThan(1e-4 * whole.gram[l]![l]!);
  // Sums over other rectangles are rounded otherwise, so that the bits tell that the option has an effect.
  expect(parts.gram).not.toEqual(whole.gram);
  const { code, stdout, stderr } = gradsplit([...args, '--max-tokens', '3']);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/--max-tokens: expected at least the \d+ tokens of an episode, found 3/);
});
