// Threads: the same bits whatever their number, an end without waiting, clear errors.
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { loadWasmKernelsSync } from '../../src/experiments/host/kernels.ts';
import { chooseThreads } from '../../src/experiments/host/threads.ts';
import type { FloatType, Kernels, MatmulForm } from '../../src/kernels/index.ts';
import { expectSameBits, floatTypes, noise, withBuffers } from './backends.ts';

const teams = [1, 2, 3, 7].map((threads) => loadWasmKernelsSync({ threads }));
const [alone, ...others] = teams as [Kernels, ...Kernels[]];

/** The result of a kernel on every team must be the one of a single thread, to the bit. */
function expectSameOnAll(run: (kernels: Kernels) => ArrayLike<number>): void {
  const expected = run(alone);
  for (const kernels of others) expectSameBits(run(kernels), expected);
}

function product(
  kernels: Kernels,
  form: MatmulForm,
  dtype: FloatType,
  sizes: { batch: number; m: number; n: number; k: number },
  accumulate: boolean,
): ArrayLike<number> {
  const { batch, m, n, k } = sizes;
  return withBuffers(kernels, (put) => {
    const [a, b] = [put(dtype, noise(batch * m * k, 1)), put(dtype, noise(batch * k * n, 2))];
    const out = put(dtype, noise(batch * m * n, 3));
    kernels.matmul(form, a, b, out, sizes, accumulate);
    return kernels.readSync(out);
  });
}

describe('a team of threads', () => {
  it('has as many as it was asked for', () => {
    expect(teams.map(({ threads }) => threads)).toEqual([1, 2, 3, 7]);
  });

  describe.each(floatTypes)('%s', (dtype) => {
    it.each(['nn', 'tn', 'nt'] as const)('products %s', (form) => {
      for (const [batch, m, n, k] of [
        [1, 257, 131, 67], // by rows
        [1, 65, 515, 97], // by columns
        [1, 128, 128, 600], // more than one block of k
        [23, 33, 31, 40], // by products
        [1, 3, 2001, 301],
        [1, 2001, 1, 301],
        [1, 7, 7, 7], // too small to divide
      ] as const) {
        for (const accumulate of [false, true]) {
          expectSameOnAll((kernels) => product(kernels, form, dtype, { batch, m, n, k }, accumulate));
        }
      }
    });
  });

  it('goes to sleep and wakes up again', async () => {
    const sizes = { batch: 1, m: 128, n: 128, k: 128 };
    const expected = product(alone, 'nn', 'f32', sizes, false);
    for (let i = 0; i < 3; i++) {
      await new Promise((resolve) => setTimeout(resolve, 60));
      for (const kernels of others) expectSameBits(product(kernels, 'nn', 'f32', sizes, false), expected);
    }
  });
});

/** Runs a program in a process of its own; throws if it fails or does not end. */
function runProgram(text: string, environment: Record<string, string> = {}): { out: string } {
  const out = execFileSync(process.execPath, ['--input-type=module', '-e', text], {
    encoding: 'utf8',
    timeout: 60_000,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { out };
}

const load = `const { loadWasmKernels } = await import(${JSON.stringify(
  new URL('../../dist/src/experiments/index.js', import.meta.url).href,
)});`;

describe('a process with a team', () => {
  it('ends by itself while its helpers sleep', () => {
    const { out } = runProgram(`${load} console.log((await loadWasmKernels({ threads: 3 })).threads);`);
    expect(out).toBe('3\n');
  });

  it('takes the number of threads from the environment', () => {
    const program = `${load} console.log((await loadWasmKernels()).threads);`;
    expect(runProgram(program, { GRADSPLIT_THREADS: '2' }).out).toBe('2\n');
    expect(runProgram(program, { GRADSPLIT_THREADS: '' }).out).toBe('1\n');
    expect(() => runProgram(program, { GRADSPLIT_THREADS: 'two' })).toThrow(
      'GRADSPLIT_THREADS must be a whole number from 1 to 64, found "two"',
    );
  });

  it('computes on one thread without SharedArrayBuffer, and says so once', () => {
    const program = `delete globalThis.SharedArrayBuffer; ${load}
      let warnings = 0;
      process.on('warning', ({ message }) => { if (message.includes('SharedArrayBuffer is missing')) warnings++; });
      const kernels = await loadWasmKernels({ threads: 2 });
      await loadWasmKernels({ threads: 2 });
      const x = kernels.allocate('f32', 2);
      kernels.fill(x, 3);
      await new Promise((resolve) => setTimeout(resolve, 10));
      console.log(kernels.threads, warnings, ...kernels.readSync(x));`;
    expect(runProgram(program).out).toBe('1 1 3 3\n');
  });
});

it('refuses a number of threads that makes no sense', () => {
  for (const count of [0, -1, 1.5, 65, Number.NaN]) {
    expect(() => chooseThreads(count)).toThrow('threads must be a whole number from 1 to 64');
  }
});
