// A trained policy, wherever it was read from.
import type { Tensor } from '../autodiff/index.ts';
import type { Decodable } from '../episodes/index.ts';
import type { Trainer } from '../training/index.ts';

/** A policy as it was trained. */
export interface Trained {
  readonly trainer: Trainer;
  /** By parameter path, each of its own shape. */
  readonly parameters: Record<string, Tensor>;
  readonly policy: Decodable;
  /** The folder it was read from, or whatever names it in documents. */
  readonly checkpoint: string;
}
