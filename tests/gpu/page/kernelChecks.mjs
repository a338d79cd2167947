// Checks of the kernels behind the interface, everything sent to the GPU, against the plain loops; and what must stay on WASM.
import { everythingFrom, gpuKernels, openGpu, surveyMode } from 'gradsplit/gpu';
import { referenceKernels } from 'gradsplit/kernels';
import { expectTrue, expectWithin, noise, resultOf, UNIT, withBuffers } from './compare.mjs';

/** Kernels that send all they can; `body` may be asynchronous. */
export async function withGpuKernels({ gpujs, makeKernels }, mode, body) {
  const kernels = gpuKernels(makeKernels(), openGpu(gpujs, mode), everythingFrom(1));
  try {
    return await body(kernels);
  } finally {
    await kernels.destroy();
  }
}

/** Every kernel of the survey at one size. */
export async function survey({ gpujs, makeKernels }, mode, size) {
  const report = await surveyMode(gpujs, mode, makeKernels(), { sizes: [size], crossover: false });
  expectTrue(`${mode} is not available: ${report.reason}`, report.available);
  expectTrue(`${report.kernels.length} kernels`, report.kernels.length === 8);
  for (const { name, maxError, tolerance } of report.kernels) {
    expectTrue(`${name} ${size}: error ${maxError}, allowed ${tolerance}`, maxError <= tolerance);
  }
  return `${report.kernelClass} on ${report.device}`;
}

const SHAPES = [
  [1, 1, 1, 1],
  [2, 3, 5, 7],
  [1, 33, 64, 3],
  [3, 17, 1, 33],
  [1, 256, 33, 64],
];

/** Products of all forms: k terms rounded on both sides, as in tests/kernels/matmul.test.ts. */
export async function products(environment, mode) {
  await withGpuKernels(environment, mode, (kernels) => {
    for (const form of ['nn', 'tn', 'nt']) {
      for (const [batch, m, n, k] of SHAPES) {
        const operands = [noise(batch * m * k, 1), noise(batch * k * n, 2)];
        const start = new Float32Array(batch * m * n);
        const run = (on, values, from) =>
          resultOf(on, values, from, (to, [a, b], out) => {
            to.matmul(form, a, b, out, { batch, m, n, k });
          });
        const reference = referenceKernels();
        const magnitude = run(
          reference,
          operands.map((list) => list.map(Math.abs)),
          start.map(Math.abs),
        );
        const what = `${form} ${[batch, m, n, k]}`;
        expectWithin(what, run(kernels, operands, start), run(reference, operands, start), (i) => {
          return 4 * (k + 2) * UNIT * magnitude[i] + 2 ** -126;
        });
      }
    }
    expectTrue('all of them ran on the GPU', kernels.gpuCalls === 3 * SHAPES.length);
  });
}

/** linear, linearGelu, a gelu on what linear has left on the GPU, and linearAdd, also in place. */
export async function affineMaps(environment, mode) {
  await withGpuKernels(environment, mode, (kernels) => {
    for (const [, m, n, k] of SHAPES) {
      const operands = [noise(m * k, 4), noise(k * n, 5), noise(n, 6), noise(m * n, 7)];
      const run = (on, call) => resultOf(on, operands, new Float32Array(m * n), call);
      const linear = (on, [x, w, b], out) => on.linear(x, w, b, out, { m, n, k });
      const fused = (on, [x, w, b], out) => on.linearGelu(x, w, b, out, { m, n, k });
      const chained = (on, [x, w, b], out) => {
        on.linear(x, w, b, out, { m, n, k });
        on.unary('gelu', out, out);
      };
      const added = (on, [x, w, b, r], out) => on.linearAdd(x, w, b, r, out, { m, n, k });
      const inPlace = (on, [x, w, b, r], out) => {
        on.linearAdd(x, w, b, r, r, { m, n, k });
        on.binary('maximum', r, r, out);
      };
      // |x| ≤ 2, so that a sum of k products has magnitude ≤ 4·k + 4; gelu at most doubles an error, exp is exact to 100 ulp here.
      const allowed = 8 * (k + 2) * UNIT * (4 * k + 4);
      for (const [name, call] of Object.entries({ linear, fused, chained, added, inPlace })) {
        const expected = run(referenceKernels(), call);
        expectWithin(`${name} ${[m, n, k]}`, run(kernels, call), expected, (i) => {
          return allowed + 200 * UNIT * Math.abs(expected[i]);
        });
      }
    }
    expectTrue('all of them ran on the GPU', kernels.gpuCalls === SHAPES.length * 6);
  });
}

/** softmax and logSoftmax of awkward shapes. */
export async function rows(environment, mode) {
  await withGpuKernels(environment, mode, (kernels) => {
    for (const kernel of ['softmax', 'logSoftmax']) {
      for (const [count, columns] of [
        [1, 1],
        [3, 7],
        [33, 1],
        [1, 33],
        [64, 31],
      ]) {
        const run = (on) =>
          resultOf(on, [noise(count * columns, 7)], new Float32Array(count * columns), (to, [x], out) => {
            to.row(kernel, x, out, count, columns);
          });
        // |d| ≤ 4: exp and log as precise as WGSL demands, columns roundings of the sum.
        const expected = run(referenceKernels());
        expectWithin(`${kernel} ${count}x${columns}`, run(kernels), expected, (i) => {
          return (kernel === 'softmax' ? expected[i] : 1) * (64 + 2 * columns) * UNIT + 2 ** -21;
        });
      }
    }
    expectTrue('all of them ran on the GPU', kernels.gpuCalls === 10);
  });
}

/** NaN, infinities, f64 and empty products give WASM's bits, and are not sent. */
export async function staysOnWasm(environment, mode) {
  await withGpuKernels(environment, mode, (kernels) => {
    const wasm = environment.makeKernels();
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const x = noise(12, 8);
      x[5] = bad;
      const run = (on) =>
        resultOf(on, [x], new Float32Array(12), (to, [from], out) => to.row('softmax', from, out, 3, 4));
      const [found, expected] = [run(kernels), run(wasm)];
      found.forEach((v, i) => {
        expectTrue(`softmax with ${bad}`, Object.is(v, expected[i]));
      });
    }
    const a = kernels.allocate('f64', 4);
    kernels.write(a, [1, 2, 3, 4]);
    const out = kernels.allocate('f64', 4);
    kernels.matmul('nn', a, a, out, { batch: 1, m: 2, n: 2, k: 2 });
    expectTrue('f64 product', kernels.readSync(out).join() === '7,10,15,22');
    withBuffers(kernels, (put) => {
      const sum = put([5, 6]);
      kernels.matmul('nn', put([]), put([]), sum, { batch: 1, m: 1, n: 2, k: 0 });
      expectTrue('a product without terms', kernels.readSync(sum).join() === '0,0');
    });
    expectTrue('nothing was sent', kernels.gpuCalls === 0);
  });
}

/** Results stay on the GPU until they are read, and nothing is left there when the buffers are gone. */
export async function residency(environment, mode) {
  await withGpuKernels(environment, mode, (kernels) => {
    withBuffers(kernels, (put) => {
      const [x, w, b] = [put(noise(12, 1)), put(noise(16, 2)), put(noise(4, 3))];
      const [sum, active, out] = [1, 2, 3].map(() => put(new Float32Array(12)));
      kernels.linear(x, w, b, sum, { m: 3, n: 4, k: 4 });
      kernels.unary('gelu', sum, active);
      kernels.linear(active, w, b, out, { m: 3, n: 4, k: 4 });
      expectTrue(`${kernels.resident} textures, expected 6`, kernels.resident === 6);
      // Read by WASM, which must see the GPU's values; x is written, so its texture is gone.
      kernels.binary('add', out, sum, x);
      const fetched = kernels.readSync(x)[0];
      expectTrue('x has no texture any more', kernels.resident === 5);
      const [o, s] = [kernels.readSync(out)[0], kernels.readSync(sum)[0]];
      expectTrue('WASM saw what the GPU computed', fetched === Math.fround(o + s) && o !== 0);
      kernels.fill(w, 0);
      kernels.linear(x, w, b, out, { m: 3, n: 4, k: 4 });
      expectTrue(
        'a weight that was written is sent again',
        kernels.readSync(out)[0] === kernels.readSync(b)[0],
      );
    });
    expectTrue(`${kernels.resident} textures are left`, kernels.resident === 0);
  });
}
