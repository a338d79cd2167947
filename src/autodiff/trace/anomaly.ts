// Anomaly mode: every op's result is looked at, and the first NaN or Infinity made from finite numbers is an error that
// names the op and its node, in the forward and in the backward pass.
import { showShape } from '../../base/errors.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { nameOf } from './names.ts';
import type { Node } from './node.ts';
import type { Op } from './op.ts';

/** Thrown by an op under `withAnomalyDetection`. */
export class AnomalyError extends Error {
  override readonly name: string = 'AnomalyError';
  /** The op whose result is wrong; in a backward pass the one that the rule applied. */
  readonly op: string;
  /** In a backward pass: the op whose vjp rule was at work. */
  readonly backwardOf: string | undefined;

  constructor(message: string, op: string, backwardOf: string | undefined) {
    super(message);
    this.op = op;
    this.backwardOf = backwardOf;
  }
}

let watching = false;
let backwardOf: Node | undefined;

/** Whether every result is looked at. */
export function isWatching(): boolean {
  return watching;
}

/** For the sweep: rules of this node's op are at work. Returns what to give to `leaveBackward`. */
export function enterBackward(node: Node): Node | undefined {
  const around = backwardOf;
  backwardOf = node;
  return around;
}

/** For the sweep: back to what was at work before. */
export function leaveBackward(around: Node | undefined): void {
  backwardOf = around;
}

/**
 * Runs `body` and looks at every result of an op. A NaN where no operand has one is an error, and so is an Infinity where all operands are
 * finite. Ops that make infinities on purpose, such as causalMask, are exempt. It is slow, because every result is read back.
 * @throws AnomalyError naming the op, its node (see `named`), the place and the value
 * @example
 * ```ts
 * import { AnomalyError, log, tensor, withAnomalyDetection } from 'gradsplit/autodiff';
 * let found: unknown;
 * try {
 *   withAnomalyDetection(() => log(tensor([1, -1])));
 * } catch (error) {
 *   found = error;
 * }
 * found instanceof AnomalyError && found.op; // → 'log'
 * ```
 */
export function withAnomalyDetection<T>(body: () => T): T {
  const [before, around] = [watching, backwardOf];
  watching = true;
  try {
    return body();
  } finally {
    watching = before;
    backwardOf = around;
  }
}

/** Called by `apply` on every result. */
export function inspect(op: Op<unknown>, inputs: readonly Tensor[], output: Tensor): void {
  if (!watching) return;
  const values = output.readSync();
  const at = firstBad(values, inputs, op.makesInfinity === true);
  if (at < 0) return;
  const place = `element ${at} of ${op.name} ${showShape(output.shape)}`;
  const during =
    backwardOf === undefined
      ? shown(output.node as Node | undefined)
      : ` in the backward pass of ${title(backwardOf)}`;
  throw new AnomalyError(
    `anomaly: ${values[at]} made from sound operands at ${place}${during}`,
    op.name,
    backwardOf?.op.name,
  );
}

function firstBad(values: ArrayLike<number>, inputs: readonly Tensor[], mayBeInfinite: boolean): number {
  const found = (wrong: (x: number) => boolean): number => Array.prototype.findIndex.call(values, wrong);
  const nan = found(Number.isNaN);
  const infinite = mayBeInfinite ? -1 : found((x) => Math.abs(x) === Number.POSITIVE_INFINITY);
  if (nan < 0 && infinite < 0) return -1;
  const operands = inputs.map((input) => input.readSync());
  const any = (wrong: (x: number) => boolean): boolean => operands.some((xs) => xs.some(wrong));
  if (nan >= 0 && !any(Number.isNaN)) return nan;
  return infinite >= 0 && !any((x) => !Number.isFinite(x)) ? infinite : -1;
}

function shown(node: Node | undefined): string {
  return node === undefined ? '' : ` (${label(node)})`;
}

function title(node: Node): string {
  return `${node.op.name} ${showShape(node.output.shape)} (${label(node)})`;
}

function label(node: Node): string {
  const name = nameOf(node);
  return name === undefined ? `node ${node.id}` : `node ${node.id} "${name}"`;
}
