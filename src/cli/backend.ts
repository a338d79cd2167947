// `--backend` and `--allow-fallback`: which kernels a command computes with.
import { Option } from 'commander';
import { InputError } from '../base/errors.ts';
import type { Kernels } from '../kernels/index.ts';
import { note } from './notes.ts';

/** The options. */
export interface BackendFlags {
  readonly backend: 'wasm' | 'gpu';
  readonly allowFallback?: true;
}

/** `--backend`; goes with `onBackend`, or with `refuseGpu` in a command that needs float64. */
export function backendOption(
  description: string = 'wasm, or gpu for products larger than its measured crossover',
): Option {
  return new Option('--backend <name>', description).choices(['wasm', 'gpu']).default('wasm');
}

/** `--allow-fallback`; goes with `checkFallback`. */
export function fallbackOption(): Option {
  return new Option('--allow-fallback', 'with --backend gpu: compute on WASM where no GPU mode works');
}

/** @throws InputError for a GPU in a command that needs float64 */
export function refuseGpu(command: string, { backend }: Pick<BackendFlags, 'backend'>): void {
  if (backend === 'wasm') return;
  throw new InputError(
    `--backend gpu: ${command} computes in float64, which GPU modes do not have; expected wasm`,
  );
}

/** @throws InputError for a fallback without anything to fall back from */
export function checkFallback({ backend, allowFallback }: BackendFlags): void {
  if (allowFallback === true && backend !== 'gpu') {
    throw new InputError('--allow-fallback: expected --backend gpu with it');
  }
}

/**
 * The kernels asked for, made of WASM ones; what computes is said on stderr.
 * @throws InputError if no GPU works and that is not permitted
 */
export async function onBackend(kernels: Kernels, flags: BackendFlags): Promise<Kernels> {
  if (flags.backend === 'wasm') return kernels;
  const { withGpu } = await import('../host/gpu.ts');
  try {
    const chosen = await withGpu(kernels);
    const { backendLine } = await import('../report/tables.ts');
    note(backendLine(chosen));
    return chosen;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    if (flags.allowFallback !== true) {
      throw new InputError(`--backend gpu: ${error.message}; --allow-fallback computes on WASM instead`);
    }
    note(`--backend gpu: ${error.message}; computing on WASM, as --allow-fallback permits`);
    return kernels;
  }
}
