// gradsplit/gpu@1: modes that work, modes that do not, kernels that are wrong, and no gpu.js at all.
import { describe, expect, test } from 'vitest';
import { gpu, wrongKernels } from '../../src/analyses/gpu.ts';
import { InputError } from '../../src/base/errors.ts';
import { gpuSchema } from '../../src/documents/gpu.ts';
import { referenceKernels } from '../../src/kernels/index.ts';
import { fakeGpuJs } from '../kernels/gpu/fakeGpuJs.ts';

const options = { sizes: [1, 3], crossover: false };

describe('the document', () => {
  test('with a gpu.js that has modes', async () => {
    const document = await gpu(async () => fakeGpuJs().gpujs, referenceKernels(), options);
    expect(gpuSchema.safeParse(document).error).toBeUndefined();
    expect(document.modes.map(({ mode, available }) => [mode, available])).toEqual([
      ['webgl2', true],
      ['webgl', true],
      ['headlessgl', false],
      ['webgpu', true],
    ]);
    expect(wrongKernels(document)).toEqual([]);
  });

  test('names every kernel that is wrong', async () => {
    const fake = fakeGpuJs();
    const onProgress = (): void => {
      fake.error = 1;
    };
    const wrongLater = { sizes: [3], crossover: false, onProgress };
    const document = await gpu(async () => fake.gpujs, referenceKernels(), wrongLater);
    // The first mode opened before it was wrong; the others do not open.
    expect(wrongKernels(document)).toHaveLength(8);
    expect(wrongKernels(document)).toContain('webgl2 softmax 3');
    expect(document.modes[1]!.reason).toContain('expected 2·3 = 6');
  });

  test('without gpu.js lists all modes with the reason', async () => {
    const missing = async (): Promise<never> => {
      throw new InputError('gpu.js is not installed');
    };
    const { modes } = await gpu(missing, referenceKernels());
    expect(modes).toHaveLength(4);
    for (const { available, reason } of modes) {
      expect([available, reason]).toEqual([false, 'gpu.js is not installed']);
    }
  });
});

test('a defect is no reason', async () => {
  const defect = async (): Promise<never> => {
    throw new TypeError('defect');
  };
  await expect(gpu(defect, referenceKernels())).rejects.toThrow(TypeError);
});
