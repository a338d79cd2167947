// The modes as text: what is wrong, what is software, from which size a GPU wins.
import { expect, test } from 'vitest';
import type { ModeReport } from '../../src/documents/gpu.ts';
import { backendText, gpuTable } from '../../src/report/tables.ts';

const crossover = { matmul: 256, linearGelu: null, softmax: null, logSoftmax: 1024 };
const row = { size: 64, tolerance: 2e-6, milliseconds: 1, wasmMilliseconds: 0.02 };
const modes: ModeReport[] = [
  {
    mode: 'webgl2',
    available: true,
    kernelClass: 'WebGL2Kernel',
    device: 'ANGLE (SwiftShader)\u001b[31m',
    reason: null,
    kernels: [
      { ...row, name: 'matmul nn', maxError: 1e-6 },
      { ...row, name: 'softmax', maxError: 3e-6 },
    ],
    crossover,
  },
  {
    mode: 'webgpu',
    available: false,
    kernelClass: null,
    device: null,
    reason: 'no adapter',
    kernels: [],
    crossover,
  },
];

test('a mode with its kernels, one without', () => {
  const text = gpuTable({ build: 'plain', modes });
  expect(text).toContain('webgl2     WebGL2Kernel on ANGLE (SwiftShader)');
  expect(text).toContain('(software: proves results, not speed)');
  expect(text).toMatch(/^matmul nn +64 +0?\.?\S+ +\S+ +yes +1 +0\.02$/m);
  expect(text).toMatch(/^softmax +64 +\S+ +\S+ +no /m);
  expect(text).toContain('matmul from size 256, linearGelu never on this device');
  expect(text).toContain('webgpu     not available: no adapter');
  expect(text).not.toContain('\u001b');
});

test('the line of a command', () => {
  expect(backendText({ backend: 'wasm', build: 'plain', device: 'cpu' })).toBe('wasm (plain)');
  const gpu = { mode: 'webgl2', crossover, calls: 3 };
  expect(backendText({ backend: 'gpu', build: 'relaxed', device: 'A100', gpu })).toBe(
    'gpu (webgl2) on A100, the rest on wasm (relaxed); matmul from size 256, linearGelu never on this device, ' +
      'softmax never on this device, logSoftmax from size 1024',
  );
});
