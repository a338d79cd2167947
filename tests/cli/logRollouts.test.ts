// `--log-rollouts` and `sample --rollouts`: what is written, that training keeps its bits, and that no step is missing or there twice after a kill.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runRollouts } from '../../src/cli/pages/runExplorer.ts';
import { goOnWithExperiment, goOnWithRun } from '../../src/cli/repeat.ts';
import { jobsOf } from '../../src/experiments/reproduce/jobs.ts';
import { readRunConfig } from '../../src/experiments/run/config.ts';
import { ExplorerModel } from '../../src/explorer/model.ts';
import { TINY, tinyConfig } from '../training/runs.ts';
import { explorerData } from './explorerData.ts';
import { expectRefused, inProcess } from './inProcess.ts';
import { signalled, workplace } from './run.ts';

const place = workplace();
const config = place.file(
  'tiny.json',
  JSON.stringify({
    ...TINY,
    run: { attempts: 3, evaluateEvery: 0, checkpointEvery: 7 },
    base: { ...(TINY.base as object), steps: 3 },
    train: { ...(TINY.train as object), steps: 40 },
  }),
);

async function train(dir: string, ...more: string[]): Promise<string> {
  const args = ['train', '--config', config, '--out', place.path(dir), '--resume', '--json', '-', ...more];
  const { code, stdout, stderr } = await inProcess(args);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout).sha256;
}

function filesOf(dir: string): Record<string, string> {
  const folder = place.path(`${dir}/rollouts`);
  const names = readdirSync(folder).sort();
  return Object.fromEntries(names.map((name) => [name, readFileSync(`${folder}/${name}`, 'utf8')]));
}

test('training keeps its bits, and after kills every step is there once, with the same bytes', async () => {
  const plain = await train('plain');
  expect(existsSync(place.path('plain/rollouts'))).toBe(false);
  expect(await train('logged', '--log-rollouts')).toBe(plain);
  const whole = filesOf('logged');
  expect(Object.keys(whole)).toEqual(
    Array.from({ length: 40 }, (_, i) => `step-${String(i + 4).padStart(6, '0')}.jsonl`),
  );
  const lines = whole['step-000004.jsonl']!.trim().split('\n');
  expect(lines.length).toBe(13);
  expect(JSON.parse(lines[0]!)).toMatchObject({ format: 'gradsplit/rollouts@1', objective: 'rloo' });
  expect(JSON.parse(lines[1]!).step).toBe(4);

  // The report holds twelve of the steps, with the weights that the training had; that of the other says how to get them.
  const report = readFileSync(place.path('logged/report.html'), 'utf8');
  expect(report).toContain(
    'has 144 trajectories: those of steps 4, 8, 11, 15, 18, 22, 25, 29, 32, 36, 39, 43, 12 of 40 that were logged.',
  );
  const data = explorerData(report)!;
  const { total } = new ExplorerModel(data).view(new ExplorerModel(data).start).first!;
  const logged = data.tokens.loggedWeight!;
  const off = total.map((w, t) => (data.tokens.mask[t] === 0 ? 0 : Math.abs(w - logged[t]!)));
  expect(Math.max(...off)).toBeLessThan(1e-12 * Math.max(...logged.map(Math.abs)));
  expect(Math.max(...total)).toBeGreaterThan(0);
  const other = readFileSync(place.path('plain/report.html'), 'utf8');
  expect(explorerData(other)).toBeUndefined();
  expect(other).toMatch(/No rollouts were logged; <code>gradsplit train [^<]* --log-rollouts<\/code> does/);
  expect(other).toContain(`gradsplit attribute ${place.path('plain')} --report split.html`);

  const args = ['train', '--config', config, '--out', place.path('killed'), '--resume', '--log-rollouts'];
  for (const step of [9, 20]) await signalled(args, step, 'SIGKILL');
  place.file('killed/rollouts/.step-000021.jsonl.tmp', 'cut');
  // A step that the run has not come to, as after a checkpoint that was lost.
  place.file('killed/rollouts/step-000099.jsonl', 'of a step that was lost');
  expect(await train('killed', '--log-rollouts')).toBe(plain);
  expect(filesOf('killed')).toEqual(whole);

  // Other readers see the folder's files as rollouts.
  const paths = Object.keys(whole).map((name) => place.path(`logged/rollouts/${name}`));
  const converted = await inProcess(['rollouts', 'convert', ...paths, '-o', '-']);
  expect(converted.code, converted.stderr).toBe(0);
  expect(converted.stdout.trim().split('\n').length).toBe(1 + 40 * 12);
});

test('every n-th step of the whole run is written', async () => {
  await train('seldom', '--log-rollouts', '10');
  expect(Object.keys(filesOf('seldom'))).toEqual([10, 20, 30, 40].map((i) => `step-0000${i}.jsonl`));
  await expectRefused(
    ['train', '--config', config, '--out', place.path('x'), '--log-rollouts', '0'],
    '--log-rollouts',
  );
});

test('a report says which file of rollouts cannot be read, and has everything else', async () => {
  const run = await readRunConfig(place.path('seldom'));
  expect(await runRollouts(place.path('seldom'), run)).toMatchObject({
    kind: 'shown',
    steps: [10, 20, 30, 40],
  });
  place.file('seldom/rollouts/step-000020.jsonl', '{"format":"gradsplit/rollouts@1"}\n{"tokens":');
  const found = await runRollouts(place.path('seldom'), run);
  expect(found).toMatchObject({ kind: 'unreadable' });
  expect(JSON.stringify(found)).toContain('step-000020.jsonl');
  expect(await runRollouts(place.path('nothing'), run)).toBeUndefined();
});

test('an interrupted run has the rollouts of its steps, and is told how to go on with them', async () => {
  const args = ['train', '--config', config, '--out', place.path('stopped'), '--log-rollouts', '2'];
  const { code } = await signalled(args, 8, 'SIGINT');
  expect(code).toBe(130);
  const steps = Object.keys(filesOf('stopped'));
  expect(steps.length).toBeGreaterThanOrEqual(3);
  expect(goOnWithRun('d', 'wasm', 9, 2)).toBe('gradsplit train --out d --resume --steps 9 --log-rollouts 2');
  expect(goOnWithExperiment('d', 1)).toBe('gradsplit reproduce --out d --resume --log-rollouts 1');
});

test('files of a run are not overwritten by other outputs', async () => {
  await train('own', '--log-rollouts', '20');
  const path = place.path('own/rollouts/step-000020.jsonl');
  await expectRefused(['sample', place.path('own'), '--prompt', '12+34=', '--rollouts', path], '--rollouts');
});

test('every training job of an experiment gets the option', () => {
  const plan = { preset: 'x', quick: true, seeds: 2, episodes: 10, config: tinyConfig() };
  const loggedBy = (every?: number): unknown[] =>
    jobsOf(plan, 'dir', undefined, every).flatMap(({ task }) =>
      task.kind === 'train' ? [task.logRollouts] : [],
    );
  expect(new Set(loggedBy(3))).toEqual(new Set([3]));
  expect(new Set(loggedBy())).toEqual(new Set([undefined]));
});

test('sample writes its episodes as rollouts@1', async () => {
  await train('sampled');
  const out = place.path('sampled.jsonl');
  const args = [
    'sample',
    place.path('sampled'),
    '--prompt',
    '12+34=',
    '-n',
    '5',
    '--rollouts',
    out,
    '--json',
    '-',
  ];
  const { code, stdout, stderr } = await inProcess(args);
  expect(code, stderr).toBe(0);
  const [header, ...lines] = readFileSync(out, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(header).toEqual({ format: 'gradsplit/rollouts@1' });
  const trajectories = JSON.parse(stdout).trajectories as Record<string, unknown>[];
  expect(lines).toEqual(trajectories.map(({ decisionProbs: _, ...rest }) => rest));
  expect((await inProcess(['rollouts', 'convert', out])).code).toBe(0);
});
