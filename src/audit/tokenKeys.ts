// What a token is called where tokens are compared with each other: its id, or its text where the file has no ids.
import type { Trajectory } from '../rollouts/index.ts';

/** The id of a token or its text; undefined where the file has neither. */
export type TokenKey = number | string;

/** Tokens by position; undefined where the file has neither ids nor texts. */
export function keysOf({ ids, tokens }: Trajectory): ArrayLike<TokenKey> | undefined {
  return ids ?? tokens;
}

/** Counts of tokens: as many entries as there are different ones. */
export class KeyCounts {
  private readonly counts = new Map<TokenKey, number>();
  /** How many were added. */
  total = 0;

  /** Adds one. */
  add(key: TokenKey): void {
    this.counts.set(key, this.of(key) + 1);
    this.total++;
  }

  /** How often it was added. */
  of(key: TokenKey): number {
    return this.counts.get(key) ?? 0;
  }

  /** The different ones. */
  get keys(): readonly TokenKey[] {
    return [...this.counts.keys()];
  }

  /** How many different ones there are. */
  get distinct(): number {
    return this.counts.size;
  }
}
