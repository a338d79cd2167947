// `gradsplit eval`, `compare` and `sample`: documents, agreement with one another, text, bad input.
import { cpSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { schemas } from '../../src/documents/index.ts';
import type { DocumentName } from '../../src/documents/names.ts';
import { TINY } from '../training/runs.ts';
import { expectRefused, inProcess } from './inProcess.ts';
import { gradsplit, workplace } from './run.ts';

const place = workplace();
const config = place.file('tiny.json', JSON.stringify(TINY));
const run = place.path('run');
const base = `${run}/checkpoints/00000003`;
const other = place.path('other');

async function train(out: string, ...more: readonly string[]): Promise<void> {
  const { code, stderr } = await inProcess(['train', '--config', config, '--out', out, ...more]);
  expect(code, stderr).toBe(0);
}

beforeAll(async () => {
  await train(run);
  await train(other, '--set', 'task.digits=3');
});

async function document(name: DocumentName, args: readonly string[]): Promise<ReturnType<typeof JSON.parse>> {
  const { code, stdout, stderr } = await inProcess([...args, '--json', '-']);
  expect(code, stderr).toBe(0);
  const parsed = JSON.parse(stdout);
  const checked = schemas[name].safeParse(parsed);
  expect(checked.error?.message).toBeUndefined();
  return parsed;
}

test('eval: measures of both splits, the last checkpoint of a run', async () => {
  const args = ['eval', run, '--episodes', '20'];
  const found = await document('eval@1', args);
  expect(found.checkpoint).toBe(`${run}/checkpoints/00000006`);
  expect(found.task).toBe('addition');
  expect(found.splits.id.episodes).toBe(20);
  expect(await document('eval@1', args)).toEqual(found);
  expect(await document('eval@1', [...args, '--seed', '1'])).not.toEqual(found);
  const threads = gradsplit([...args, '--threads', '2', '--json', '-']);
  expect(JSON.parse(threads.stdout)).toEqual(found);
  expect((await document('eval@1', ['eval', base, '--episodes', '20'])).checkpoint).toBe(base);
});

test('compare: the diagonal is eval, the parts add up to the gain', async () => {
  const { splits, models } = await document('compare@1', ['compare', base, run, '--episodes', '20']);
  expect(models[0]).toBe(base);
  const a = await document('eval@1', ['eval', base, '--episodes', '20']);
  const b = await document('eval@1', ['eval', run, '--episodes', '20']);
  for (const split of ['id', 'ood']) {
    const { grid, shapley } = splits[split];
    expect(grid['a/a'].accuracy.mean).toBe(a.splits[split].accuracy.mean);
    expect(grid['b/b'].auc.mean).toBe(b.splits[split].auc.mean);
    expect(grid['a/b'].firstAttempt.mean).toBe(grid['a/a'].firstAttempt.mean);
    const gain = grid['b/b'].accuracy.mean - grid['a/a'].accuracy.mean;
    expect(Math.abs(shapley.sample.mean + shapley.decision.mean - gain)).toBeLessThan(8 * Number.EPSILON);
  }
});

test('report: runs beside each other, as a document and as a page', async () => {
  const page = place.path('runs.html');
  const again = place.path('again');
  cpSync(run, again, { recursive: true });
  const found = await document('runs@1', ['report', again, run, '--out', page]);
  expect(found.runs.map(({ dir }: { dir: string }) => dir)).toEqual([again, run]);
  expect(found.differences).toEqual([]);
  expect(readFileSync(page, 'utf8')).toContain('2 runs beside each other');
  await expectRefused(['report', run], 'report: expected 2 to 15 folders of runs, found 1');
  await expectRefused(['report', run, run], 'is named twice');
  await expectRefused(['report', run, place.path('nowhere')], 'nowhere');
});

test('sample: complete lines with a distribution at every decision', async () => {
  const args = ['sample', run, '--prompt', '12+34=', '-n', '5'];
  const { trajectories } = await document('sample@1', args);
  expect(trajectories).toHaveLength(5);
  for (const { tokens, ids, components, logProbs, mask, decisionProbs, correct, reward } of trajectories) {
    expect(tokens.slice(0, 6).join('')).toBe('12+34=');
    for (const list of [ids, components, logProbs, mask]) expect(list).toHaveLength(tokens.length);
    expect(logProbs.slice(0, 6)).toEqual(new Array(6).fill(null));
    expect(reward).toBe(correct ? 1 : 0);
    const decisions = components.flatMap((c: string, i: number) => (c === 'decision' ? [i] : []));
    expect(decisionProbs.map((d: { position: number }) => d.position)).toEqual(decisions);
    for (const { position, stop, resample } of decisionProbs) {
      expect(Math.abs(stop + resample - 1)).toBeLessThan(4 * Number.EPSILON);
      const drawn = tokens[position] === '<stop>' ? stop : resample;
      // stop is the exponential of one of the two numbers; 1 − stop loses what is below ε.
      expect(Math.abs(Math.exp(logProbs[position]) - drawn)).toBeLessThan(4 * Number.EPSILON);
    }
  }
  expect((await document('sample@1', args)).trajectories).toEqual(trajectories);
  const greedy = (await document('sample@1', [...args, '--greedy'])).trajectories;
  expect(new Set(greedy.map((t: { tokens: string[] }) => t.tokens.join('')))).toHaveProperty('size', 1);
});

test('a prompt that the user has no answer for is sampled all the same', async () => {
  const lines = ['ab', 'ba', 'aa', 'bb', 'aab', 'abb', 'bab', 'bba'].map((prompt) =>
    JSON.stringify({ prompt, answer: prompt.slice(-1) }),
  );
  const file = place.file('own.jsonl', lines.join('\n'));
  const own = place.file('own.json', JSON.stringify({ ...TINY, task: { name: 'jsonl', file } }));
  const out = place.path('own');
  expect((await inProcess(['train', '--config', own, '--out', out])).code).toBe(0);
  const { trajectories } = await document('sample@1', ['sample', out, '--prompt', 'bbb', '-n', '2']);
  expect(trajectories[0]).not.toHaveProperty('correct');
  expect((await document('sample@1', ['sample', out, '--prompt', 'ab'])).trajectories[0]).toHaveProperty(
    'correct',
  );
  const { stdout } = await inProcess(['sample', out, '--prompt', 'bbb', '-n', '1']);
  expect(stdout).toContain('?');
});

test('text for people', async () => {
  const evaluated = (await inProcess(['eval', run, '--episodes', '10'])).stdout;
  expect(evaluated).toMatch(/^ +ID +95 % +OOD +95 %$/m);
  expect(evaluated).toContain('P(RESAMPLE | wrong)');
  const compared = (await inProcess(['compare', base, run, '--episodes', '10'])).stdout;
  expect(compared).toMatch(/gain in accuracy .* = sampling .* \+ deciding/);
  const sampled = (await inProcess(['sample', run, '--prompt', '12+34=', '-n', '2'])).stdout;
  expect(sampled).toMatch(/STOP 0\.\d{3} {2}RESAMPLE 0\.\d{3} {2}→ (stops|tries again)/);
  expect(sampled).toContain('episode 2');
  for (const text of [evaluated, compared, sampled]) expect(text).not.toContain('\u001b');
});

test('a run of another architecture goes on to the bit, is measured, and is compared with one of GPT-2', async () => {
  const qwen = place.path('qwen');
  const model = ['--set', 'model.architecture=qwen2', '--set', 'model.keyHeads=1'];
  await train(qwen, ...model);
  const halves = place.path('halves');
  await train(halves, ...model, '--set', 'train.steps=1');
  await train(halves, ...model, '--resume');
  const weights = (dir: string): Buffer => readFileSync(`${dir}/checkpoints/00000006/model.safetensors`);
  expect(weights(halves).equals(weights(qwen))).toBe(true);
  const card = JSON.parse(readFileSync(`${qwen}/checkpoints/00000006/config.json`, 'utf8'));
  expect(card).toMatchObject({ model_type: 'qwen2', num_key_value_heads: 1 });
  expect((await document('eval@1', ['eval', qwen, '--episodes', '10'])).splits.id.episodes).toBe(10);
  expect((await document('sample@1', ['sample', qwen, '--prompt', '12+34='])).trajectories).toHaveLength(4);
  const { splits } = await document('compare@1', ['compare', qwen, run, '--episodes', '10']);
  expect(Object.keys(splits.id.grid)).toHaveLength(4);
  await expectRefused(
    ['train', '--config', config, '--out', qwen, '--resume'],
    'but model.architecture is "qwen2" there and not given here',
  );
  // The folder of the other's model under the state of this one.
  for (const file of ['config.json', 'model.safetensors']) {
    cpSync(`${run}/checkpoints/00000006/${file}`, `${qwen}/checkpoints/00000006/${file}`);
  }
  await expectRefused(['eval', qwen], `architecture is "gpt2", but the run's configuration says "qwen2"`);
});

describe('bad input', () => {
  test('folders', async () => {
    await expectRefused(['eval', place.path('nowhere')], 'expected a run folder or one of its checkpoints');
    mkdirSync(place.path('empty'));
    await expectRefused(['sample', place.path('empty'), '--prompt', '1'], 'found no config.json');
    cpSync(run, place.path('unborn'), { recursive: true });
    rmSync(place.path('unborn/checkpoints'), { recursive: true });
    await expectRefused(['eval', place.path('unborn')], 'the run has no checkpoint yet');
    await expectRefused(['compare', run, other], 'expected two runs with the same task');
    cpSync(run, place.path('mixed'), { recursive: true });
    const whole = JSON.parse(readFileSync(place.path('mixed/config.json'), 'utf8'));
    whole.config.model.width = 32;
    writeFileSync(place.path('mixed/config.json'), JSON.stringify(whole));
    await expectRefused(
      ['eval', place.path('mixed')],
      'config.json: expected what the run began with, found an edited file',
    );
  });

  test('a truncated checkpoint', async () => {
    cpSync(run, place.path('cut'), { recursive: true });
    truncateSync(place.path('cut/checkpoints/00000006/model.safetensors'), 400);
    await expectRefused(['eval', place.path('cut')], 'model.safetensors');
  });

  test('options and prompts', async () => {
    await expectRefused(['eval', run, '--episodes', '0'], '--episodes: expected an integer of at least 1');
    await expectRefused(['eval', run, run], 'too many arguments');
    await expectRefused(['compare', run], "missing required argument 'b'");
    await expectRefused(['sample', run], "required option '--prompt <text>' not specified");
    await expectRefused(
      ['sample', run, '--prompt', '12+3x='],
      'the character "x" is not a token of this task',
    );
    await expectRefused(['sample', run, '--prompt', '12+34'], 'expected 6 characters, found 5');
    await expectRefused(
      ['sample', run, '--prompt', '12+34=', '-n', '0'],
      '--count: expected an integer of at least 1',
    );
  });
});
