// What an op is: shape rule, computation and both derivative rules in one object.
import type { RandomStream } from '../../base/random.ts';
import type { Kernels } from '../../kernels/interface.ts';
import type { Tensor, TensorType } from '../../tensor/tensor.ts';

/**
 * One application of an op, as its derivative rules see it. Its shapes are those that the op's `output` rule accepts and gives.
 */
export interface Primal<A> {
  readonly inputs: readonly Tensor[];
  readonly output: Tensor;
  readonly attributes: A;
}

/** A case for the tests of every op: its public function on random inputs of random shapes, away from kinks. */
export interface Example {
  /** What the derivative is tested in: f64. */
  readonly inputs: readonly Tensor[];
  /** Masks and indices, passed after the inputs. */
  readonly constants?: readonly Tensor[];
  readonly call: (...operands: Tensor[]) => Tensor;
}

/** The attributes of an op that has none. */
export type NoAttributes = Readonly<Record<never, never>>;

/**
 * With J = ∂output/∂inputs[i], a vjp rule gives Jᵀ·cotangent and a jvp rule J·tangent, built from ops so that it can be
 * differentiated again. `undefined` means zero. (Written as a method so that ops of all attributes fit in one table.)
 */
export type Rule<A> = {
  rule(primal: Primal<A>, direction: Tensor, i: number): Tensor | undefined;
}['rule'];

/**
 * How the rows of the output's cotangent pass to an input's, both seen as `count` rows (equal chunks in row-major order):
 *  - `local`: row r of the input's cotangent depends on row r of the output's alone, linearly. With `carriers` the rule
 *    accepts these and the cotangent with fewer rows, as below. With `places` a row is a sequence of so many places, and a
 *    place depends on equal and later places alone;
 *  - `sum`: the input's cotangent is a sum over the rows, of terms made of one row of the output's cotangent and of the
 *    `carriers` (positions of inputs with these rows); `count` is the same for all such inputs of an op. The rule must accept
 *    the carriers and the cotangent with m rows instead: their leading axes are then 1, …, 1, m.
 */
export type RowPassage = LocalPassage | SumPassage;

/** Rows that stay apart; see `RowPassage`. */
export interface LocalPassage {
  readonly kind: 'local';
  readonly count: number;
  readonly carriers?: readonly number[];
  readonly places?: number;
}

/** Rows that are added up; see `RowPassage`. */
export interface SumPassage {
  readonly kind: 'sum';
  readonly count: number;
  readonly carriers: readonly number[];
}

/**
 * The cotangent of an input as a sum over n rows, not yet added up: what it needs is smaller than the sum where rows are few, and parts of
 * the rows can be looked at apart.
 */
export type RowTerms = OuterTerms | SummedTerms | PlacedTerms;

/** leftᵀ·right. */
export interface OuterTerms {
  readonly kind: 'outer';
  /** [n, p] */
  readonly left: Tensor;
  /** [n, q] */
  readonly right: Tensor;
}

/** The sum of the rows. */
export interface SummedTerms {
  readonly kind: 'sum';
  /** [n, size of the input] */
  readonly values: Tensor;
}

/** Each row of the values added to one row of the input, the others of which are zero. */
export interface PlacedTerms {
  readonly kind: 'placed';
  /** i32 [n] */
  readonly at: Tensor;
  /** [n, size of a row of the input] */
  readonly values: Tensor;
}

/**
 * An op: shape rule, computation and derivative rules. `A` is what it needs besides tensors, such as axes, a permutation or a shape.
 */
export interface Op<A> {
  readonly name: string;
  /**
   * Type and shape of the result.
   * @throws ShapeError naming the op and printing the shapes, if they do not go together
   */
  output(inputs: readonly TensorType[], attributes: A): TensorType;
  /** Fills `out`; `'view'`: the result is the first input's memory under the new shape, nothing is computed. */
  readonly forward: Forward<A> | 'view';
  /**
   * Jᵀ·cotangent with respect to input i; `'zero'`: the op is constant wherever it has a derivative; `'recompute'`: the
   * engine always goes through `decompose`.
   */
  readonly vjp: Rule<A> | 'zero' | 'recompute';
  /**
   * How rows pass to input i in the vjp rule, so that a sweep can treat many labels at once. Left out, or `undefined`:
   * every row of the input's cotangent may depend on all rows.
   */
  passage?(primal: Primal<A>, i: number): RowPassage | undefined;
  /**
   * What the vjp rule adds up over rows to make the cotangent of input i, a parameter of a layer, in the order of the rows of the output.
   * Left out, or `undefined`: the rule is no such sum.
   */
  terms?(primal: Primal<A>, cotangent: Tensor, i: number): RowTerms | undefined;
  /** J·tangent of input i; the engine adds these over i. The words mean the same. */
  readonly jvp: Rule<A> | 'zero' | 'recompute';
  /** Infinities among the values are meant to be there: anomaly mode does not mind them. */
  readonly makesInfinity?: true;
  /**
   * For a fused op, whose vjp rule ends in kernels that have no derivative: an equal composition of primitive ops. The
   * engine takes it instead of the rule where the result of the rule will be differentiated again.
   */
  readonly decompose?: Decompose<A>;
  /** The op on n examples at once, for vmap. Left out: one example after the other, and the results stacked. */
  readonly batch?: BatchRule<A>;
  /** `random.integer` chooses shapes, axes and indices; the other draws choose values. */
  example(random: RandomStream): Example;
}

/** The computation: it calls kernels that fill `out`, which is allocated but holds arbitrary values. */
export type Forward<A> = {
  forward(kernels: Kernels, inputs: readonly Tensor[], attributes: A, out: Tensor): void;
}['forward'];

/** One application of an op to n examples at once. */
export interface Batched<A> {
  readonly op: Op<A>;
  /** Stacks [n, …] of the inputs where `isStack`; elsewhere what is the same for every example. */
  readonly inputs: readonly Tensor[];
  readonly isStack: readonly boolean[];
  readonly attributes: A;
  /** n, which may be 0. */
  readonly count: number;
}

/**
 * The stack [n, …] of the outputs, made of ops, so that it can be differentiated and batched again. `undefined`: there is
 * nothing better than one example after the other.
 */
export type BatchRule<A> = {
  batch(call: Batched<A>): Tensor | undefined;
}['batch'];

/** An equal composition of primitives. */
export type Decompose<A> = {
  decompose(inputs: readonly Tensor[], attributes: A): Tensor;
}['decompose'];
