// `gradsplit attribute` as a process at a Hugging Face folder in shards, with rollouts in ids; kept passes, Ctrl-C, and bad input.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { AttributionDocument } from '../../src/documents/attribution.ts';
import { schemas } from '../../src/documents/index.ts';
import { tokenizerFile } from '../rollouts/tokenizer/files.ts';
import { ROOT } from '../structure/files.ts';
import { expectRefused, inProcess } from './inProcess.ts';
import { gradsplit, MAIN, workplace } from './run.ts';

const place = workplace();
const model = place.path('qwen2');
const GRPO = ['--objective', 'grpo', '--option', 'beta=0.1'];

/** A model of 2 blocks, 64 tokens and a context of 64 if no other shape is asked for, in two shards; the same seed writes the same weights. */
function writeModel(folder: string, seed: number, shape = 'tiny-qwen2'): void {
  const script = join(ROOT, 'scripts/randomCheckpoint.mjs');
  const args = [script, shape, folder, '--shards', '2', '--seed', `${seed}`];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
}

/** A rollout with a prompt of 2 tokens, and a decision at the end. */
function rollout(ids: readonly number[], more: Readonly<Record<string, unknown>> = {}): string {
  const components = ids.map((_, t) => (t < 2 ? 'prompt' : t === ids.length - 1 ? 'decision' : 'sample'));
  return `${JSON.stringify({ group: 'a', reward: ids[2]! % 2, ids, components, ...more })}\n`;
}

/** 4 responses of one prompt, of 3 to 6 tokens. */
const LINES = [0, 1, 2, 3].map((i) =>
  rollout([7, 8, ...Array.from({ length: 3 + i }, (_, t) => (5 * i + 3 * t + 9) % 64)]),
);
const rollouts = place.file('rollouts.jsonl', LINES.join(''));

beforeAll(() => writeModel(model, 1));

function parsed(text: string): AttributionDocument {
  const value: unknown = JSON.parse(text);
  expect(schemas['attribution@1'].safeParse(value).error?.message).toBeUndefined();
  return value as AttributionDocument;
}

/** What does not depend on when it was computed. */
function lasting({ seconds: _, peakMiB: _m, ...more }: AttributionDocument): object {
  return more;
}

test('a folder in shards with ids: a document of every response token, and the parts add up', () => {
  const { code, stdout, stderr } = gradsplit([
    ...['attribute', model, '--rollouts', rollouts, ...GRPO],
    ...['--check', '3', '--json', '-'],
  ]);
  expect(code, stderr).toBe(0);
  const found = parsed(stdout);
  expect(found.model).toMatchObject({ architecture: 'qwen2', checkpoint: model });
  expect(found.rollouts).toMatchObject({ from: 'file', trajectories: 4, tokens: 18, groups: 1 });
  expect(found.trajectories.place).toEqual([1, 2, 3, 4].map((line) => `${rollouts}:${line}`));
  expect(found.tokens.component.filter((name) => name === 'decision')).toHaveLength(4);
  expect(found.residual!).toBeLessThanOrEqual(found.bound!);
  expect(found.check!.correlation!).toBeGreaterThan(0.99);
});

describe('kept passes', () => {
  const json = place.path('kept.json');
  const partial = `${json}.partial`;
  const args = ['attribute', model, '--rollouts', rollouts, ...GRPO, '--check', '16', '--json', json];

  /** Starts the command, and sends SIGINT once the file of passes is there. */
  async function interrupted(): Promise<{ code: number | null; stderr: string }> {
    rmSync(json, { force: true });
    rmSync(partial, { force: true });
    const child = spawn(process.execPath, [MAIN, ...args]);
    let stderr = '';
    child.stderr.on('data', (more: Buffer) => {
      stderr += more.toString();
    });
    while (!existsSync(partial) && child.exitCode === null)
      await new Promise((resolve) => setTimeout(resolve, 2));
    child.kill('SIGINT');
    const [code] = await once(child, 'close');
    return { code, stderr };
  }

  test('Ctrl-C leaves them, --resume takes them and no others', async () => {
    const { code, stderr } = await interrupted();
    expect([code, existsSync(json)]).toEqual([130, false]);
    const kept = readFileSync(partial, 'utf8');
    const { passes, ...more } = JSON.parse(kept);
    const count = Object.keys(passes).length;
    expect(count).toBeGreaterThan(0);
    expect(stderr).toContain(`${count} passes are kept in ${partial}`);

    const again = [...args, '--resume'];
    const resumed = await inProcess(again);
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(resumed.stderr).toContain(`${count} passes are taken from ${partial}`);
    expect(existsSync(partial)).toBe(false);
    const found = parsed(readFileSync(json, 'utf8'));
    const whole = await inProcess(args);
    expect(whole.code, whole.stderr).toBe(0);
    expect(lasting(found)).toEqual(lasting(parsed(readFileSync(json, 'utf8'))));

    // Norms of trajectories stand at the end of the first pass: others must come back, so it is not computed again.
    const first: number[] = passes['gradients of the labels'];
    const B = 4;
    for (let i = 1; i <= B; i++) first[first.length - i]! += 1000;
    writeFileSync(partial, JSON.stringify({ ...more, passes }));
    expect((await inProcess(again)).code).toBe(0);
    const marked = parsed(readFileSync(json, 'utf8'));
    expect(marked.trajectories.alignment).toEqual(found.trajectories.alignment.map((x) => x + 1000));
    expect(marked.gram).toEqual(found.gram);

    // Without --resume they are written over, and with other options refused.
    writeFileSync(partial, kept);
    const other = await inProcess([...args, '--max-tokens', '8', '--resume']);
    expect([other.code, other.stdout]).toEqual([2, '']);
    expect(other.stderr).toContain('--resume: expected');
  });

  test('they are of the bytes of the weights, under whatever names and sizes', async () => {
    const { code } = await interrupted();
    expect(code).toBe(130);
    const kept = readFileSync(partial, 'utf8');
    const resume = [...args, '--resume'];
    const shard = join(model, 'model-00002-of-00002.safetensors');
    const { size } = statSync(shard);
    writeModel(model, 2);
    expect(statSync(shard).size).toBe(size);
    const refused = await inProcess(resume);
    expect([refused.code, refused.stdout, existsSync(json)]).toEqual([2, '', false]);
    expect(refused.stderr).toContain(
      'to be of the same checkpoint, rollouts and options, found one of others',
    );
    expect(readFileSync(partial, 'utf8')).toBe(kept);
    // The control: the old weights again, written anew.
    writeModel(model, 1);
    const { code: ended, stderr } = await inProcess(resume);
    expect(ended, stderr).toBe(0);
  });
});

describe('bad input ends with 2, names the place and writes nothing', () => {
  const outputs = [place.path('bad.json'), place.path('bad.html'), place.path('bad.json.partial')];

  async function refusedWith(folder: string, text: string, message: string): Promise<void> {
    const file = place.file('bad.jsonl', text);
    const { code, stdout, stderr } = await inProcess([
      ...['attribute', folder, '--rollouts', file, ...GRPO],
      ...['--json', outputs[0]!, '--report', outputs[1]!],
    ]);
    expect([code, stdout, outputs.filter(existsSync)], stderr).toEqual([2, '', []]);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  }

  const [first, second] = LINES as [string, string];
  test.each<[string, string, string]>([
    ['an id outside the vocabulary', first + rollout([7, 8, 9, 64]), 'bad.jsonl: line 2: ids[3]'],
    [
      'more tokens than the context',
      first + rollout(Array.from({ length: 66 }, (_, t) => t % 64)),
      'bad.jsonl: line 2: expected at most 65 tokens',
    ],
    [
      'all tokens masked',
      [1, 2].map(() => rollout([7, 8, 9, 10], { mask: [0, 0, 0, 0] })).join(''),
      'bad.jsonl: expected tokens that take part in the loss, found all 4 of the responses masked out',
    ],
    ['half a line', first + second.slice(0, 20), 'bad.jsonl: line 2'],
    ['nothing', '', 'bad.jsonl'],
  ])('%s', (_, text, message) => refusedWith(model, text, message));

  test('a shard that was cut', async () => {
    const folder = place.path('cut');
    writeModel(folder, 1);
    const shard = join(folder, 'model-00002-of-00002.safetensors');
    truncateSync(shard, statSync(shard).size - 100);
    await refusedWith(folder, LINES.join(''), shard);
  });

  test('as many tokens as the context has room for are taken', async () => {
    const long = place.file('long.jsonl', rollout(Array.from({ length: 65 }, (_, t) => t % 64)) + first);
    const { code, stderr } = await inProcess(['attribute', model, '--rollouts', long, ...GRPO]);
    expect(code, stderr).toBe(0);
  });
});

/** The document of the command in this process. */
async function documentOf(...args: readonly string[]): Promise<AttributionDocument> {
  const { code, stdout, stderr } = await inProcess([
    'attribute',
    ...args,
    '--influence',
    'none',
    '--json',
    '-',
  ]);
  expect(code, stderr).toBe(0);
  return parsed(stdout);
}

test('--reference: a penalty is of the log-probs of another model', async () => {
  const reference = place.path('reference');
  writeModel(reference, 2);
  const alone = await documentOf(model, '--rollouts', rollouts, ...GRPO);
  expect(alone.labels.map(({ term }) => term)).not.toContain('kl');
  const found = await documentOf(model, '--rollouts', rollouts, ...GRPO, '--reference', reference);
  expect(found.rollouts.reference).toBe(reference);
  expect(found.labels.map(({ term }) => term)).toContain('kl');
  const { value } = found.levels.mass.find(({ what }) => what === 'klTerms')!;
  const other = await documentOf(reference, '--rollouts', rollouts, ...GRPO);
  const terms = found.tokens.logProb.map((x, t) => x! - other.tokens.logProb[t]!);
  const sum = Object.values(value).reduce<number>((total, x) => total + x!, 0);
  expect(sum).toBeCloseTo(terms.reduce((total, x) => total + x, 0) / 4, 5);
  const shorter = place.path('shorter');
  writeModel(shorter, 1, 'gpt2-128');
  const line = ['attribute', model, '--rollouts', rollouts, ...GRPO];
  await expectRefused([...line, '--reference', shorter], 'expected the 64 tokens of the model, found 512');
});

test('advantages that were logged stand in for those of rewards, where there are none', async () => {
  const values = [1, -0.5, 0.25, 2];
  const changed = (change: (line: Record<string, unknown>, i: number) => object): string =>
    LINES.map((line, i) => `${JSON.stringify(change(JSON.parse(line), i))}\n`).join('');
  const rewarded = place.file(
    'rewarded.jsonl',
    changed((line, i) => ({ ...line, reward: values[i] })),
  );
  const given = place.file(
    'given.jsonl',
    changed(({ reward: _, ...line }, i) => ({ ...line, advantage: values[i] })),
  );
  const objective = ['--objective', 'reinforce', '--option', 'baseline=0'];
  const [expected, found] = [
    await documentOf(model, '--rollouts', rewarded, ...objective),
    await documentOf(model, '--rollouts', given, ...objective),
  ];
  expect(found.rollouts.advantages).toBe('logged');
  expect(expected.rollouts).not.toHaveProperty('advantages');
  expect(found.gram).toEqual(expected.gram);
  expect(found.trajectories.reward).toEqual([null, null, null, null]);
  // Without both, and where the loss is asked for, rewards are needed.
  const line = ['attribute', model, ...objective];
  const neither = place.file(
    'neither.jsonl',
    changed(({ reward: _, ...rest }) => rest),
  );
  await expectRefused([...line, '--rollouts', neither], 'line 1: reward: expected a finite number');
  await expectRefused(
    [...line, '--rollouts', given, '--check', '2'],
    '--check: expected rollouts with rewards',
  );
});

test('text alone: the rules for decisions hold for the tokens of the model', async () => {
  const folder = place.path('text');
  writeModel(folder, 1, 'gpt2-128');
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(tokenizerFile('gpt2')));
  const lines = ['It is 46.', 'It is 45. Wait, 46.'].map((output, i) =>
    JSON.stringify({ input: 'the sum', output, gts: '46', score: i, step: 1 }),
  );
  const file = place.file('verl.jsonl', `${lines.join('\n')}\n`);
  const componentsOf = async (...more: readonly string[]): Promise<Set<string>> => {
    const line = ['attribute', folder, '--rollouts', file, '--format', 'verl', '--objective', 'reinforce'];
    const { code, stdout, stderr } = await inProcess([
      ...line,
      '--influence',
      'none',
      '--json',
      '-',
      ...more,
    ]);
    expect(code, stderr).toBe(0);
    return new Set(parsed(stdout).tokens.component);
  };
  expect(await componentsOf('--decision-pattern', 'Wait')).toEqual(new Set(['sample', 'decision']));
  expect(await componentsOf()).toEqual(new Set(['sample']));

  const template = place.file('template.jinja', 'the {{ messages[0].content }}');
  const line = [folder, '--rollouts', file, '--format', 'verl', '--objective', 'reinforce'];
  const firstOf = async (what: string): Promise<number> =>
    (await documentOf(...line, '--chat-template', what)).tokens.position[0]!;
  expect(await firstOf(template)).toBeGreaterThan(await firstOf('off'));
  await expectRefused(
    ['attribute', ...line, '--chat-template', 'on'],
    'expected a chat template in the folder of',
  );
});
