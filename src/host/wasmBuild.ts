// Which build of the kernels runs here.
import { setFlagsFromString } from 'node:v8';
import { InputError } from '../base/errors.ts';
import { relaxedProbe } from '../kernels/index.ts';

/**
 * A build of the kernels: `relaxed` has fused multiply-add, `plain` runs everywhere. Their results differ in the last bit.
 */
export type WasmBuild = 'plain' | 'relaxed';

/** Whether this engine runs relaxed SIMD; where it is behind a flag, the flag is set. Newer engines know no such flag. */
function hasRelaxedSimd(): boolean {
  if (WebAssembly.validate(relaxedProbe)) return true;
  setFlagsFromString('--experimental-wasm-relaxed-simd');
  return WebAssembly.validate(relaxedProbe);
}

/**
 * What a caller asked for, made to run where the engine wants a flag for it; what `chooseBuild` says if nothing was asked.
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
 * The fastest build this engine runs, or the one that the environment variable GRADSPLIT_SIMD names.
 * @throws InputError if GRADSPLIT_SIMD is neither plain nor relaxed, or relaxed where the engine cannot run it
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
