// The programs under examples/ run against the built package by its own name and say what they should; what they define can be
// named on the command line by the path of their module.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../structure/files.ts';
import { TINY } from '../training/runs.ts';
import { type Compiled, compileExamples } from './compiled.ts';

/** Lines each program must print. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  'gradient.mjs': ['gradcheck holds: true', 'minimum: 1.000000, 1.000000'],
  'splitLoss.mjs': ['addUp: true'],
  'splitGradient.mjs': ['block1 thought', 'tokens with an influence: 12', 'parts add up: true', 'opposes: 0'],
  'attributeFolder.mjs': ['sample/policy embedding', 'decision/policy embedding', 'parts add up: true'],
  'transformerHessian.mjs': ['parameters: 6896', 'routes agree: true'],
  'auditFile.mjs': ['192 trajectories, rollouts@1', 'info group-zero-variance'],
  'ownArchitecture.ts': ['block1.mlp', 'parts add up: true', 'as in plain reverse mode: true'],
  'ownClaim.ts': ['claim: holds', 'for all policies: proved'],
  'ownFinding.ts': ['error reward-range: 1 of 2 rewards are outside of [0, 1], first in line 2'],
  'ownFormula.ts': ['weights: 0.25 0.25 -0.5'],
  'ownFormat.ts': ['2+2 four 1', '2+2 five or six 0'],
  'ownObjective.ts': ['weights: 0.2 0.2 0.2 0', 'are the negative gradient of the loss: true'],
  'ownOp.ts': ['softplus(1000): 1000', 'derivatives of both orders agree with differences: true'],
  'simulated.ts': [
    '200 sound trajectories: nothing',
    'tools are trained on: error tool-tokens-trained',
    'another divisor: warning batch-count-divisor',
  ],
  'ownTask.ts': ['solution: 4321', 'is right: true'],
};

let compiled: Compiled;
beforeAll(() => {
  compiled = compileExamples();
});
afterAll(() => compiled?.remove());

const node = (...args: readonly string[]): { status: number | null; stdout: string; stderr: string } =>
  spawnSync(process.execPath, args, { cwd: compiled.dir, encoding: 'utf8' });
const gradsplit = (...args: readonly string[]): ReturnType<typeof node> =>
  node(join(ROOT, 'dist/src/cli/main.js'), ...args);

test('every example is expected here', () => {
  const programs = readdirSync(join(ROOT, 'examples')).filter((name) => /\.(mjs|ts)$/.test(name));
  expect(programs.toSorted()).toEqual(Object.keys(EXPECTED).toSorted());
});

test.each(Object.entries(EXPECTED))('%s', (name, lines) => {
  const program = name.endsWith('.ts') ? name.replace(/\.ts$/, '.js') : join(ROOT, 'examples', name);
  const { status, stdout, stderr } = node(program);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  for (const line of lines) expect(stdout).toContain(line);
  expect(stdout).not.toContain('false');
});

describe('on the command line', () => {
  test('prove objective takes a weight formula from its module', () => {
    const { status, stdout } = gradsplit(
      'prove',
      'objective',
      './ownFormula.js',
      '--points',
      '1',
      '--json',
      '-',
    );
    expect(status).toBe(0);
    const [proof] = JSON.parse(stdout).objectives;
    expect(proof).toMatchObject({
      name: './ownFormula.js',
      balanced: { verdict: 'proved' },
      unbiased: { verdict: 'refuted' },
      lengthFree: { verdict: 'refuted' },
      baselineFree: { verdict: 'proved' },
    });
  });

  test('verify takes a claim from its module, beside others', () => {
    const claims = ['--claims', './ownClaim.js,C3', '--attempts', '2', '--length', '1', '--no-transformer'];
    const { status, stdout } = gradsplit('verify', ...claims, '--json', '-');
    expect(status).toBe(0);
    const ids = JSON.parse(stdout).claims.map(({ id }: { id: string }) => id);
    expect(ids).toEqual(['C3', 'twiceRloo']);
  });

  test('prove decides the statements of a claim from its module, beside others', () => {
    const { status, stdout } = gradsplit(
      ...['prove', '--claims', './ownClaim.js,C3', '--attempts', '2', '--length', '1', '--json', '-'],
    );
    expect(status).toBe(0);
    const claims = JSON.parse(stdout).claims as { id: string; verdict: string }[];
    expect(claims.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['C3', 'proved'],
      ['twiceRloo', 'proved'],
    ]);
  });

  test('exact takes an objective from its module', () => {
    gradsplit('policy', 'new', '--attempts', '2', '--length', '1', '--vocabulary', '3', '-o', 'policy.json');
    const { status, stdout } = gradsplit(
      ...['exact', 'policy.json', '--beta', '0.1', '--objective', './ownObjective.js'],
      ...['--option', 'margin=0.1', '--option', 'groupSize=2', '--json', '-'],
    );
    expect(status).toBe(0);
    const { objective } = JSON.parse(stdout);
    expect(objective).toMatchObject({ options: { margin: 0.1, groupSize: 2 }, balanced: true });
    expect(objective.gradientNorm.total).toBeGreaterThan(0);
  });

  test('train takes an objective and a task from their modules, and a run is gone on with if they are what they were', () => {
    const train = { objective: '../ownObjective.js', steps: 2, prompts: 2, group: 4, margin: 0.1 };
    const config = { ...TINY, task: { name: '../ownTask.js', digits: 2 }, train };
    mkdirSync(join(compiled.dir, 'configs'));
    writeFileSync(join(compiled.dir, 'configs/config.json'), JSON.stringify(config));
    const begun = gradsplit('train', '--config', 'configs/config.json', '--out', 'run', '--steps', '4');
    expect(begun.status).toBe(0);
    const written = JSON.parse(readFileSync(join(compiled.dir, 'run/config.json'), 'utf8'));
    expect(written.config).toMatchObject({ task: config.task, train });
    expect(Object.keys(written.moduleSha256)).toEqual(['../ownTask.js', '../ownObjective.js']);
    expect(gradsplit('train', '--resume', '--out', 'run').status).toBe(0);
    // On a command line paths are relative to the current folder.
    const set = ['--set', 'task.name=./ownTask.js', '--set', 'objective=./ownObjective.js'];
    const again = ['--config', 'configs/config.json', '--resume', '--out', 'run', ...set];
    expect(gradsplit('train', ...again, '--set', 'run.checkpointEvery=7')).toMatchObject({ status: 0 });
    expect(gradsplit('sample', 'run', '--prompt', '12=')).toMatchObject({ status: 0, stderr: '' });
    writeFileSync(join(compiled.dir, 'ownTask.js'), '\n', { flag: 'a' });
    const refused = gradsplit('train', '--resume', '--out', 'run');
    expect(refused).toMatchObject({ status: 2, stdout: '' });
    expect(refused.stderr).toMatch(/\.\.\/ownTask\.js: expected the file that the run in run began with/);
  });
});
