// `gradsplit gpu`: what every mode of gpu.js can do on this machine. A gradsplit/gpu@1 document.
import { InputError } from '../base/errors.ts';
import type { GpuDocument, ModeReport } from '../documents/gpu.ts';
import { absent, type GpuJs, gpuModes, type SurveyOptions, surveyGpu } from '../kernels/gpu/index.ts';
import type { Kernels } from '../kernels/index.ts';

/**
 * Tries every mode. Without gpu.js none is available, and each says why.
 * @param load gives gpu.js, or rejects with an InputError
 */
export async function gpu(
  load: () => Promise<GpuJs>,
  kernels: Kernels,
  options: SurveyOptions = {},
): Promise<GpuDocument> {
  let modes: readonly ModeReport[];
  try {
    modes = await surveyGpu(await load(), kernels, options);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    modes = gpuModes.map((mode) => absent(mode, error.message));
  }
  return { schema: 'gradsplit/gpu@1', build: kernels.build, modes };
}

/** Kernels of available modes that are further off than they may be, such as `webgl2 softmax 64`. */
export function wrongKernels({ modes }: GpuDocument): string[] {
  return modes.flatMap(({ mode, kernels }) =>
    kernels
      .filter(({ maxError, tolerance }) => !(maxError <= tolerance))
      .map(({ name, size }) => `${mode} ${name} ${size}`),
  );
}
