// What a browser has to load: the engine is small, and carries no package but that of its random streams.
import { expect, test } from 'vitest';
import { bundle } from '../browser/bundle.ts';

/** Bytes of script beside the .wasm, compressed. */
const MOST_BYTES = 40_000;

const ENGINE = `export * from './src/autodiff/index.ts';
export { wasmKernels } from './src/kernels/index.ts';`;

test('the engine with all ops and its WebAssembly kernels', async () => {
  const { gzipBytes, packages } = await bundle(ENGINE);
  expect(gzipBytes).toBeLessThan(MOST_BYTES);
  // Far below the ceiling, something is missing.
  expect(gzipBytes).toBeGreaterThan(MOST_BYTES / 2);
  expect([...packages]).toEqual(['pure-rand']);
});

test('a module of Node cannot be bundled', async () => {
  await expect(bundle("export * from './src/host/output.ts';")).rejects.toThrow('node:fs');
});
