// The weights w_t of an objective as a formula over any field, and what such a formula is given.
import type { Arithmetic } from '../../algebra/arithmetic.ts';
import type { Options } from '../../base/options.ts';
import type { Component } from '../../policy/component.ts';

/** A token with elements T. */
export interface FormulaToken<T> {
  readonly component: Component;
  /** The attempt that it belongs to, counted from 0; a decision belongs to the attempt that it judges. */
  readonly attempt: number;
  /** Whether it takes part in the loss. */
  readonly mask: boolean;
  /** π_t, its probability. */
  readonly prob: T;
  /** r_t = π_t/π_old,t; 1 on policy. */
  readonly ratio: T;
  /** ρ_t = π_old,t/π_sampler,t; 1 where the old policy drew the tokens. */
  readonly samplerRatio: T;
  /** π_t/π_ref,t. */
  readonly refRatio: T;
  /** V(h_t) of a critic. */
  readonly value: T;
}

/** A trajectory with elements T. */
export interface FormulaTrajectory<T> {
  readonly reward: T;
  /** The rewards by reward function; left out: there is one, `reward`. */
  readonly rewards?: readonly T[];
  /** Which prompt it answers. */
  readonly group: number;
  readonly tokens: readonly FormulaToken<T>[];
}

/** The trajectories of a batch. */
export type FormulaBatch<T> = readonly FormulaTrajectory<T>[];

/** Elements of the tokens, by trajectory [B][L_i]. */
export type PerToken<T> = readonly (readonly T[])[];

/** The weights of an objective with options O as one text for all fields. */
export interface WeightFormula<O = Options> {
  /** w_t of every token, by trajectory; 0 on masked-out tokens. */
  weights<T>(field: Arithmetic<T>, batch: FormulaBatch<T>, options: O): PerToken<T>;
}
