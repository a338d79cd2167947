// The verdicts of `verify` do not depend on the build of the kernels, nor on the number of threads.
import { describe, expect, test } from 'vitest';
import { gradsplit } from './run.ts';

interface Document {
  readonly kernels: { readonly backend: string; readonly build: string };
  readonly verdict: string;
  readonly claims: readonly {
    readonly id: string;
    readonly verdict: string;
    readonly checks: readonly {
      readonly name: string;
      readonly holds: boolean;
      readonly measured: unknown;
    }[];
    readonly controls: readonly { readonly name: string; readonly rejected: boolean }[];
  }[];
}

/** The document of a run on this build with so many threads. */
function verify(build: string, threads: number): Document {
  const environment = { GRADSPLIT_SIMD: build, GRADSPLIT_THREADS: String(threads) };
  const { code, stdout } = gradsplit(['verify', '--json', '-'], environment);
  expect(code).toBe(0);
  return JSON.parse(stdout);
}

/** What must agree to the letter: every verdict of every check and control. */
function verdicts({ verdict, claims }: Document): unknown {
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
function measurements({ claims }: Document): unknown {
  return claims.map(({ id, checks }) => [id, checks.map(({ name, measured }) => [name, measured])]);
}

describe('verify on every build and number of threads', () => {
  const relaxed = verify('relaxed', 1);

  test('the plain build gives the same verdicts', () => {
    const plain = verify('plain', 2);
    expect([plain.kernels.build, relaxed.kernels.build]).toEqual(['plain', 'relaxed']);
    expect(verdicts(plain)).toEqual(verdicts(relaxed));
  });

  test('three threads measure the same numbers', () => {
    expect(measurements(verify('relaxed', 3))).toEqual(measurements(relaxed));
  });
});
