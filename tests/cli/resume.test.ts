// `--resume`, as a cluster uses it: the same command again, after any end. Signals save, and say what goes on.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { TINY } from '../training/runs.ts';
import { inProcess } from './inProcess.ts';
import { MAIN, type Run, workplace } from './run.ts';

const place = workplace();
const config = place.file(
  'tiny.json',
  JSON.stringify({
    ...TINY,
    run: { attempts: 3, checkpointEvery: 2, evaluateEvery: 2, evaluateEpisodes: 8 },
  }),
);
const order = (dir: string, ...more: readonly string[]): string[] => [
  ...['train', '--config', config, '--out', place.path(dir)],
  ...more,
];

async function hashOf(args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await inProcess([...args, '--json', '-']);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout).sha256;
}

async function expectRefusal(args: readonly string[], message: string): Promise<void> {
  const { code, stdout, stderr } = await inProcess(args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(message);
}

/** Metrics without speeds. */
const metricsOf = (dir: string): string =>
  readFileSync(place.path(`${dir}/metrics.jsonl`), 'utf8').replace(/"tokensPerSecond":[^}]*/g, '');
const configOf = (dir: string): unknown => JSON.parse(readFileSync(place.path(`${dir}/config.json`), 'utf8'));

let sha256 = '';
beforeAll(async () => {
  sha256 = await hashOf(order('whole'));
});

test('the same command begins where there is nothing, goes on, and does nothing at the end', async () => {
  expect(await hashOf(order('same', '--resume', '--steps', '2'))).not.toBe(sha256);
  expect(await hashOf(order('same', '--resume', '--seed', '0', '--steps', '4'))).not.toBe(sha256);
  expect(await hashOf(order('same', '--resume'))).toBe(sha256);
  expect(await hashOf(order('same', '--resume'))).toBe(sha256);
  expect(metricsOf('same')).toBe(metricsOf('whole'));
  expect(configOf('same')).toEqual(configOf('whole'));
});

test('the folder alone says what is gone on with, and where nothing is, nothing is begun', async () => {
  await hashOf(order('alone', '--steps', '4', '--seed', '3'));
  const whole = await hashOf(order('third', '--seed', '3'));
  expect(await hashOf(['train', '--out', place.path('alone'), '--resume'])).toBe(whole);
  await expectRefusal(
    ['train', '--out', place.path('none'), '--resume'],
    'none: expected a run folder, found no config.json',
  );
  await expectRefusal(['train', '--resume'], '--resume: expected --out');
  expect(existsSync(place.path('none'))).toBe(false);
});

test('a folder of version 0.2.0, which had no hashes and fewer options, goes on', async () => {
  await hashOf(order('old', '--steps', '2'));
  const edit = (name: string, change: (value: Record<string, Record<string, object>>) => void): void => {
    const value = JSON.parse(readFileSync(place.path(`old/${name}`), 'utf8'));
    change(value);
    place.file(`old/${name}`, JSON.stringify(value));
  };
  edit('config.json', (value) => {
    delete value.sha256;
    for (const name of ['splitEvery', 'checkpointMinutes', 'microBatch']) {
      expect(value.config!.run).toHaveProperty(name);
      delete (value.config!.run as Record<string, unknown>)[name];
    }
  });
  edit('checkpoints/00000002/state.json', (value) => {
    delete value.run;
    delete value.files;
    delete value.sha256;
  });
  expect(await hashOf(['train', '--out', place.path('old'), '--resume', '--steps', '4'])).not.toBe(sha256);
  expect(await hashOf(['train', '--out', place.path('old'), '--resume', '--steps', '6'])).toBe(sha256);
});

test('another configuration is refused, with what differs', async () => {
  await expectRefusal(order('whole'), 'there is a run already; --resume continues it');
  const differs = '--resume goes on with the configuration that the run began with, but ';
  await expectRefusal(order('whole', '--resume', '--seed', '7'), `${differs}seed is 0 there and 7 here`);
  await expectRefusal(
    order('whole', '--resume', '--set', 'update=sample'),
    `${differs}train.update is "both" there and "sample" here`,
  );
  await expectRefusal(
    ['train', '--out', place.path('whole'), '--resume', '--set', 'base.batch=9', '--set', 'model.width=32'],
    `${differs}model.width is 16 there and 32 here; base.batch is 8 there and 9 here`,
  );
  await expectRefusal(['train', '--preset', 'pick-sum', '--out', place.path('whole'), '--resume'], ' more\n');
  await expectRefusal(
    order('whole', '--resume', '--set', 'objective=grpo'),
    'train.objective is "rloo" there and "grpo" here',
  );
});

describe('more steps', () => {
  test('than it had: a run that has ended goes on to the bits of one go', async () => {
    expect(await hashOf(order('more'))).toBe(sha256);
    const longer = await hashOf(order('go', '--steps', '9'));
    expect(longer).not.toBe(sha256);
    expect(await hashOf(order('more', '--resume', '--steps', '9'))).toBe(longer);
    expect(metricsOf('more')).toBe(metricsOf('go'));
    expect(metricsOf('more').trim().split('\n')).toHaveLength(9);
    expect(configOf('more')).toEqual(configOf('go'));
    expect(await hashOf(order('set', '--set', 'train.steps=6'))).toBe(longer);
    expect(await hashOf(['train', '--out', place.path('more'), '--resume', '--steps', '9'])).toBe(longer);
    const again = await hashOf(order('twice', '--steps', '4'));
    expect(await hashOf(order('twice', '--steps', '9', '--resume'))).toBe(longer);
    expect(again).not.toBe(longer);
  });

  test('of base, where no phase follows', async () => {
    const only = (dir: string, ...more: readonly string[]): string[] =>
      order(dir, '--set', 'train.steps=0', ...more);
    const longer = await hashOf(only('base five', '--set', 'base.steps=5'));
    await hashOf(only('base'));
    expect(await hashOf(only('base', '--resume', '--steps', '5'))).toBe(longer);
    // And the phase that it did not have.
    const five = ['--set', 'base.steps=5'];
    expect(await hashOf(order('base', '--resume', ...five))).toBe(await hashOf(order('five', ...five)));
  });

  test('but never fewer than it has taken, nor another end of base that is over', async () => {
    const run = place.path('whole');
    await expectRefusal(
      order('whole', '--resume', '--steps', '5'),
      '--steps: expected at least 6, as the run has taken that many, found 5',
    );
    await expectRefusal(
      order('whole', '--resume', '--set', 'steps=2'),
      'train.steps: expected at least 3, as the run has come that far, found 2',
    );
    await expectRefusal(
      order('whole', '--resume', '--set', 'base.steps=4'),
      'base.steps: expected 3, as the run has come that far, found 4',
    );
    expect(await hashOf(['train', '--out', run, '--resume'])).toBe(sha256);
  });
});

test('--from with --resume begins with the other base, goes on, and takes the base that a cut left out', async () => {
  const from = order('from', '--from', place.path('whole'), '--resume');
  expect(await hashOf([...from, '--steps', '4'])).not.toBe(sha256);
  expect(await hashOf(from)).toBe(sha256);
  rmSync(place.path('from/checkpoints'), { recursive: true });
  rmSync(place.path('from/metrics.jsonl'));
  expect(await hashOf(from)).toBe(sha256);
  // Without the other run, which is needed no more.
  expect(await hashOf(order('from', '--from', place.path('gone'), '--resume'))).toBe(sha256);
});

/** Starts a command, sends a signal once stderr has this text, and waits for its end. */
async function stopped(args: readonly string[], signal: NodeJS.Signals, at: RegExp): Promise<Run> {
  const child = spawn(process.execPath, [MAIN, ...args]);
  const said = { stdout: '', stderr: '' };
  let sent = false;
  child.stdout.on('data', (text: Buffer) => (said.stdout += text.toString()));
  child.stderr.on('data', (text: Buffer) => {
    said.stderr += text.toString();
    if (!sent && at.test(said.stderr)) sent = child.kill(signal);
  });
  const [code] = await once(child, 'close');
  return { code, ...said };
}

/** Runs a command line of a shell that begins with `gradsplit`. */
function inShell(line: string): Run {
  const { status, stdout, stderr } = spawnSync(
    'sh',
    ['-c', line.replace('gradsplit', `'${process.execPath}' '${MAIN}'`)],
    { encoding: 'utf8' },
  );
  return { code: status, stdout, stderr };
}

describe.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s', (signal, expected) => {
  test('saves, says what goes on, and that does', async () => {
    const dir = `stopped by ${signal}`;
    const { code, stderr } = await stopped(order(dir, '--steps', '3000'), signal, /^\[5\//m);
    expect(code, stderr).toBe(expected);
    const said = stderr.trim().split('\n').at(-1)!;
    const [saved] = readdirSync(place.path(`${dir}/checkpoints`)).toReversed();
    const step = Number(saved);
    expect(said).toMatch(
      `gradsplit: interrupted: step ${step} of 3000 is saved in ${place.path(dir)}/checkpoints/${saved}; go on with: gradsplit train`,
    );
    expect(existsSync(place.path(`${dir}/lock`))).toBe(false);
    const goOn = said.slice(said.indexOf('go on with: ') + 'go on with: '.length);
    const resumed = inShell(`${goOn.replace('--steps 3000', `--steps ${step + 2}`)} --json -`);
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(JSON.parse(resumed.stdout).sha256).toBe(
      await hashOf(order(`${dir} in one go`, '--steps', String(step + 2))),
    );
  });
});

test('a long step is stopped in its middle by Ctrl-C, and the state before it is saved', async () => {
  const dir = place.path('long');
  const args = order('long', '--set', 'base.batch=4096', '--set', 'model.width=64');
  const child = spawn(process.execPath, [MAIN, ...args]);
  let said = '';
  child.stderr.on('data', (text: Buffer) => (said += text.toString()));
  // The first step begins as soon as this is written.
  while (!existsSync(`${dir}/config.json`)) await new Promise((done) => setTimeout(done, 20));
  await new Promise((done) => setTimeout(done, 400));
  child.kill('SIGINT');
  const [code] = await once(child, 'close');
  expect([code, said]).toEqual([130, expect.stringContaining('interrupted: step 0 of 6 is saved in')]);
  expect(readdirSync(`${dir}/checkpoints`)).toEqual(['00000000']);
  cpSync(`${dir}`, place.path('long copy'), { recursive: true });
  await expectRefusal(order('long copy', '--resume', '--steps', '1'), 'base.batch is 4096 there and 8 here');
});

test('a checkpoint also follows so many minutes after the last one', async () => {
  const rare = ['--set', 'run.checkpointEvery=1000', '--set', 'base.steps=5000'];
  const seldom = await stopped(order('seldom', ...rare), 'SIGKILL', /^\[6\//m);
  expect([seldom.code, existsSync(place.path('seldom/checkpoints'))]).toEqual([null, false]);
  const often = await stopped(
    order('often', ...rare, '--set', 'run.checkpointMinutes=0.0000001'),
    'SIGKILL',
    /^\[6\//m,
  );
  const [last] = readdirSync(place.path('often/checkpoints')).toReversed();
  expect([often.code, Number(last) >= 5]).toEqual([null, true]);
});

/** A program that runs before the command, and says on stderr when a computation that Ctrl-C stops at once has begun. */
const SAYS_BEGUN = `import vm from 'node:vm';
  import { syncBuiltinESMExports } from 'node:module';
  const run = vm.runInNewContext;
  vm.runInNewContext = (script, { body }, options) =>
    run(script, { body: () => { console.error('begun'); return body(); } }, options);
  syncBuiltinESMExports();`;

test('Ctrl-C ends a million samples', async () => {
  const args = ['sample', place.path('whole'), '--prompt', '12+34=', '-n', '1000000'];
  const before = ['--import', `data:text/javascript,${encodeURIComponent(SAYS_BEGUN)}`];
  const child = spawn(process.execPath, [...before, MAIN, ...args]);
  child.stdout.resume();
  let said = '';
  child.stderr.on('data', (bytes: Buffer) => {
    said += bytes.toString();
    if (said === 'begun\n') child.kill('SIGINT');
  });
  const [code] = await once(child, 'close');
  expect([code, said]).toEqual([130, 'begun\ngradsplit: interrupted\n']);
});
