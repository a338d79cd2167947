// What gradsplit runs on: Node, the build of the kernels and why, threads, memory, GPU modes and optional parts.
import { existsSync } from 'node:fs';
import { availableParallelism, cpus, freemem, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { surveyGpu } from '../analyses/gpu/survey.ts';
import { InputError } from '../base/errors.ts';
import { version } from '../base/version.ts';
import type { DoctorDocument } from '../documents/doctor.ts';
import { gpuModes } from '../kernels/gpu/modes.ts';
import type { Kernels } from '../kernels/index.ts';
import { packageFile } from './built.ts';
import { loadGpuJs } from './gpu.ts';
import { memoryLimits } from './memoryLimits.ts';

/** The oldest Node that gradsplit runs on, as package.json has it. */
export const NEEDED_NODE = '>=20.19';

/** Whether an environment variable decides, for the reasons given. */
function isSet(name: string): boolean {
  return (process.env[name] ?? '') !== '';
}

function simdReason(build: string): string {
  if (isSet('GRADSPLIT_SIMD')) return `GRADSPLIT_SIMD is ${process.env.GRADSPLIT_SIMD}`;
  return build === 'relaxed' ? 'this engine has relaxed SIMD' : 'this engine has no relaxed SIMD';
}

async function gpuReport(kernels: Kernels): Promise<DoctorDocument['gpu']> {
  try {
    // Without sizes nothing is measured: a mode opens, or says why not.
    const modes = await surveyGpu(await loadGpuJs(), kernels, { sizes: [], crossover: false });
    return modes.map(({ mode, available, device, reason }) => ({ mode, available, device, reason }));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const reason = error.message;
    return gpuModes.map((mode) => ({ mode, available: false, device: null, reason }));
  }
}

function part(name: string, path: string, use: string): DoctorDocument['optional'][number] {
  const place = fileURLToPath(packageFile(path));
  const found = existsSync(place);
  return { name, found, detail: found ? use : `${use}: there is no ${place}` };
}

/**
 * Looks at what gradsplit runs on.
 * @param kernels those that commands would compute with
 * @throws Error if anything but a missing part is at fault: a defect
 */
export async function doctor(kernels: Kernels): Promise<DoctorDocument> {
  const gpu = await gpuReport(kernels);
  const missing = gpu.every(({ reason }) => reason?.startsWith('gpu.js is not installed') === true);
  return {
    schema: 'gradsplit/doctor@1',
    version,
    node: { version: process.versions.node, v8: process.versions.v8, needed: NEEDED_NODE },
    system: {
      platform: process.platform,
      release: release(),
      arch: process.arch,
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: availableParallelism(),
    },
    simd: { build: kernels.build, reason: simdReason(kernels.build) },
    threads: {
      count: kernels.threads,
      reason: isSet('GRADSPLIT_THREADS')
        ? `GRADSPLIT_THREADS is ${process.env.GRADSPLIT_THREADS}`
        : 'the default; --threads and GRADSPLIT_THREADS ask for more',
    },
    memory: { machine: totalmem(), free: freemem(), ...memoryLimits() },
    gpu,
    optional: [
      { name: 'gpu.js', found: !missing, detail: 'GPU modes of bench, train and gpu' },
      part('documentation', 'docs/formats.md', 'gradsplit help TOPIC'),
      part('examples', 'examples', 'programs to start from'),
    ],
  };
}
