// The folder of a run as a whole: what must not be in it, what must, and that nothing else is written over it.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { TINY } from '../training/runs.ts';
import { inProcess } from './inProcess.ts';
import { gradsplit, workplace } from './run.ts';

const place = workplace();
const config = place.file('tiny.json', JSON.stringify(TINY));
const CHECKPOINT = 'checkpoints/00000005';

beforeAll(async () => {
  for (const [dir, seed] of [
    ['run', '0'],
    ['seed', '1'],
  ] as const) {
    const line = ['train', '--config', config, '--out', place.path(dir), '--steps', '5', '--seed', seed];
    const { code, stderr } = await inProcess(line);
    expect(code, stderr).toBe(0);
  }
});

let copies = 0;
/** A copy of the run in which something is changed. */
function changed(change: (dir: string) => void): string {
  const dir = `copy${copies++}`;
  cpSync(place.path('run'), place.path(dir), { recursive: true });
  change(place.path(dir));
  return dir;
}

async function expectRefusal(dir: string, message: string): Promise<void> {
  const path = place.path(dir);
  for (const line of [
    ['train', '--out', path, '--resume'],
    ['eval', path, '--episodes', '2'],
  ]) {
    const { code, stdout, stderr } = await inProcess(line);
    expect([code, stdout], stderr).toEqual([2, '']);
    expect(stderr).toContain(message);
  }
}

test('another number of updates in state.json is an edit', async () => {
  const dir = changed((copy) => {
    const path = `${copy}/${CHECKPOINT}/state.json`;
    expect(readFileSync(path, 'utf8')).toContain('"updates": 2');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"updates": 2', '"updates": 1'));
  });
  await expectRefusal(dir, 'state.json: expected what was written there, found an edited file');
});

/** Goes on with a run to its end: what was said, and the hash of the weights. */
async function goOn(dir: string, ...more: readonly string[]): Promise<{ said: string; sha256: string }> {
  const line = ['train', '--out', place.path(dir), '--resume', ...more, '--json', '-'];
  const { code, stdout, stderr } = await inProcess(line);
  expect(code, stderr).toBe(0);
  return { said: stderr, sha256: JSON.parse(stdout).sha256 };
}

test('lines of metrics.jsonl that are lost or edited are no reason to stop, but are said once', async () => {
  const { said, sha256 } = await goOn(changed(() => {}));
  expect(said).not.toContain('metrics.jsonl');
  const edits: ((path: string) => void)[] = [
    (path) => {
      const lines = readFileSync(path, 'utf8').split('\n');
      writeFileSync(path, [...lines.slice(0, 2), ...lines.slice(3)].join('\n'));
    },
    (path) => writeFileSync(path, readFileSync(path, 'utf8').replace(/"loss":/, '"loss":1')),
    (path) => rmSync(path),
  ];
  for (const edit of edits) {
    const dir = changed((copy) => edit(`${copy}/metrics.jsonl`));
    const first = await goOn(dir);
    expect(first.sha256).toBe(sha256);
    expect(first.said).toContain(
      'metrics.jsonl: the lines up to step 5 are not those that the run wrote; curves and metrics.csv show those that are there',
    );
    expect((await goOn(dir, '--steps', '7')).said).not.toContain('the lines up to');
  }
});

test('a run without the checkpoints that it had begins again, and says so', async () => {
  const { sha256 } = await goOn(changed(() => {}));
  const again = await goOn(changed((copy) => rmSync(`${copy}/checkpoints`, { recursive: true })));
  expect(again.said).toContain(
    '5 steps had been taken, and there is no checkpoint of any: the run begins again',
  );
  expect(again.sha256).toBe(sha256);
});

test('checkpoints may be written at other times, which is said and changes no bit', async () => {
  const { sha256 } = await goOn(changed(() => {}));
  const dir = changed(() => {});
  const times = ['--set', 'run.checkpointEvery=7', '--set', 'run.checkpointMinutes=3'];
  const other = await goOn(dir, ...times);
  expect(other.said).toContain(
    'run.checkpointEvery was 100 and is 7, run.checkpointMinutes was 10 and is 3 from here on, which changes no result',
  );
  expect(other.sha256).toBe(sha256);
  const { config: written } = JSON.parse(readFileSync(`${place.path(dir)}/config.json`, 'utf8'));
  expect(written.run).toMatchObject({ checkpointEvery: 7, checkpointMinutes: 3 });
  expect((await goOn(dir)).said).not.toContain('from here on');
  // The run was at step 5, its base ends at 3, and it ends at 6.
  const kept = changed(() => {});
  expect((await goOn(kept, '--set', 'run.keepEvery=5')).sha256).toBe(sha256);
  const stepsOf = (folder: string): number[] =>
    readdirSync(`${place.path(folder)}/checkpoints`)
      .map(Number)
      .sort();
  expect([stepsOf(kept), stepsOf(dir)]).toEqual([
    [3, 5, 6],
    [3, 6],
  ]);
});

test('a folder where a file is written at the end is found at the beginning', async () => {
  const before = (name: string): string => {
    const dir = changed((copy) => {
      rmSync(`${copy}/${name}`, { recursive: true, force: true });
      mkdirSync(`${copy}/${name}`);
    });
    return dir;
  };
  for (const [name, ...more] of [['report.html'], ['metrics.csv'], ['profile.json', '--profile']] as const) {
    const dir = before(name);
    const line = ['train', '--out', place.path(dir), '--resume', ...more];
    const { code, stderr } = await inProcess(line);
    expect([code, readdirSync(`${place.path(dir)}/checkpoints`)], stderr).toEqual([
      2,
      ['00000003', '00000005'],
    ]);
    expect(stderr).toContain(`${name}: it is a directory, not a file`);
  }
  mkdirSync(place.path('new/report.html'), { recursive: true });
  const { code } = await inProcess(['train', '--config', config, '--out', place.path('new')]);
  expect([code, readdirSync(place.path('new'))]).toEqual([2, ['report.html']]);
});

test('an experiment is not begun where it could not end, nor over runs whose settings are lost', async () => {
  for (const [name, message] of [
    ['reproduce.json', 'reproduce.json: it is a directory, not a file'],
    ['report.html', 'report.html: it is a directory, not a file'],
    ['seed-1/rl/report.html', 'report.html: it is a directory, not a file'],
    ['seed-1', 'expected no runs, as there is no settings.json, found seed-1'],
  ] as const) {
    const dir = place.path(`experiment ${name.replaceAll('/', ' ')}`);
    mkdirSync(`${dir}/${name}`, { recursive: true });
    const found = readdirSync(dir);
    const line = ['reproduce', 'pick-sum', '--quick', '--out', dir, '--resume', '--workers', '1'];
    const { code, stderr } = await inProcess(line);
    expect([code, readdirSync(dir)], stderr).toEqual([2, found]);
    expect(stderr).toContain(message);
  }
});

test('a run that goes on with another build of the kernels says so, and only then', () => {
  const dir = place.path(changed(() => {}));
  const { build } = JSON.parse(readFileSync(`${dir}/config.json`, 'utf8')).kernels;
  const said = (steps: string, env: Record<string, string>): string => {
    const { code, stderr } = gradsplit(['train', '--out', dir, '--resume', '--steps', steps], env);
    expect(code, stderr).toBe(0);
    return stderr;
  };
  expect(said('6', {})).not.toContain('build of the kernels');
  const other = build === 'plain' ? 'relaxed' : 'plain';
  expect(said('7', { GRADSPLIT_SIMD: other })).toContain(
    `the run began with the ${build} build of the kernels and goes on with the ${other} build`,
  );
});

test('checkpoints that are a file, or a link that leads nowhere', async () => {
  for (const replace of [
    (path: string) => writeFileSync(path, ''),
    (path: string) => symlinkSync('nowhere', path),
  ]) {
    const dir = changed((copy) => {
      rmSync(`${copy}/checkpoints`, { recursive: true });
      replace(`${copy}/checkpoints`);
    });
    await expectRefusal(dir, 'checkpoints: ');
  }
});

test('checkpoints without a configuration, and the folder of an experiment', async () => {
  const lost = changed((copy) => rmSync(`${copy}/config.json`));
  const settings = changed((copy) => {
    rmSync(copy, { recursive: true });
    mkdirSync(copy);
    writeFileSync(`${copy}/settings.json`, '{}');
  });
  for (const [dir, message] of [
    [lost, 'expected no checkpoints, as there is no config.json, found some'],
    [settings, 'expected the folder of a run, found that of an experiment'],
  ] as const) {
    const before = readdirSync(place.path(dir));
    const run = ['train', '--config', place.path('tiny.json'), '--out', place.path(dir)];
    const { code, stderr } = await inProcess(run);
    expect([code, readdirSync(place.path(dir))], stderr).toEqual([2, before]);
    expect(stderr).toContain(message);
  }
  const experiment = ['reproduce', 'pick-sum', '--quick', '--out', place.path('run')];
  const { code, stderr } = await inProcess(experiment);
  expect([code, stderr]).toEqual([2, expect.stringContaining('found that of a run')]);
});

test('no output takes the place of a file that a run needs', async () => {
  const dir = place.path(changed(() => {}));
  for (const file of ['config.json', 'metrics.jsonl', `${CHECKPOINT}/state.json`]) {
    const before = readFileSync(`${dir}/${file}`);
    const lines = [
      ['eval', dir, '--episodes', '2', '--json', `${dir}/${file}`],
      ['train', '--out', dir, '--resume', '--json', `${dir}/${file}`],
      ['report', dir, place.path('seed'), '-o', `${dir}/${file}`],
    ];
    for (const line of lines) {
      const { code, stderr } = await inProcess(line);
      expect([code, readFileSync(`${dir}/${file}`)], stderr).toEqual([2, before]);
      expect(stderr).toContain('expected a place of its own');
    }
  }
  expect((await inProcess(['eval', dir, '--episodes', '2', '--json', `${dir}/mine.json`])).code).toBe(0);
});
