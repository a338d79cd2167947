// What every backend checks before a step of AdamW and a sum of squares (see checks.ts).
import { checkElementwise, float, hasLength, sameType } from './checks.ts';
import type { AdamWOperands, AdamWResults, KernelBuffer } from './interface.ts';

/** AdamW: everything of a parameter has one length, everything of a call one type. */
export function checkAdamW(
  operands: readonly AdamWOperands[],
  out: readonly AdamWResults[],
  scale: KernelBuffer | undefined,
): void {
  if (operands.length !== out.length) {
    throw new Error(`adamw: ${operands.length} parameters, but results for ${out.length}`);
  }
  for (const [i, { gradient, mean, square, parameter }] of operands.entries()) {
    const results = out[i]!;
    checkElementwise(
      'adamw',
      results.update,
      ...[gradient, mean, square, parameter, results.mean, results.square],
    );
    sameType('adamw', results.update, out[0]!.update);
  }
  if (scale === undefined || out.length === 0) return;
  sameType('adamw', scale, out[0]!.update);
  hasLength('adamw', 'the scale', scale, 1);
}

/** A sum of squares: one type, out [1]. */
export function checkSquareSum(operands: readonly KernelBuffer[], out: KernelBuffer): void {
  float('squareSum', out);
  hasLength('squareSum', 'out', out, 1);
  for (const operand of operands) sameType('squareSum', operand, out);
}
