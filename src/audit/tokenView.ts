// What the second pass sees of a trajectory: what the file says, and what the declared objective makes of it.
import type { TermWeights } from '../objectives/objective.ts';
import type { Trajectory } from '../rollouts/index.ts';

/** A trajectory in the second pass. */
export interface TokenView {
  readonly trajectory: Trajectory;
  /** Its index in the summary. */
  readonly i: number;
  /** [T] the attempt of the token, from 0. */
  readonly attempt: Int32Array;
  /** L_i: how many tokens have mask 1. */
  readonly length: number;
  /** A_i of the declared objective by its own formula from the rewards of the batch; NaN where it cannot be computed. */
  readonly advantage: number;
  /** A_i as the trainer logged it: the number, or that of the first token with mask 1; NaN where there is none. */
  readonly loggedAdvantage: number;
  /** c_i of the declared objective; NaN where it cannot be computed. */
  readonly coefficient: number;
  /**
   * [T] w_t of the declared objective at the advantages that the trainer logged, or at those of its formula where none are logged.
   * Undefined where no objective is declared, or neither rewards nor advantages are known.
   */
  readonly weights?: Float64Array;
  /** The same by term of the loss. */
  readonly terms?: TermWeights;
}
