// `gradsplit reproduce`: a tiny experiment, the same for any number of workers and after Ctrl-C.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { schemas } from '../../src/documents/index.ts';
import { runJobs } from '../../src/experiments/jobs/pool.ts';
import { jobsOf } from '../../src/experiments/reproduce/jobs.ts';
import { JOB_WORKER } from '../../src/experiments/reproduce/reproduce.ts';
import { readPlan } from '../../src/experiments/reproduce/settings.ts';
import { explorerData } from './explorerData.ts';
import { expectRefused, inProcess } from './inProcess.ts';
import { gradsplit, MAIN, workplace } from './run.ts';

const place = workplace();
const SMALL = [
  ...['task.digits=5', 'model.width=16', 'model.layers=1', 'run.attempts=2', 'run.evaluateEvery=0'],
  ...['base.steps=12', 'base.batch=8', 'base.wrong=0.5,0.5', 'steps=3', 'prompts=3', 'group=4'],
].flatMap((entry) => ['--set', entry]);
const begin = (out: string, ...more: readonly string[]): string[] => [
  ...['reproduce', 'pick-sum', '--quick', '--seeds', '2', '--episodes', '60', '--out', place.path(out)],
  ...SMALL,
  ...more,
];

let whole: ReturnType<typeof JSON.parse>;

/** A document, or a part of one, without the names of folders, which differ. */
function comparable(document: object): string {
  return JSON.stringify(document, (key, value) => (key === 'checkpoint' ? null : value));
}

/** What a document says of its first seed alone. */
function ofFirstSeed({ models, claims }: typeof whole): string {
  const first = Object.entries<object[]>(models).map(([name, seeds]) => [name, seeds[0]]);
  return comparable([first, claims.map(({ bySeed }: { bySeed: number[] }) => bySeed[0])]);
}

beforeAll(() => {
  const { code, stdout, stderr } = gradsplit(begin('whole', '--workers', '2', '--json', '-'));
  expect(code, stderr).toBe(0);
  whole = JSON.parse(stdout);
  // On a pipe progress is at most a line a minute.
  expect(stderr).toMatch(
    /^10 runs and their evaluations take about [\d.]+ (s|min|h) on this machine, \d+ at a time\n\[\d+\/1000\] seed \d base: step \d+\/\d+, loss [^\n]*\n$/,
  );
});

test('the document: five models a seed, sums that hold, verdicts that follow from the seeds', () => {
  expect(schemas['reproduce@1'].safeParse(whole).error?.message).toBeUndefined();
  expect(whole.seeds).toEqual([1, 2]);
  // ⌈0.5·12⌉ = 6 base steps; ⌈0.3·3⌉ = 1 step of 12 episodes, for SFT two of 8.
  expect(whole.trajectories).toEqual({ sft: 16, rl: 12 });
  for (const model of Object.keys(whole.models)) expect(whole.models[model]).toHaveLength(2);
  const mean = (model: string, split: string): number =>
    (whole.models[model][0].splits[split].accuracy.mean +
      whole.models[model][1].splits[split].accuracy.mean) /
    2;
  for (const pair of Object.keys(whole.compare)) {
    const [a, b] = pair.split('->') as [string, string];
    for (const split of ['id', 'ood']) {
      const { sample, decision } = whole.compare[pair].splits[split].shapley;
      const gain = mean(b, split) - mean(a, split);
      expect(Math.abs(sample.mean + decision.mean - gain)).toBeLessThan(16 * Number.EPSILON);
    }
  }
  for (const { bySeed, measured, ci95, verdict } of whole.claims) {
    expect(measured).toBeCloseTo((bySeed[0] + bySeed[1]) / 2, 14);
    const expected = ci95[0] > 0 ? 'supported' : ci95[1] < 0 ? 'notSupported' : 'undecided';
    expect(verdict).toBe(expected);
  }
});

test('the folder has every run, and the base is trained once', () => {
  const config = JSON.parse(readFileSync(place.path('whole/seed-1/rlSample/config.json'), 'utf8'));
  expect(config.config.train.update).toBe('sample');
  const lines = readFileSync(place.path('whole/seed-1/rlSample/metrics.jsonl'), 'utf8').trim().split('\n');
  expect(lines.map((line) => JSON.parse(line).step)).toEqual([7]);
  expect(JSON.parse(readFileSync(place.path('whole/reproduce.json'), 'utf8')).claims).toEqual(whole.claims);
  const report = readFileSync(place.path('whole/report.html'), 'utf8');
  for (const { statement } of whole.claims) expect(report).toContain(statement.split('π')[0]);
  expect(existsSync(place.path('whole/seed-2/rlDecision/report.html'))).toBe(true);
});

describe('one worker', () => {
  test('gives the same', async () => {
    const { code, stdout, stderr } = await inProcess(
      begin('alone', '--seeds', '1', '--workers', '1', '--json', '-', '--log-rollouts'),
    );
    expect(code, stderr).toBe(0);
    expect(ofFirstSeed(JSON.parse(stdout))).toBe(ofFirstSeed(whole));
  });

  test('its reports have the rollouts that were logged, and others say how to get them', () => {
    const report = (path: string): string => readFileSync(place.path(`${path}/report.html`), 'utf8');
    expect(report('alone')).toContain('has 12 trajectories of RL, seed 1: those of step 7.');
    expect(explorerData(report('alone'))!.trajectories.line).toHaveLength(12);
    expect(explorerData(report('alone/seed-1/rlDecision'))!.objective!.options.update).toBe('decision');
    expect(explorerData(report('alone/seed-1/sft'))).toBeUndefined();
    expect(report('alone/seed-1/sft')).toContain('Demonstrations are not logged as rollouts.');
    expect(explorerData(report('whole'))).toBeUndefined();
    expect(report('whole')).toMatch(/<code>gradsplit reproduce pick-sum [^<]* --log-rollouts<\/code> does/);
  });

  test('with more seeds does what is missing', async () => {
    const files = ['seed-1/evaluation.json', 'seed-1/rl/checkpoints/00000007'];
    const before = files.map((file) => statSync(place.path(`alone/${file}`)).ino);
    const { code, stdout, stderr } = await inProcess(begin('alone', '--resume', '--json', '-'));
    expect(code, stderr).toBe(0);
    // What was there was not written again.
    expect(files.map((file) => statSync(place.path(`alone/${file}`)).ino)).toEqual(before);
    expect(existsSync(place.path('alone/seed-2/rl/checkpoints/00000007'))).toBe(true);
    expect(comparable(JSON.parse(stdout))).toBe(comparable(whole));
    await expectRefused(
      begin('alone', '--resume', '--seeds', '1'),
      '--seeds: expected at least 2, as the experiment has that many, found 1',
    );
  });
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)(
  '%s saves and ends with %i; the same command with --resume, which began it, ends with the same',
  async (signal, expected) => {
    const command = begin(
      signal,
      '--seeds',
      '1',
      '--workers',
      '2',
      '--set',
      'run.checkpointEvery=3',
      '--resume',
    );
    const child = spawn(process.execPath, [MAIN, ...command]);
    let sent = false;
    let said = '';
    child.stderr.on('data', (text: Buffer) => {
      said += text.toString();
      if (!sent && said.includes('seed ')) sent = child.kill(signal);
    });
    child.stdout.resume();
    const [code] = await once(child, 'close');
    expect(code).toBe(expected);
    expect(said).toContain('The steps that are running end first, then all runs are saved.\n');
    expect(said).toContain(
      `gradsplit: interrupted: all runs are saved in ${place.path(signal)}; go on with: gradsplit reproduce --out ${place.path(signal)} --resume\n`,
    );
    expect(existsSync(place.path(`${signal}/lock`))).toBe(false);
    expect(existsSync(place.path(`${signal}/reproduce.json`))).toBe(false);
    const again = signal === 'SIGINT' ? command : ['reproduce', '--out', place.path(signal), '--resume'];
    const resumed = await inProcess([...again, '--json', '-']);
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(ofFirstSeed(JSON.parse(resumed.stdout))).toBe(ofFirstSeed(whole));
  },
);

/** An evaluation without the hash of its content, with which any edit is refused. */
function unsealed(text: string): string {
  const { sha256: _, ...rest } = JSON.parse(text);
  return JSON.stringify(rest);
}

describe('--resume', () => {
  const more = (dir: string, ...changes: readonly string[]): string[] => [
    ...begin(dir, '--resume'),
    ...changes,
  ];

  test('refuses other settings, with what differs', async () => {
    await expectRefused(
      more('whole', '--set', 'update=sample'),
      'the settings that the experiment began with, but config.train.update is "both" there and "sample" here',
    );
    const episodes = more('whole').map((word, i, words) => (words[i - 1] === '--episodes' ? '70' : word));
    await expectRefused(episodes, 'but episodes is 60 there and 70 here');
    await expectRefused(
      ['reproduce', '--out', place.path('whole'), '--resume', '--seeds', '2'],
      'but quick is true there and false here; episodes is 60 there and 1000 here; config.',
    );
  });

  const edited = (name: string, file: string, edit: (text: string) => string): string => {
    cpSync(place.path('whole'), place.path(name), { recursive: true });
    const path = place.path(`${name}/${file}`);
    writeFileSync(path, edit(readFileSync(path, 'utf8')));
    return place.path(name);
  };
  test.each([
    ['an empty evaluation', 'seed-2/evaluation.json', () => '', 'evaluation.json: not valid JSON'],
    ['null', 'seed-2/evaluation.json', () => 'null', 'evaluation.json: expected object, found null'],
    [
      'an evaluation of another seed',
      'seed-2/evaluation.json',
      (text: string) => unsealed(text).replace('"seed":2', '"seed":1'),
      'evaluation.json: seed: expected 2, found 1',
    ],
    [
      'an edited evaluation',
      'seed-2/evaluation.json',
      (text: string) => text.replace(/"mean": [\d.]+/, '"mean": 0.5'),
      'evaluation.json: expected what was written there, found an edited file',
    ],
    [
      'an evaluation of another experiment',
      'seed-2/evaluation.json',
      (text: string) => unsealed(text).replace(/"settings":"..../, '"settings":"0000'),
      'evaluation.json: settings: expected an evaluation of this experiment',
    ],
    [
      'edited settings',
      'settings.json',
      (text: string) => text.replace('"episodes": 60', '"episodes": 61'),
      'settings.json: expected what the experiment began with, found an edited file',
    ],
    [
      'an edited configuration',
      'settings.json',
      (text: string) => text.replace('"width": 16', '"width": 32'),
      'settings.json: expected what the experiment began with, found an edited file',
    ],
    ['no settings', 'settings.json', () => 'null', 'settings.json: expected object, found null'],
    [
      'an edited run',
      'seed-1/sft/config.json',
      (text: string) => text.replace('"width": 16', '"width": 32'),
      'config.json: expected what the run began with, found an edited file',
    ],
  ])('refuses %s', async (name, file, edit, message) => {
    const dir = edited(name, file, edit);
    const { code, stdout, stderr } = await inProcess([
      'reproduce',
      '--out',
      dir,
      '--resume',
      '--workers',
      '1',
    ]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr.trim().split('\n').at(-1)).toContain(message);
  });
});

test('what is there is not done again, and a lost part is', async () => {
  cpSync(place.path('whole'), place.path('copy'), { recursive: true });
  rmSync(place.path('copy/seed-2/evaluation.json'));
  rmSync(place.path('copy/seed-2/sft'), { recursive: true });
  // What a kill leaves.
  for (const folder of ['', 'seed-2/', 'seed-1/rl/']) place.file(`copy/${folder}.gradsplit-1-0.tmp`, 'half');
  const told: string[] = [];
  const { plan, sha256 } = await readPlan(place.path('copy'));
  await runJobs(JOB_WORKER, jobsOf(plan, place.path('copy'), sha256), 2, {
    signal: new AbortController().signal,
    onProgress: (_, __, { name }, label) => told.push(`${name}: ${label}`),
  });
  expect(told.filter((label) => label.includes(': step'))).not.toEqual([]);
  for (const label of told.filter((text) => text.includes(': step'))) expect(label).toMatch(/^seed 2 sft/);
  const { code, stdout } = await inProcess(['reproduce', '--out', place.path('copy'), '--resume']);
  expect(code).toBe(0);
  for (const folder of ['', 'seed-2', 'seed-1/rl']) {
    expect(readdirSync(place.path(`copy/${folder}`)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  }
  expect(stdout).toContain('RL answers more prompts right than SFT out of distribution.');
  expect(stdout).toContain('SFT → RL');
  expect(stdout).not.toContain('\u001b');
});

test('what an earlier process had done is told apart, as it took no time of this one', async () => {
  const dir = place.path('whole');
  const told: (readonly [done: number, before: number])[] = [];
  const { plan, sha256 } = await readPlan(dir);
  await runJobs(JOB_WORKER, jobsOf(plan, dir, sha256), 2, {
    signal: new AbortController().signal,
    onProgress: (done, before) => told.push([done, before]),
  });
  expect(told.length).toBeGreaterThan(0);
  for (const [done, before] of told) expect(before).toBe(done);
});

describe('bad input', () => {
  test('names, options, folders', async () => {
    await expectRefused(['reproduce', 'pick-sun'], 'unknown preset "pick-sun" (did you mean "pick-sum"?)');
    await expectRefused(['reproduce', 'pick-sum', '--set', 'stepps=3'], 'stepps');
    await expectRefused(['reproduce', '--seeds', '0'], '--seeds: expected an integer of at least 1');
    await expectRefused(
      ['reproduce', '--out', place.path('sft'), '--set', 'objective=sft'],
      'train.objective must be an objective of RL, found sft',
    );
    await expectRefused(
      ['reproduce', '--out', place.path('late'), '--set', 'base.wrong=0.5,0.6'],
      'base.wrong: expected',
    );
    expect(existsSync(place.path('late'))).toBe(false);
    await expectRefused(begin('whole'), 'there is an experiment already; --resume continues it');
  });
});
