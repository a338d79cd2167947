// Kernels that try their variants on the job: measured is what comes after.
import type { Kernels } from '../src/kernels/index.ts';
import { UNDECIDED } from '../src/kernels/wasm/tiles.ts';

/** More calls than any choice takes: what is undecided then is not asked for by this case. */
const MOST_CALLS = 60;

/** Calls `run` until every shape it needs has its variant. */
export function settle(kernels: Kernels, run: () => void): void {
  run();
  const undecided = (): boolean => kernels.choices().some(({ variant }) => variant === UNDECIDED);
  for (let calls = 1; calls < MOST_CALLS && undecided(); calls++) run();
}
