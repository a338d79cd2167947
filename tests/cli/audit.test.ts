// `gradsplit audit` from outside: what it reads, what it finds, how it ends, and how bad input is refused.
import { spawnSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { rules } from '../../src/audit/index.ts';
import type { AuditDocument } from '../../src/documents/audit.ts';
import { schemas } from '../../src/documents/index.ts';
import { inProcess } from './inProcess.ts';
import { gradsplit, MAIN, workplace } from './run.ts';

const place = workplace();

type Line = Readonly<Record<string, unknown>>;

/** Lines of rollouts@1: a prompt, some samples, a decision. */
function line(group: string, reward: unknown, samples: number, more: Line = {}): Line {
  const response = [...new Array<string>(samples).fill('sample'), 'decision'];
  return {
    group,
    tokens: ['Q', ...response.map((role, k) => (role === 'decision' ? 'STOP' : `t${k}`))],
    components: ['prompt', ...response],
    mask: [0, ...response.map(() => 1)],
    logProbs: [null, ...response.map((_, k) => -0.5 - k / 10)],
    reward,
    ...more,
  };
}

const text = (lines: readonly unknown[]): string => `${lines.map((one) => JSON.stringify(one)).join('\n')}\n`;
const HEADER = { format: 'gradsplit/rollouts@1', objective: 'grpo', options: { ddof: 0 } };
const SOUND = [line('a', 1, 4), line('a', 0, 4), line('b', 0, 4), line('b', 1, 4)];
const sound = place.file('sound.jsonl', text([HEADER, ...SOUND]));
/** The reward of the first is null, and the trainer took it for 0. */
const faulty = place.file(
  'faulty.jsonl',
  text([
    line('a', null, 4, { advantage: -0.5 }),
    line('a', 1, 4, { advantage: 0.5 }),
    line('b', 0, 4, { advantage: -0.5 }),
    line('b', 1, 4, { advantage: 0.5 }),
  ]),
);

async function documentOf(...args: readonly string[]): Promise<AuditDocument> {
  const { code, stdout, stderr } = await inProcess(['audit', ...args, '--json', '-']);
  expect(stderr).not.toContain('gradsplit:');
  expect([0, 1]).toContain(code);
  const parsed: unknown = JSON.parse(stdout);
  expect(schemas['audit@1'].safeParse(parsed).error?.message).toBeUndefined();
  return parsed as AuditDocument;
}

test('a sound file: exit 0, its objective from the header, shares by component', async () => {
  const { rollouts, objective, shares, findings } = await documentOf(sound);
  expect(rollouts).toMatchObject({
    format: 'rollouts@1',
    lines: 4,
    groups: 2,
    tokens: 24,
    steps: 0,
    unit: 'tokens',
    components: { file: 24 },
  });
  expect(objective).toMatchObject({ name: 'grpo', from: 'header', options: { ddof: 0 } });
  expect(shares!.from).toBe('formula');
  expect(shares!.weight.sample).toBeCloseTo(4 / 5, 12);
  expect(shares!.decisionOverSample).toBeCloseTo(1, 12);
  expect(findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
});

test('auto explains a run of gradsplit, with the cost of attempts, and lists each answer once', async () => {
  const { objective, fit } = await documentOf('examples/rollouts.jsonl', '--objective', 'auto');
  expect(objective).toMatchObject({ name: 'grpo', from: 'fit', options: { attemptCost: 0.02 } });
  expect(fit![0]!.misfit).toBeLessThan(1e-6);
  expect(fit![0]!.equivalentTo).toContain('gspo attemptCost=0.02');
  expect(fit!.slice(1).every(({ misfit }) => misfit! > 0.1)).toBe(true);
});

test('the user goes before the header, and options go with the user', async () => {
  const { objective } = await documentOf(sound, '--objective', 'dapo', '--option', 'clipHigh=0.5');
  expect(objective).toMatchObject({ name: 'dapo', from: 'user', options: { clipHigh: 0.5, ddof: 1 } });
});

test('options of the header hold where the user names the same objective, but for those that the user gives', async () => {
  expect((await documentOf(sound, '--objective', 'grpo')).objective!.options).toMatchObject({
    ddof: 0,
    stdEpsilon: 1e-4,
  });
  const { objective } = await documentOf(sound, '--objective', 'grpo', '--option', 'ddof=1');
  expect(objective!.options).toMatchObject({ ddof: 1 });
});

test('a mistake ends with exit 1, unless one says otherwise', async () => {
  const run = await inProcess(['audit', faulty, '--objective', 'grpo']);
  expect(run.code).toBe(1);
  expect(run.stdout).toContain('reward-null');
  expect(run.stdout).toContain('faulty.jsonl:1 tokens 0–5');
  expect((await inProcess(['audit', faulty, '--objective', 'grpo', '--fail-on', 'never'])).code).toBe(0);
  const shaped = place.file(
    'shaped.jsonl',
    text([HEADER, ...SOUND.map((one) => ({ ...one, correct: true }))]),
  );
  expect((await inProcess(['audit', shaped])).code).toBe(0);
  const infos = await inProcess(['audit', shaped, '--fail-on', 'info']);
  expect(infos.code).toBe(1);
});

test('every finding rests on a place, and every rule was checked or says why not', async () => {
  const { findings, notChecked } = await documentOf(faulty, '--objective', 'grpo', '--fail-on', 'never');
  for (const { spans } of findings) expect(spans.length).toBeGreaterThan(0);
  const known = new Set(rules.map(({ code }) => code));
  for (const { code, reason } of notChecked) {
    expect(known.has(code)).toBe(true);
    expect(reason.length).toBeGreaterThan(10);
  }
});

test('against another objective', async () => {
  const { against } = await documentOf(sound, '--against', 'reinforce', '--against-option', 'baseline=2');
  expect(against).toMatchObject({
    objective: { name: 'reinforce', options: { baseline: 2 } },
    signTurnCount: 2,
  });
});

test('decisions by their tokens, counted by rule', async () => {
  const bare = place.file('bare.jsonl', text(SOUND.map(({ components: _, ...rest }) => rest)));
  const { rollouts, shares } = await documentOf(bare, '--objective', 'grpo', '--decision-tokens', 'STOP');
  expect(rollouts.components.decisionTokens).toBe(4);
  expect(shares!.weight.decision).toBeGreaterThan(0);
});

test('stdin, gzip, several files', () => {
  const args = [MAIN, 'audit', '-', '--objective', 'grpo', '--json', '-'];
  const piped = spawnSync(process.execPath, args, { input: gzipSync(text(SOUND)), encoding: 'utf8' });
  expect([piped.status, JSON.parse(piped.stdout).rollouts.lines]).toEqual([0, 4]);
  const zipped = place.file('sound.jsonl.gz', gzipSync(text(SOUND)));
  const both = gradsplit([
    'audit',
    zipped,
    faulty,
    '--objective',
    'grpo',
    '--fail-on',
    'never',
    '--json',
    '-',
  ]);
  expect(JSON.parse(both.stdout).rollouts).toMatchObject({ lines: 8, files: [zipped, faulty] });
});

test('the folder of a run: its files in the order of the steps, and none of them is written over', async () => {
  const verl = (input: string, score: number): Line => ({ input, output: 'a b', gts: 'a', score, step: 1 });
  for (const step of [10, 2]) {
    place.file(`run/${step}.jsonl`, text([verl('q', 1), verl('q', 0)].map((one) => ({ ...one, step }))));
  }
  const { rollouts, bySteps } = await documentOf(place.path('run'), '--objective', 'grpo');
  expect(rollouts).toMatchObject({ format: 'verl', lines: 4, steps: 2, unit: 'words' });
  expect(rollouts.files).toEqual([place.path('run/2.jsonl'), place.path('run/10.jsonl')]);
  expect(bySteps!.step).toEqual([2, 10]);
  const over = await inProcess(['audit', place.path('run'), '--json', place.path('run/2.jsonl')]);
  expect([over.code, over.stderr.includes('the input')]).toEqual([2, true]);
});

test('the report is one page with the text of the findings', () => {
  const report = place.path('audit.html');
  const { code } = gradsplit(['audit', faulty, '--objective', 'grpo', '--report', report]);
  expect(code).toBe(1);
  const { stdout } = spawnSync('grep', ['-c', 'class="trajectory"', report], { encoding: 'utf8' });
  expect(Number(stdout)).toBeGreaterThan(0);
});

describe('explain', () => {
  test('one finding, and the list of all', async () => {
    const one = await inProcess(['audit', '--explain', 'std-noise']);
    expect(one.code).toBe(0);
    expect(one.stdout).toContain('what to do');
    const { stdout } = await inProcess(['audit', '--explain']);
    for (const { code } of rules) expect(stdout).toContain(code);
  });

  test('an unknown one', async () => {
    const { code, stderr } = await inProcess(['audit', '--explain', 'std-nose']);
    expect(code).toBe(2);
    expect(stderr).toContain('did you mean');
  });
});

describe('refused with exit 2 and the place', () => {
  const broken = place.file('broken.jsonl', `${text(SOUND)}{"group": "c", "tokens": ["a"], "reward": \n`);
  const unequal = place.file('unequal.jsonl', text([...SOUND, line('c', 1, 2, { mask: [1] })]));
  const badOption = place.file('badOption.jsonl', text([{ ...HEADER, options: { ddof: 7 } }, ...SOUND]));
  const empty = place.file('empty.jsonl', '');
  const nothing = 'found none';
  test.each<readonly [readonly string[], string]>([
    [[], nothing],
    [['missing.jsonl'], 'missing.jsonl'],
    [[empty], 'empty.jsonl'],
    [[broken], 'line 5'],
    [[unequal], 'line 5: mask'],
    [[sound, '--objective', 'gropo'], 'did you mean'],
    [[sound, '--objective', 'grpo', '--option', 'ddoff=1'], 'did you mean'],
    [[sound, '--option', 'ddof=1'], '--objective'],
    [[faulty, '--against', 'dapo'], '--objective'],
    [[sound, '--against-option', 'ddof=1'], '--against'],
    [[badOption], 'header'],
    [[sound, '--format', 'verrl'], 'did you mean'],
    [[sound, '--fail-on', 'sometimes'], '--fail-on'],
    [[sound, '--json', sound], '--json'],
    [[faulty, '--objective', 'auto', '--option', 'ddof=1'], 'auto'],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await inProcess(['audit', ...args]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(
      stderr
        .trim()
        .split('\n')
        .filter((l) => l.startsWith('gradsplit:')),
    ).toHaveLength(1);
  });

  test('a module that the rollouts name is not loaded: only the user says which programs run', async () => {
    const module = place.file('evil.mjs', 'globalThis.wasLoaded = true;\nexport default {};\n');
    const named = place.file('named.jsonl', text([{ ...HEADER, objective: module }, ...SOUND]));
    const { code, stdout, stderr } = await inProcess(['audit', named]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('modules that a file names are never loaded');
    expect('wasLoaded' in globalThis).toBe(false);
  });

  test('unless broken lines are to be left out: then they are counted', async () => {
    const { rollouts } = await documentOf(broken, '--objective', 'grpo', '--skip-bad');
    expect(rollouts).toMatchObject({ lines: 4, skipped: 1 });
  });
});
