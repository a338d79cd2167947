// The adapters of peers: they stay outside the package, say why they cannot work, and where they can they compute the same.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPeers, type Peers, suites } from '../../bench/index.ts';
import { openPeerCases } from '../../bench/peerCases.ts';
import { referenceKernels } from '../../src/kernels/index.ts';
import { packageJson, ROOT, readFiles } from '../structure/files.ts';

const FOLDER = join(ROOT, 'bench/peers');
const own: { dependencies: Record<string, string> } = JSON.parse(
  readFileSync(join(FOLDER, 'package.json'), 'utf8'),
);

test('are no dependencies of the package and no part of its sources', () => {
  const ours = [...Object.keys(packageJson.dependencies), ...Object.keys(packageJson.devDependencies)];
  expect(Object.keys(own.dependencies).filter((name) => ours.includes(name))).toEqual([]);
  const imported = [...readFiles('src', ['.ts']), ...readFiles('bench', ['.ts'])].filter(([, text]) =>
    Object.keys(own.dependencies).some((name) => text.includes(`'${name}'`)),
  );
  expect(imported).toEqual([]);
});

describe('as they are here', () => {
  let found: Peers;
  beforeAll(async () => {
    found = await openPeers(FOLDER);
    for (const reason of found.missing) console.log(`peer not tried: ${reason}`);
  });
  afterAll(async () => {
    for (const peer of found.peers) await peer.close();
  });

  test('each works or says why not', () => {
    const names = [...found.peers.map(({ name }) => name), ...found.missing];
    for (const part of ['tfjs', 'jax', 'pytorch']) {
      expect(names.filter((name) => name.startsWith(part)).length, part).toBeGreaterThan(0);
    }
    for (const { description } of found.peers) expect(description).toMatch(/\d+\.\d+/);
  });

  test.each([
    ['gemm', 'f32 64x192x1024 tn'],
    ['gemm', 'f32 1024x64x192 nt'],
    ['gemm', 'f32 48x48x48'],
    ['batched', 'f32 128 of 32x16x32'],
    ['softmax', 'f32 4096x32'],
    ['sample', 'f32 d=64'],
  ])('%s %s: every peer that does it computes the same', async (suite, name) => {
    const benchCase = suites[suite]!.cases.find((c) => c.name === name)!;
    const prepared = benchCase.prepare(referenceKernels());
    const open = await openPeerCases(found.peers, benchCase, prepared.judge(referenceKernels()));
    expect(open.warnings).toEqual([]);
    for (const { contender } of open.cases) {
      const { seconds } = await contender.sample({ minSamples: 2, maxSeconds: 0.001 });
      expect(seconds.length).toBeGreaterThanOrEqual(1);
    }
    await open.close();
  });
});

describe('scripts/performance.mjs', () => {
  const directory = mkdtempSync(join(tmpdir(), 'gradsplit-performance-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  const [json, markdown] = [join(directory, 'bench.json'), join(directory, 'performance.md')];
  const run = (): string =>
    execFileSync(process.execPath, [join(ROOT, 'scripts/performance.mjs'), json, markdown], {
      encoding: 'utf8',
      stdio: 'pipe',
    });

  test('replaces the table between the marks and nothing else', () => {
    const result = {
      ...{ schema: 'gradsplit/bench@1', machine: { cpu: 'X', node: '20.1.0', threads: 1 }, build: 'plain' },
      ...{ ceiling: { gflops: 50, how: 'so' }, results: [] },
    };
    writeFileSync(json, JSON.stringify(result));
    writeFileSync(markdown, 'before\n<!-- bench:begin -->\nold\n<!-- bench:end -->\nafter\n');
    run();
    expect(readFileSync(markdown, 'utf8')).toBe(
      'before\n<!-- bench:begin -->\nX, Node 20.1.0, 1 thread, build `plain`; ceiling 50 GFLOP/s.\n\n<!-- bench:end -->\nafter\n',
    );
    writeFileSync(markdown, 'no marks');
    expect(run).toThrow('around the table');
  });
});
