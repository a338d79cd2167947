// What a machine's GPU modes can do: for each whether it opens and on what, how far every kernel is from what it should give,
// how long it takes beside WASM, and from which size it wins. The modes of gradsplit/gpu@1.
import type { KernelReport, ModeReport } from '../../documents/gpu.ts';
import type { Kernels } from '../interface.ts';
import { openAsyncGpu } from './asyncGpu.ts';
import { caseSizes, casesOf, type GpuCase, worst } from './cases.ts';
import {
  type Computing,
  measureCrossover,
  millisecondsOf,
  NEVER,
  onGpu,
  wasmMilliseconds,
} from './crossover.ts';
import type { GpuJs } from './gpujs.ts';
import { GpuError, type GpuMode, gpuModes, kernelClassOf } from './mode.ts';
import { openGpu } from './syncGpu.ts';

/** What is measured of an available mode. */
export interface SurveyOptions {
  /** Sizes at which kernels are compared. */
  readonly sizes?: readonly number[];
  /** Leaves out the crossovers, which take a second or two. */
  readonly crossover?: boolean;
  readonly onProgress?: (mode: GpuMode, done: number, total: number, what: string) => void;
}

async function compare(gpu: Computing, kernels: Kernels, gpuCase: GpuCase): Promise<KernelReport> {
  const { name, size } = gpuCase;
  const errors = worst(await onGpu(gpu, gpuCase), gpuCase);
  const milliseconds = await millisecondsOf(() => onGpu(gpu, gpuCase));
  return { name, size, ...errors, milliseconds, wasmMilliseconds: await wasmMilliseconds(kernels, gpuCase) };
}

/**
 * Tries one mode; one that opens and fails later is not available, and the report says why.
 * @throws Error if anything but the GPU is at fault: a defect
 */
export async function surveyMode(
  gpujs: GpuJs,
  mode: GpuMode,
  kernels: Kernels,
  { sizes = caseSizes, crossover = true, onProgress }: SurveyOptions = {},
): Promise<ModeReport> {
  let gpu: Computing & { readonly device: string; destroy(): Promise<void> };
  try {
    gpu = mode === 'webgpu' ? await openAsyncGpu(gpujs) : openGpu(gpujs, mode);
  } catch (error) {
    return absent(mode, (error as Error).message);
  }
  try {
    const reports: KernelReport[] = [];
    const cases = sizes.flatMap(casesOf);
    for (const [i, gpuCase] of cases.entries()) {
      onProgress?.(mode, i, cases.length, `${gpuCase.name} ${gpuCase.size}`);
      reports.push(await compare(gpu, kernels, gpuCase));
    }
    if (crossover) onProgress?.(mode, cases.length - 1, cases.length, 'crossover');
    const measured = crossover ? await measureCrossover(kernels, gpu) : NEVER;
    const { device } = gpu;
    const kernelClass = kernelClassOf(mode);
    return {
      mode,
      available: true,
      kernelClass,
      device,
      reason: null,
      kernels: reports,
      crossover: measured,
    };
  } catch (error) {
    if (!(error instanceof GpuError)) throw error;
    return absent(mode, `opened, then failed: ${error.message}`);
  } finally {
    await gpu.destroy();
  }
}

/** A mode that is not available. */
export function absent(mode: GpuMode, reason: string): ModeReport {
  return { mode, available: false, kernelClass: null, device: null, reason, kernels: [], crossover: NEVER };
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
