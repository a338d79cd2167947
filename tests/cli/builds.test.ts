// A whole `verify`: its document, its report and its table. Its verdicts do not depend on the build of the kernels, nor on the number
// of threads.
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { type VerifyDocument, verifySchema } from '../../src/documents/verify.ts';
import { packageJson } from '../structure/files.ts';
import { gradsplit, type Run, workplace } from './run.ts';

const place = workplace();
const [json, report] = [place.path('verify.json'), place.path('verify.html')];

/** Verifies on this build with so many threads. */
function verify(build: string, threads: number, ...args: readonly string[]): Run {
  const environment = { GRADSPLIT_SIMD: build, GRADSPLIT_THREADS: String(threads) };
  const run = gradsplit(['verify', ...args], environment);
  expect(run.code, run.stderr).toBe(0);
  return run;
}

const parsed = (text: string): VerifyDocument => verifySchema.parse(JSON.parse(text));

/** What must agree to the letter: every verdict of every check and control. */
function verdicts({ verdict, claims }: VerifyDocument): unknown {
  return [
    verdict,
    claims.map(({ id, verdict, checks, controls }) => [
      id,
      verdict,
      checks.map(({ name, holds }) => [name, holds]),
      controls.map(({ name, rejected }) => [name, rejected]),
    ]),
  ];
}

/** What must agree to the bit between runs of one build. */
function measurements({ claims }: VerifyDocument): unknown {
  return claims.map(({ id, checks }) => [id, checks.map(({ name, measured }) => [name, measured])]);
}

describe('verify', () => {
  let run: Run;
  let relaxed: VerifyDocument;
  beforeAll(() => {
    run = verify('relaxed', 1, '--json', json, '--report', report);
    relaxed = parsed(readFileSync(json, 'utf8'));
  });

  test('all claims: document, report, table', () => {
    expect(relaxed).toMatchObject({
      version: packageJson.version,
      seed: 1,
      verdict: 'holds',
      kernels: { backend: 'wasm' },
    });
    const ids = relaxed.claims.map(({ id }) => id);
    expect(ids).toEqual(['C1', 'C2', 'C3', 'C4', 'C5', 'C5b', 'C6', 'C7', 'C8', 'C9']);
    for (const { id, checks, controls } of relaxed.claims) {
      expect(run.stdout).toMatch(new RegExp(`^${id}\\b.*\\bholds\\b`, 'm'));
      expect(checks.length * controls.length).toBeGreaterThan(0);
      for (const { error, tolerance, holds } of checks) expect(error! <= tolerance!).toBe(holds);
      for (const { error, tolerance, rejected } of controls) expect(error! > tolerance!).toBe(rejected);
    }
    expect(run.stderr.split('\n').filter((line) => /^\[\d+\/\d+\] C/.test(line))).toHaveLength(ids.length);
    expect(readFileSync(report, 'utf8')).toMatch(/^<!doctype html>/);
  });

  test('the plain build gives the same verdicts', () => {
    const plain = parsed(verify('plain', 1, '--json', '-').stdout);
    expect([plain.kernels.build, relaxed.kernels.build]).toEqual(['plain', 'relaxed']);
    expect(verdicts(plain)).toEqual(verdicts(relaxed));
  });

  test('three threads measure the same numbers', () => {
    const threads = parsed(verify('relaxed', 3, '--json', '-').stdout);
    expect(measurements(threads)).toEqual(measurements(relaxed));
  });
});
