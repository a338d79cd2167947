// `gradsplit eval`, `compare` and `sample` as child processes: documents, agreement with one another, text, bad input.
import { cpSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { schemas } from '../../src/documents/index.ts';
import type { DocumentName } from '../../src/documents/names.ts';
import { TINY } from '../training/runs.ts';
import { expectRefused, gradsplit, workplace } from './run.ts';

const place = workplace();
const config = place.file('tiny.json', JSON.stringify(TINY));
const run = place.path('run');
const base = `${run}/checkpoints/00000003`;
const other = place.path('other');

function train(out: string, ...more: readonly string[]): void {
  const { code, stderr } = gradsplit(['train', '--config', config, '--out', out, ...more]);
  expect(code, stderr).toBe(0);
}

beforeAll(() => {
  train(run);
  train(other, '--set', 'task.digits=3');
});

function document(name: DocumentName, args: readonly string[]): ReturnType<typeof JSON.parse> {
  const { code, stdout, stderr } = gradsplit([...args, '--json', '-']);
  expect(code, stderr).toBe(0);
  const parsed = JSON.parse(stdout);
  const checked = schemas[name].safeParse(parsed);
  expect(checked.error?.message).toBeUndefined();
  return parsed;
}

test('eval: measures of both splits, the last checkpoint of a run', () => {
  const args = ['eval', run, '--episodes', '20'];
  const found = document('eval@1', args);
  expect(found.checkpoint).toBe(`${run}/checkpoints/00000006`);
  expect(found.task).toBe('addition');
  expect(found.splits.id.episodes).toBe(20);
  expect(document('eval@1', args)).toEqual(found);
  expect(document('eval@1', [...args, '--seed', '1'])).not.toEqual(found);
  expect(document('eval@1', [...args, '--threads', '2'])).toEqual(found);
  expect(document('eval@1', ['eval', base, '--episodes', '20']).checkpoint).toBe(base);
});

test('compare: the diagonal is eval, the parts add up to the gain', () => {
  const { splits, models } = document('compare@1', ['compare', base, run, '--episodes', '20']);
  expect(models[0]).toBe(base);
  const [a, b] = [base, run].map((dir) => document('eval@1', ['eval', dir, '--episodes', '20']));
  for (const split of ['id', 'ood']) {
    const { grid, shapley } = splits[split];
    expect(grid['a/a'].accuracy.mean).toBe(a.splits[split].accuracy.mean);
    expect(grid['b/b'].auc.mean).toBe(b.splits[split].auc.mean);
    expect(grid['a/b'].firstAttempt.mean).toBe(grid['a/a'].firstAttempt.mean);
    const gain = grid['b/b'].accuracy.mean - grid['a/a'].accuracy.mean;
    expect(Math.abs(shapley.sample.mean + shapley.decision.mean - gain)).toBeLessThan(8 * Number.EPSILON);
  }
});

test('report: runs beside each other, as a document and as a page', () => {
  const page = place.path('runs.html');
  const again = place.path('again');
  cpSync(run, again, { recursive: true });
  const found = document('runs@1', ['report', again, run, '--out', page]);
  expect(found.runs.map(({ dir }: { dir: string }) => dir)).toEqual([again, run]);
  expect(found.differences).toEqual([]);
  expect(readFileSync(page, 'utf8')).toContain('2 runs beside each other');
  expectRefused(['report', run], 'report: expected 2 to 15 folders of runs, found 1');
  expectRefused(['report', run, run], 'is named twice');
  expectRefused(['report', run, place.path('nowhere')], 'nowhere');
});

test('sample: complete lines with a distribution at every decision', () => {
  const args = ['sample', run, '--prompt', '12+34=', '-n', '5'];
  const { trajectories } = document('sample@1', args);
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
  expect(document('sample@1', args).trajectories).toEqual(trajectories);
  const greedy = document('sample@1', [...args, '--greedy']).trajectories;
  expect(new Set(greedy.map((t: { tokens: string[] }) => t.tokens.join('')))).toHaveProperty('size', 1);
});

test('a prompt that the user has no answer for is sampled all the same', () => {
  const lines = ['ab', 'ba', 'aa', 'bb', 'aab', 'abb', 'bab', 'bba'].map((prompt) =>
    JSON.stringify({ prompt, answer: prompt.slice(-1) }),
  );
  const file = place.file('own.jsonl', lines.join('\n'));
  const own = place.file('own.json', JSON.stringify({ ...TINY, task: { name: 'jsonl', file } }));
  const out = place.path('own');
  expect(gradsplit(['train', '--config', own, '--out', out]).code).toBe(0);
  const { trajectories } = document('sample@1', ['sample', out, '--prompt', 'bbb', '-n', '2']);
  expect(trajectories[0]).not.toHaveProperty('correct');
  expect(document('sample@1', ['sample', out, '--prompt', 'ab']).trajectories[0]).toHaveProperty('correct');
  const { stdout } = gradsplit(['sample', out, '--prompt', 'bbb', '-n', '1']);
  expect(stdout).toContain('?');
});

test('text for people', () => {
  const evaluated = gradsplit(['eval', run, '--episodes', '10']).stdout;
  expect(evaluated).toMatch(/^ +ID +95 % +OOD +95 %$/m);
  expect(evaluated).toContain('P(RESAMPLE | wrong)');
  const compared = gradsplit(['compare', base, run, '--episodes', '10']).stdout;
  expect(compared).toMatch(/gain in accuracy .* = sampling .* \+ deciding/);
  const sampled = gradsplit(['sample', run, '--prompt', '12+34=', '-n', '2']).stdout;
  expect(sampled).toMatch(/STOP 0\.\d{3} {2}RESAMPLE 0\.\d{3} {2}→ (stops|tries again)/);
  expect(sampled).toContain('episode 2');
  for (const text of [evaluated, compared, sampled]) expect(text).not.toContain('\u001b');
});

describe('bad input', () => {
  test('folders', () => {
    expectRefused(['eval', place.path('nowhere')], 'expected a run folder or one of its checkpoints');
    mkdirSync(place.path('empty'));
    expectRefused(['sample', place.path('empty'), '--prompt', '1'], 'found no config.json');
    cpSync(run, place.path('unborn'), { recursive: true });
    rmSync(place.path('unborn/checkpoints'), { recursive: true });
    expectRefused(['eval', place.path('unborn')], 'the run has no checkpoint yet');
    expectRefused(['compare', run, other], 'expected two runs with the same task');
    cpSync(run, place.path('mixed'), { recursive: true });
    const whole = JSON.parse(readFileSync(place.path('mixed/config.json'), 'utf8'));
    whole.config.model.width = 32;
    writeFileSync(place.path('mixed/config.json'), JSON.stringify(whole));
    expectRefused(
      ['eval', place.path('mixed')],
      'config.json: expected what the run began with, found an edited file',
    );
  });

  test('a truncated checkpoint', () => {
    cpSync(run, place.path('cut'), { recursive: true });
    truncateSync(place.path('cut/checkpoints/00000006/model.safetensors'), 400);
    expectRefused(['eval', place.path('cut')], 'model.safetensors');
  });

  test('options and prompts', () => {
    expectRefused(['eval', run, '--episodes', '0'], '--episodes: expected an integer of at least 1');
    expectRefused(['eval', run, run], 'too many arguments');
    expectRefused(['compare', run], "missing required argument 'b'");
    expectRefused(['sample', run], "required option '--prompt <text>' not specified");
    expectRefused(['sample', run, '--prompt', '12+3x='], 'the character "x" is not a token of this task');
    expectRefused(['sample', run, '--prompt', '12+34'], 'expected 6 characters, found 5');
    expectRefused(
      ['sample', run, '--prompt', '12+34=', '-n', '0'],
      '--count: expected an integer of at least 1',
    );
  });
});
