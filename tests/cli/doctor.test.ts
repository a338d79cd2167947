// `gradsplit doctor`: the document, and the table that a report of a fault needs.
import { describe, expect, test } from 'vitest';
import { schemas } from '../../src/documents/index.ts';
import { NEEDED_NODE } from '../../src/host/doctor.ts';
import { packageJson } from '../structure/files.ts';
import { gradsplit } from './run.ts';

function document(env: Readonly<Record<string, string>> = {}) {
  const { code, stdout, stderr } = gradsplit(['doctor', '--json', '-'], env);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const value = JSON.parse(stdout);
  expect(schemas['doctor@1'].safeParse(value).error?.message).toBeUndefined();
  return value;
}

describe('the document', () => {
  test('says what there is, and why', () => {
    const found = document({ GRADSPLIT_SIMD: '', GRADSPLIT_THREADS: '' });
    expect(found).toMatchObject({ version: packageJson.version, node: { version: process.versions.node } });
    expect(found.simd.reason).toBe(
      `this engine has ${found.simd.build === 'relaxed' ? '' : 'no '}relaxed SIMD`,
    );
    expect(found.threads.count).toBe(1);
    expect(found.gpu.map(({ mode }: { mode: string }) => mode)).toContain('webgl2');
    for (const { available, reason } of found.gpu) expect(available).toBe(reason === null);
    const { machine, kernel } = found.memory;
    expect(kernel).toBeGreaterThan(0);
    expect(kernel).toBeLessThanOrEqual(machine);
  });

  test('names the environment variables that decide', () => {
    expect(document({ GRADSPLIT_SIMD: 'plain', GRADSPLIT_THREADS: '2' })).toMatchObject({
      simd: { build: 'plain', reason: 'GRADSPLIT_SIMD is plain' },
      threads: { count: 2, reason: 'GRADSPLIT_THREADS is 2' },
    });
  });

  test('needs the Node that package.json needs', () => expect(NEEDED_NODE).toBe(packageJson.engines.node));
});

test('the table has a line for each part, in 80 columns', () => {
  const { code, stdout } = gradsplit(['doctor'], { COLUMNS: '' });
  expect(code).toBe(0);
  for (const part of [
    'gradsplit',
    'Node',
    'SIMD',
    'threads',
    'memory',
    'GPU webgl2',
    'gpu.js',
    'documentation',
  ]) {
    expect(stdout).toMatch(new RegExp(`^${part} {2,}\\S`, 'm'));
  }
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

test('a wrong variable is refused', () => {
  expect(gradsplit(['doctor'], { GRADSPLIT_SIMD: 'fast' })).toMatchObject({ code: 2, stdout: '' });
});
