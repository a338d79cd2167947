// gradsplit/gpu@1: modes that work, modes that do not, kernels that are wrong, and no gpu.js at all.
import { describe, expect, test } from 'vitest';
import { gpu, surveyGpu, wrongKernels } from '../../../src/analyses/gpu/survey.ts';
import { InputError } from '../../../src/base/errors.ts';
import { gpuSchema } from '../../../src/documents/gpu.ts';
import { referenceKernels } from '../../../src/kernels/index.ts';
import { fakeGpuJs } from '../../kernels/gpu/fakeGpuJs.ts';

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

describe('a survey', () => {
  test('lists every mode with its errors, or why not', async () => {
    const reports = await surveyGpu(fakeGpuJs().gpujs, referenceKernels(), {
      sizes: [1, 3],
      crossover: false,
    });
    expect(reports.map(({ mode, available, kernelClass }) => [mode, available, kernelClass])).toEqual([
      ['webgl2', true, 'WebGL2Kernel'],
      ['webgl', true, 'WebGLKernel'],
      ['headlessgl', false, null],
      ['webgpu', true, 'WebGPUKernel'],
    ]);
    expect(reports[2]!.reason).toContain('it needs Node.js with the package gl');
    for (const { maxError, tolerance } of reports.flatMap((r) => r.kernels)) {
      expect(maxError).toBeLessThanOrEqual(tolerance);
    }
  });

  test('sees a kernel that is wrong', async () => {
    const fake = fakeGpuJs();
    const [report] = await surveyGpu(fake.gpujs, referenceKernels(), {
      sizes: [3],
      crossover: false,
      onProgress: () => {
        fake.error = 1e-3;
      },
    });
    for (const { maxError, tolerance } of report!.kernels) expect(maxError).toBeGreaterThan(tolerance);
  });

  test('a mode that opens and fails later is not available', async () => {
    const fake = fakeGpuJs();
    const onProgress = (): void => {
      fake.contextLost = true;
    };
    const [report] = await surveyGpu(fake.gpujs, referenceKernels(), {
      sizes: [1],
      crossover: false,
      onProgress,
    });
    expect(report).toMatchObject({ available: false });
    expect(report!.reason).toContain('opened, then failed: gpu.js mode webgl2: the GPU context was lost');
  });
});
