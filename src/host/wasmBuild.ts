// Chooses the build of the kernels that this engine runs.
import { setFlagsFromString } from 'node:v8';
import { InputError } from '../base/errors.ts';
import { relaxedProbe } from '../kernels/index.ts';

/**
 * A `WasmBuild` is a build of the kernels: `relaxed` has fused multiply-add, and `plain` runs everywhere.
 * Their results differ in the last bit.
 */
export type WasmBuild = 'plain' | 'relaxed';

/**
 * Returns whether this engine runs relaxed SIMD. Where a flag is needed, it is set; newer engines have no
 * such flag.
 */
function hasRelaxedSimd(): boolean {
  if (WebAssembly.validate(relaxedProbe)) return true;
  setFlagsFromString('--experimental-wasm-relaxed-simd');
  return WebAssembly.validate(relaxedProbe);
}

/**
 * Returns the build that a caller asked for, after setting the flag that the engine may need, or that of
 * `chooseBuild` if the caller asked for none.
 * @throws InputError for a build that the engine cannot run
 */
export function availableBuild(asked: WasmBuild | undefined): WasmBuild {
  if (asked === undefined) return chooseBuild();
  if (asked === 'relaxed' && !hasRelaxedSimd()) {
    throw new InputError('build relaxed: this engine has no relaxed SIMD');
  }
  return asked;
}

/**
 * Returns the fastest build that this engine runs, or the one that the environment variable GRADSPLIT_SIMD
 * names.
 * @throws InputError if GRADSPLIT_SIMD is neither plain nor relaxed, or relaxed where the engine cannot run
 * it
 */
export function chooseBuild(asked: string | undefined = process.env.GRADSPLIT_SIMD): WasmBuild {
  if (asked === 'plain') return 'plain';
  if (asked !== undefined && asked !== '' && asked !== 'relaxed') {
    throw new InputError(`GRADSPLIT_SIMD must be plain or relaxed, found "${asked}"`);
  }
  if (hasRelaxedSimd()) return 'relaxed';
  if (asked === 'relaxed') throw new InputError('GRADSPLIT_SIMD=relaxed: this engine has no relaxed SIMD');
  return 'plain';
}
