// The crossovers that the environment says.
import { expect, test } from 'vitest';
import { crossoverFromEnvironment } from '../../src/host/gpu.ts';
import { everythingFrom } from '../../src/kernels/gpu/gpuKernels.ts';

test('GRADSPLIT_GPU_FROM is a size, or not there', () => {
  expect(crossoverFromEnvironment('64')).toEqual(everythingFrom(64));
  expect(crossoverFromEnvironment('')).toBeUndefined();
  expect(crossoverFromEnvironment(undefined)).toBeUndefined();
  for (const text of ['0', '1.5', 'x', '-1']) {
    expect(() => crossoverFromEnvironment(text)).toThrow(
      `GRADSPLIT_GPU_FROM must be a whole number of at least 1, found "${text}"`,
    );
  }
});
