// Timed kernels compute what the kernels compute, and count calls and time by name.
import { expect, test } from 'vitest';
import { wasmKernels } from '../../src/kernels/index.ts';
import { timedKernels } from '../../src/kernels/timed.ts';
import { wasmBytes, withBuffers } from './backends.ts';

/** A clock that is read twice a call and moves on by 1, 2, 3 … milliseconds in between. */
function steadyClock(): () => number {
  let now = 0;
  let reads = 0;
  return () => {
    if (reads % 2 === 1) now += (reads + 1) / 2;
    reads += 1;
    return now;
  };
}

test('calls are counted by kernel, their times added up, most time first', () => {
  const { kernels, usage, restart } = timedKernels(wasmKernels(wasmBytes()), steadyClock());
  withBuffers(kernels, (put) => {
    const x = put('f32', [1, 2, 3, 4]);
    const out = put('f32', [0, 0, 0, 0]);
    kernels.unary('neg', x, out);
    expect([...kernels.readSync(out)]).toEqual([-1, -2, -3, -4]);
    kernels.fill(out, 7);
    kernels.unary('neg', x, out);
    kernels.unary('abs', out, out);
    kernels.matmul('nn', x, x, out, { batch: 1, m: 2, n: 2, k: 2 });
    expect([...kernels.readSync(out)]).toEqual([7, 10, 15, 22]);
    expect(usage()).toEqual([
      { name: 'matmul nn', calls: 1, milliseconds: 5 },
      { name: 'unary abs', calls: 1, milliseconds: 4 },
      { name: 'unary neg', calls: 2, milliseconds: 1 + 3 },
      { name: 'fill', calls: 1, milliseconds: 2 },
    ]);
    restart();
    expect(usage()).toEqual([]);
    kernels.fill(out, 1);
    expect(usage().map(({ name, calls }) => [name, calls])).toEqual([['fill', 1]]);
  });
});

test('what is no computation is handed on: descriptions, memory', () => {
  const plain = wasmKernels(wasmBytes());
  const { kernels, usage } = timedKernels(plain, () => 0);
  expect([kernels.backend, kernels.build, kernels.threads]).toEqual(['wasm', plain.build, 1]);
  const buffer = kernels.allocate('f64', 8);
  expect(kernels.memory()).toEqual(plain.memory());
  expect(kernels.memory().live).toBeGreaterThanOrEqual(64);
  kernels.release(buffer);
  expect(plain.memory().live).toBe(0);
  expect(usage()).toEqual([]);
});
