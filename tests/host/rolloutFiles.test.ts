// Folders of runs: which files count, in which order, the step from the name, and exported tokens joined with their traces.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { rolloutFiles } from '../../src/host/rollouts/files.ts';
import { openRollouts } from '../../src/host/rollouts/open.ts';
import type { Trajectory } from '../../src/rollouts/index.ts';

const place = mkdtempSync(join(tmpdir(), 'gradsplit-folders-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));

function folder(name: string, files: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(place, name, path)), { recursive: true });
    writeFileSync(join(place, name, path), text);
  }
  return join(place, name);
}

const named = (path: string): [string, number | undefined][] =>
  rolloutFiles(path).map((file) => [relative(path, file.path), file.step]);

async function readAll(path: string): Promise<Trajectory[]> {
  const source = await openRollouts([path]);
  const found: Trajectory[] = [];
  for await (const trajectory of source.read()) found.push(trajectory);
  await source.close();
  return found;
}

test('files of a folder come in the order of their steps, as numbers, and nothing else is read', () => {
  const verl = folder('verl', {
    '10.jsonl': '',
    '9.jsonl': '',
    '100.jsonl.gz': '',
    'config.json': '',
    'x9.jsonl': '',
  });
  expect(named(verl)).toEqual([
    ['9.jsonl', 9],
    ['10.jsonl', 10],
    ['100.jsonl.gz', 100],
  ]);
  const trl = folder('trl', {
    'completions/completions_00010.parquet': '',
    'completions/completions_00002.parquet': '',
    'model.bin': '',
  });
  expect(named(trl)).toEqual([
    ['completions/completions_00002.parquet', 2],
    ['completions/completions_00010.parquet', 10],
  ]);
  expect(named(join(trl, 'completions')).length).toBe(2);
  const nemo = folder('nemo', {
    'exp_001/train_data_step2.jsonl': '',
    'exp_001/train_data_step11.jsonl': '',
    'exp_001/val_data_step2.jsonl': '',
  });
  expect(named(nemo).map(([, step]) => step)).toEqual([2, 11]);
  const own = folder('own', {
    'rollouts/step-000012.jsonl': '',
    'rollouts/.step-000013.jsonl.tmp': '',
    'metrics.jsonl': '',
  });
  expect(named(own)).toEqual([['rollouts/step-000012.jsonl', 12]]);
  // A shard is no step.
  const open = folder('open', {
    'a_rollouts_000001.jsonl': '',
    'a_rollouts_000000.jsonl': '',
    'a_metadata.jsonl': '',
  });
  expect(named(open)).toEqual([
    ['a_rollouts_000000.jsonl', undefined],
    ['a_rollouts_000001.jsonl', undefined],
  ]);
});

test('a folder without rollouts says what was looked for; a file is itself', () => {
  const empty = folder('empty', { 'config.json': '{}' });
  expect(() => rolloutFiles(empty)).toThrow(
    /expected a folder with rollouts, found none of token_exports.*\(verl\)/,
  );
  expect(() => rolloutFiles(join(place, 'none'))).toThrow('there is no such file');
  expect(rolloutFiles(join(empty, 'config.json'))).toEqual([{ path: join(empty, 'config.json') }]);
});

test('the step of the name is taken where the line has none', async () => {
  const line = (more: object): string => `${JSON.stringify({ ids: [1, 2], reward: 1, ...more })}\n`;
  const run = folder('steps', { '3.jsonl': line({}), '12.jsonl': line({ step: 5 }) });
  expect((await readAll(run)).map(({ step }) => step)).toEqual([3, 5]);
});

const exported = (step: number, ids: number[]): string =>
  `${JSON.stringify({
    schema_version: 1,
    step,
    token_ids: ids,
    loss_mask: ids.map((_, t) => t > 0),
    advantages: ids.map(() => 1),
    inference_logprobs: ids.map(() => -1),
    trainer_logprobs: ids.map(() => -1),
  })}\n`;

function episode(ids: number[], group: string, score: number, dispatched: number): string {
  const message = (role: string) => ({ role, content: role });
  return `${JSON.stringify({
    id: group,
    task: {},
    group: { id: group },
    run: { work: { step: dispatched } },
    traces: [
      {
        id: `${group}-${score}`,
        agent: {},
        nodes: [
          { parent: null, message: message('user'), token_ids: ids.slice(0, 1), mask: [false] },
          {
            parent: 0,
            message: message('assistant'),
            sampled: true,
            token_ids: ids.slice(1),
            mask: ids.slice(1).map(() => true),
            logprobs: ids.slice(1).map(() => -1),
          },
        ],
        rewards: { r: { score } },
      },
    ],
  })}\n`;
}

test('exported tokens are joined with the traces of their step; steps without STABLE are left out', async () => {
  const run = folder('prime', {
    'token_exports/step_2/rank_0.jsonl': exported(2, [1, 2, 3]) + exported(2, [1, 2, 4]),
    'token_exports/step_2/STABLE': '',
    'token_exports/step_10/rank_0.jsonl': exported(10, [1, 2, 3]),
    'token_exports/step_10/STABLE': '',
    'token_exports/step_11/rank_0.jsonl': '{"cut',
    'rollouts/step_2/train/all/traces.jsonl': episode([1, 2, 3], 'wrong', 9, 1),
    'rollouts/step_2/train/effective/traces.jsonl': episode([1, 2, 3], 'g', 0.25, 1),
    'rollouts/step_10/train/all/traces.jsonl': episode([1, 2, 3], 'h', 0.75, 8),
  });
  const found = await readAll(run);
  expect(found.map(({ step, group, reward }) => [step, group, reward])).toEqual([
    [2, 'g', 0.25],
    [2, undefined, undefined],
    [10, 'h', 0.75],
  ]);
  expect(found[0]!.texts).toEqual({ prompt: 'user', output: 'assistant' });
  expect([...found[0]!.logProbs!]).toEqual([-1, -1, -1]);
});

test('traces alone belong to the step that trained on them, which the folder tells', async () => {
  const run = folder('traces', {
    'rollouts/step_6/train/effective/traces.jsonl': episode([1, 2], 'g', 1, 4),
  });
  expect((await readAll(run)).map(({ step }) => step)).toEqual([6]);
});
