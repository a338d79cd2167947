// What an explanation is made of, and what its parts look at.
import type { Options } from '../base/options.ts';
import type { TokenBatch } from '../objectives/batch.ts';
import type { Objective } from '../objectives/objective.ts';
import type { Weighed, Weighing } from './weigh.ts';

/** One quantity of a formula: its symbol, what it is, and how it comes about. */
export interface ExplainedStep {
  readonly symbol: string;
  readonly meaning: string;
  /** In symbols, and with numbers; left out where the number comes from the file. */
  readonly formula?: string;
  readonly numbers?: string;
  readonly value: number;
}

/** What the parts of an explanation look at. */
export interface ExplainedToken {
  readonly weighing: Weighing;
  readonly weighed: Weighed;
  readonly objective: Objective;
  readonly options: Options;
  /** The trajectory, and the token within it. */
  readonly i: number;
  readonly t: number;
  /** The trajectory as a batch of one. */
  readonly batch: TokenBatch;
  /** The advantage that the weight is computed at. */
  readonly advantage: number;
  readonly isLogged: boolean;
}
