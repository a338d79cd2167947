// `gradsplit gpu`: what every mode of gpu.js can do on this machine: whether it opens and on what, how far every kernel is from what
// it should give, how long it takes beside WASM, and from which size it wins. A gradsplit/gpu@1 document.
import { InputError } from '../../base/errors.ts';
import type { GpuDocument, KernelReport, ModeReport } from '../../documents/gpu.ts';
import { type Gpu, openGpu } from '../../kernels/gpu/gpu.ts';
import type { GpuJs } from '../../kernels/gpu/gpujs.ts';
import { everythingFrom } from '../../kernels/gpu/gpuKernels.ts';
import { GpuError, type GpuMode, gpuModes, modes } from '../../kernels/gpu/modes.ts';
import type { Kernels } from '../../kernels/index.ts';
import { casesOf, timesOf, worstElement } from './cases.ts';
import { measureCrossover } from './crossover.ts';

/** What is measured of an available mode. */
export interface SurveyOptions {
  /** Sizes at which kernels are compared. */
  readonly sizes?: readonly number[];
  /** Leaves out the crossovers, which take a second or two. */
  readonly crossover?: boolean;
  readonly onProgress?: (mode: GpuMode, done: number, total: number, what: string) => void;
}

/** A mode that does not work here. */
function absent(mode: GpuMode, reason: string): ModeReport {
  const crossover = everythingFrom(null);
  return { mode, available: false, kernelClass: null, device: null, reason, kernels: [], crossover };
}

async function surveyOpen(gpu: Gpu<GpuMode>, kernels: Kernels, options: SurveyOptions): Promise<ModeReport> {
  const { sizes = [1, 3, 33, 64, 256], crossover = true, onProgress } = options;
  const { mode } = gpu;
  const cases = sizes.flatMap(casesOf);
  const reports: KernelReport[] = [];
  for (const [i, gpuCase] of cases.entries()) {
    const { name, size, launch, operands } = gpuCase;
    onProgress?.(mode, i, cases.length, `${name} ${size}`);
    const errors = worstElement(gpuCase, await gpu.compute(launch, operands));
    reports.push({ name, size, ...errors, ...(await timesOf(gpuCase, gpu, kernels)) });
  }
  if (crossover) onProgress?.(mode, cases.length - 1, cases.length, 'crossover');
  return {
    mode,
    available: true,
    kernelClass: modes[mode].kernelClass,
    device: gpu.device,
    reason: null,
    kernels: reports,
    crossover: crossover ? await measureCrossover(kernels, gpu) : everythingFrom(null),
  };
}

/**
 * Tries one mode; one that opens and fails later is not available, and the report says why.
 * @throws Error if anything but the GPU is at fault: a defect
 */
export async function surveyMode(
  gpujs: GpuJs,
  mode: GpuMode,
  kernels: Kernels,
  options: SurveyOptions = {},
): Promise<ModeReport> {
  let gpu: Gpu<GpuMode>;
  try {
    gpu = await openGpu(gpujs, mode);
  } catch (error) {
    return absent(mode, (error as Error).message);
  }
  try {
    return await surveyOpen(gpu, kernels, options);
  } catch (error) {
    if (!(error instanceof GpuError)) throw error;
    return absent(mode, `opened, then failed: ${error.message}`);
  } finally {
    await gpu.destroy();
  }
}

/** Tries every mode, the preferred one first. */
export async function surveyGpu(
  gpujs: GpuJs,
  kernels: Kernels,
  options: SurveyOptions = {},
): Promise<ModeReport[]> {
  const reports: ModeReport[] = [];
  for (const mode of gpuModes) reports.push(await surveyMode(gpujs, mode, kernels, options));
  return reports;
}

/**
 * The survey as a document. Without gpu.js no mode is available, and each says why.
 * @param load gives gpu.js, or rejects with an InputError
 * @throws Error if anything but gpu.js or the GPU is at fault: a defect
 */
export async function gpu(
  load: () => Promise<GpuJs>,
  kernels: Kernels,
  options: SurveyOptions = {},
): Promise<GpuDocument> {
  const surveyed = async (): Promise<readonly ModeReport[]> => {
    try {
      return await surveyGpu(await load(), kernels, options);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return gpuModes.map((mode) => absent(mode, error.message));
    }
  };
  return { schema: 'gradsplit/gpu@1', build: kernels.build, modes: await surveyed() };
}

/** Kernels of available modes that are further off than they may be, such as `webgl2 softmax 64`. */
export function wrongKernels({ modes }: GpuDocument): string[] {
  return modes.flatMap(({ mode, kernels }) =>
    kernels
      .filter(({ maxError, tolerance }) => !(maxError <= tolerance))
      .map(({ name, size }) => `${mode} ${name} ${size}`),
  );
}
