// The tokens with the largest |w|, kept while they stream by.
import type { Trajectory } from '../rollouts/index.ts';

/** A token with its weight. */
export interface HeavyToken {
  readonly file: string;
  readonly line: number;
  readonly from: number;
  readonly to: number;
  readonly weight: number;
}

const MOST = 20;

/** Keeps the heaviest tokens; of equal ones those that came first. */
export class Heaviest {
  private readonly kept: HeavyToken[] = [];

  /** The tokens, heaviest first. */
  get tokens(): readonly HeavyToken[] {
    return this.kept;
  }

  /** Adds token t. */
  add({ place: { file, line } }: Trajectory, t: number, weight: number): void {
    const { kept } = this;
    const size = Math.abs(weight);
    if (kept.length === MOST && Math.abs(kept[MOST - 1]!.weight) >= size) return;
    if (kept.length === MOST) kept.pop();
    const at = kept.findIndex((other) => Math.abs(other.weight) < size);
    kept.splice(at === -1 ? kept.length : at, 0, { file, line, from: t, to: t + 1, weight });
  }
}
