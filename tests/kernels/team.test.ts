// Threads: the same bits whatever their number, an end without waiting, clear errors.
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { loadWasmKernelsSync } from '../../src/host/loadKernels.ts';
import { chooseThreads } from '../../src/host/threads.ts';
import type { DType, FloatType, KernelBuffer, Kernels } from '../../src/kernels/index.ts';
import type { MatmulForm } from '../../src/kernels/operands.ts';
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
): ArrayLike<number> {
  const { batch, m, n, k } = sizes;
  return withBuffers(kernels, (put) => {
    const [a, b] = [put(dtype, noise(batch * m * k, 1)), put(dtype, noise(batch * k * n, 2))];
    const out = put(dtype, new Float64Array(batch * m * n));
    kernels.matmul(form, a, b, out, sizes);
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
        expectSameOnAll((kernels) => product(kernels, form, dtype, { batch, m, n, k }));
      }
    });

    it.each([
      ['rows', { m: 257, n: 131, k: 67 }],
      ['columns', { m: 65, n: 515, k: 97 }],
      ['columns, more than one block of k', { m: 33, n: 301, k: 1100 }],
    ])('affine maps and residuals by %s', (_, sizes) => {
      const { m, n, k } = sizes;
      const operands = [noise(m * k, 1), noise(k * n, 2), noise(n, 3), noise(m * n, 4)];
      for (const isInPlace of [false, true]) {
        expectSameOnAll((kernels) =>
          withBuffers(kernels, (put) => {
            const [x, weight, bias, residual] = operands.map((values) => put(dtype, values));
            const out = isInPlace ? residual! : put(dtype, new Float64Array(m * n));
            kernels.linearAdd(x!, weight!, bias!, residual!, out, sizes);
            const sum = put(dtype, new Float64Array(m * n));
            kernels.linear(x!, weight!, bias!, sum, sizes);
            return [...kernels.readSync(out), ...kernels.readSync(sum)];
          }),
        );
      }
    });

    it('attention to kept keys and values', () => {
      // Every place of every slot: enough work for all threads.
      const sizes = { rows: 1000, slots: 20, context: 50, heads: 3, width: 22 };
      const cache = sizes.rows * sizes.heads * sizes.width;
      const rows = Array.from({ length: sizes.rows }, (_, i) => i);
      expectSameOnAll((kernels) =>
        withBuffers(kernels, (put) => {
          const [x, out] = [put(dtype, noise(3 * cache, 1)), put(dtype, noise(cache, 2))];
          const [keys, values] = [put(dtype, noise(cache, 3)), put(dtype, noise(cache, 4))];
          const slots = put(
            'i32',
            rows.map((i) => i % sizes.slots),
          );
          const places = put(
            'i32',
            rows.map((i) => Math.floor(i / sizes.slots)),
          );
          kernels.cachedAttention(x, keys, values, slots, places, out, sizes);
          return kernels.readSync(out);
        }),
      );
    });
  });

  it.each(floatTypes)('element-wise and row-wise kernels, %s', (dtype) => {
    const [rows, columns] = [517, 259];
    const count = rows * columns;
    const along = noise(rows, 4);
    const targets = Array.from({ length: rows }, (_, r) => (r * 7) % columns);
    const sizes = { rows, columns, epsilon: 1e-5 };
    type Run = (kernels: Kernels, put: Put) => KernelBuffer;
    type Put = (type: DType, values: ArrayLike<number>) => KernelBuffer;
    const x = (put: Put): KernelBuffer => put(dtype, noise(count, 1));
    const y = (put: Put): KernelBuffer => put(dtype, noise(count, 2));
    const out = (put: Put, length = count): KernelBuffer => put(dtype, new Float64Array(length));
    /** Runs a kernel that fills `to`. */
    const filled = (to: KernelBuffer, run: (to: KernelBuffer) => void): KernelBuffer => {
      run(to);
      return to;
    };
    const runs: Run[] = [
      (k, put) => filled(out(put), (to) => k.unary('gelu', x(put), to)),
      (k, put) => filled(out(put), (to) => k.unary('silu', x(put), to)),
      (k, put) => filled(out(put), (to) => k.binary('siluVjp', x(put), y(put), to)),
      (k, put) =>
        filled(out(put, 800 * 154), (to) =>
          k.rotary(put(dtype, noise(800 * 154, 3)), put(dtype, noise(77, 5)), put(dtype, noise(77, 6)), to, {
            batch: 800,
            length: 7,
            heads: 1,
            width: 22,
          }),
        ),
      (k, put) => filled(out(put), (to) => k.unary('abs', x(put), to)),
      (k, put) => filled(out(put), (to) => k.binary('add', x(put), y(put), to)),
      (k, put) => filled(out(put), (to) => k.binary('geluVjp', x(put), y(put), to)),
      (k, put) => filled(out(put), (to) => k.where(x(put), x(put), y(put), to)),
      (k, put) => filled(out(put), (to) => k.row('softmax', x(put), to, rows, columns)),
      (k, put) => filled(out(put), (to) => k.row('logSoftmax', x(put), to, rows, columns)),
      (k, put) => filled(out(put), (to) => k.softmaxAlong(x(put), y(put), to, rows, columns)),
      (k, put) => filled(out(put, rows), (to) => k.logSumExp(x(put), to, rows, columns)),
      (k, put) =>
        filled(out(put), (to) =>
          k.layerNorm(x(put), put(dtype, noise(columns, 5)), put(dtype, noise(columns, 6)), to, sizes),
        ),
      (k, put) =>
        filled(out(put), (to) => k.layerNormVjp(x(put), put(dtype, noise(columns, 5)), y(put), to, sizes)),
      (k, put) =>
        filled(out(put, rows), (to) => k.crossEntropy(x(put), put('i32', targets), to, rows, columns)),
      (k, put) =>
        filled(out(put), (to) =>
          k.crossEntropyVjp(x(put), put('i32', targets), put(dtype, along), to, rows, columns),
        ),
    ];
    for (const run of runs) {
      expectSameOnAll((kernels) => withBuffers(kernels, (put) => kernels.readSync(run(kernels, put))));
    }
  });

  it.each(floatTypes)('AdamW and the sum of squares of many parameters, %s', (dtype) => {
    const counts = [3, 30_001, 0, 50_001, 17, 9_000, 1];
    const step = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, rate: 1e-3, t: 3 };
    expectSameOnAll((kernels) =>
      withBuffers(kernels, (put) => {
        const operands = counts.map((count, i) => {
          const [gradient, mean, parameter] = [1, 2, 3].map((seed) => put(dtype, noise(count, seed + i)));
          const square = put(dtype, noise(count, 4).map(Math.abs));
          return { gradient: gradient!, mean: mean!, square, parameter: parameter!, decay: 0.01 * i };
        });
        const out = counts.map((count) => {
          const empty = (): KernelBuffer => put(dtype, new Float64Array(count));
          return { update: empty(), mean: empty(), square: empty() };
        });
        const scale = put(dtype, [0]);
        // One sum alone, so that parts without an operand come up too.
        kernels.squareSum([operands[3]!.gradient], scale);
        const single = kernels.readSync(scale)[0]!;
        kernels.squareSum(
          operands.map(({ gradient }) => gradient),
          scale,
        );
        kernels.adamw(operands, out, { ...step, scale });
        const results = out.flatMap(({ update, mean, square }) => [update, mean, square]);
        return [single, ...[scale, ...results].flatMap((buffer) => Array.from(kernels.readSync(buffer)))];
      }),
    );
  });

  it.each(floatTypes)('attention, %s', (dtype) => {
    const sizes = { batch: 13, heads: 3, length: 29, width: 10 };
    const [count, triangle] = [13 * 29 * 30, 13 * 29 * 3 * 29];
    expectSameOnAll((kernels) =>
      withBuffers(kernels, (put) => {
        const [query, key] = [put(dtype, noise(count, 1)), put(dtype, noise(count, 2))];
        const weights = put(dtype, new Float64Array(triangle));
        const mixed = put(dtype, new Float64Array(count));
        kernels.attentionWeights(query, key, weights, sizes);
        kernels.causalProduct('mix', weights, key, mixed, sizes, 1);
        const spread = put(dtype, new Float64Array(count));
        kernels.causalProduct('spread', weights, query, spread, sizes, 0.3);
        const scores = put(dtype, new Float64Array(triangle));
        kernels.causalProduct('scores', query, key, scores, sizes, 0.7);
        return [weights, mixed, spread, scores].flatMap((buffer) => Array.from(kernels.readSync(buffer)));
      }),
    );
  });

  it('names the bad target whichever thread met it', () => {
    const [rows, columns] = [700, 200];
    for (const kernels of teams) {
      withBuffers(kernels, (put) => {
        const targets = new Int32Array(rows);
        targets[650] = 200;
        targets[690] = -1;
        expect(() =>
          kernels.crossEntropy(
            put('f32', noise(rows * columns)),
            put('i32', targets),
            put('f32', new Float64Array(rows)),
            rows,
            columns,
          ),
        ).toThrow('crossEntropy: targets[650] = 200 is not in [0, 200)');
      });
    }
  });

  it('goes to sleep and wakes up again', async () => {
    const sizes = { batch: 1, m: 128, n: 128, k: 128 };
    const expected = product(alone, 'nn', 'f32', sizes);
    for (let i = 0; i < 3; i++) {
      await new Promise((resolve) => setTimeout(resolve, 60));
      for (const kernels of others) expectSameBits(product(kernels, 'nn', 'f32', sizes), expected);
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
  new URL('../../dist/src/host/index.js', import.meta.url).href,
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
