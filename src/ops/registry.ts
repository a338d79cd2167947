// Every op by name, typed over what it needs besides tensors: a missing op or rule does not compile. Tests run over it.
import type { NoAttributes, Op } from '../autodiff/trace/op.ts';
import { InputError } from '../base/errors.ts';
import { showText } from '../base/show.ts';
import { geluOp, rsqrtOp, sigmoidOp, tanhOp } from './activations.ts';
import { addOp, divOp, mulOp, negOp, subOp } from './arithmetic.ts';
import { attentionWeightsOp } from './attention.ts';
import { type CausalProductAttributes, causalProductOp, type HeadAttributes } from './causalProduct.ts';
import { equalOp, greaterEqualOp, greaterOp } from './compare.ts';
import { crossEntropyOp } from './crossEntropy.ts';
import { expm1MinusXOp, expm1Op } from './expm1.ts';
import { absOp, expOp, logOp, reciprocalOp, signOp, sqrtOp } from './functions.ts';
import { gatherOp, type ScatterAddAttributes, scatterAddOp } from './gather.ts';
import { layerNormOp } from './layerNorm.ts';
import { linearOp } from './linear.ts';
import { linearAddOp } from './linearAdd.ts';
import { log1pOp } from './log1p.ts';
import { causalMaskOp, lowerTriangleOp } from './mask.ts';
import { type MatmulAttributes, matmulOp } from './matmul.ts';
import { maxOp } from './max.ts';
import type { NormAttributes } from './norm.ts';
import { type PlaceAttributes, pickOp, placeOp } from './pick.ts';
import { rmsNormOp } from './rmsNorm.ts';
import { rotaryOp } from './rotary.ts';
import { maximumOp, minimumOp, whereOp } from './select.ts';
import { siluOp } from './silu.ts';
import {
  type ConcatAttributes,
  concatOp,
  type PadAttributes,
  padOp,
  type SliceAttributes,
  sliceOp,
} from './slice.ts';
import { logSoftmaxOp, logSumExpOp, softmaxAlongOp, softmaxOp } from './softmax.ts';
import { type BroadcastAttributes, broadcastToOp, type ReduceAttributes, sumOp } from './sum.ts';
import { type TransposeAttributes, transposeOp } from './transpose.ts';
import {
  type CastAttributes,
  castOp,
  identityOp,
  type ReshapeAttributes,
  reshapeOp,
  stopGradientOp,
} from './views.ts';

/** The ops and their attributes. */
export interface OpAttributes {
  identity: NoAttributes;
  reshape: ReshapeAttributes;
  stopGradient: NoAttributes;
  cast: CastAttributes;
  add: NoAttributes;
  sub: NoAttributes;
  mul: NoAttributes;
  div: NoAttributes;
  neg: NoAttributes;
  abs: NoAttributes;
  sign: NoAttributes;
  exp: NoAttributes;
  log: NoAttributes;
  sqrt: NoAttributes;
  reciprocal: NoAttributes;
  tanh: NoAttributes;
  sigmoid: NoAttributes;
  rsqrt: NoAttributes;
  gelu: NoAttributes;
  silu: NoAttributes;
  expm1: NoAttributes;
  expm1MinusX: NoAttributes;
  log1p: NoAttributes;
  greater: NoAttributes;
  greaterEqual: NoAttributes;
  equal: NoAttributes;
  where: NoAttributes;
  minimum: NoAttributes;
  maximum: NoAttributes;
  sum: ReduceAttributes;
  max: ReduceAttributes;
  broadcastTo: BroadcastAttributes;
  transpose: TransposeAttributes;
  slice: SliceAttributes;
  pad: PadAttributes;
  concat: ConcatAttributes;
  gather: NoAttributes;
  scatterAdd: ScatterAddAttributes;
  pick: NoAttributes;
  place: PlaceAttributes;
  matmul: MatmulAttributes;
  linear: NoAttributes;
  linearAdd: NoAttributes;
  softmax: NoAttributes;
  softmaxAlong: NoAttributes;
  logSoftmax: NoAttributes;
  logSumExp: NoAttributes;
  layerNorm: NormAttributes;
  rmsNorm: NormAttributes;
  rotary: HeadAttributes;
  crossEntropy: NoAttributes;
  attentionWeights: HeadAttributes;
  causalProduct: CausalProductAttributes;
  causalMask: NoAttributes;
  lowerTriangle: NoAttributes;
}

/** The op of every name. */
export const registry: { readonly [N in keyof OpAttributes]: Op<OpAttributes[N]> } = {
  identity: identityOp,
  reshape: reshapeOp,
  stopGradient: stopGradientOp,
  cast: castOp,
  add: addOp,
  sub: subOp,
  mul: mulOp,
  div: divOp,
  neg: negOp,
  abs: absOp,
  sign: signOp,
  exp: expOp,
  log: logOp,
  sqrt: sqrtOp,
  reciprocal: reciprocalOp,
  tanh: tanhOp,
  sigmoid: sigmoidOp,
  rsqrt: rsqrtOp,
  gelu: geluOp,
  silu: siluOp,
  expm1: expm1Op,
  expm1MinusX: expm1MinusXOp,
  log1p: log1pOp,
  greater: greaterOp,
  greaterEqual: greaterEqualOp,
  equal: equalOp,
  where: whereOp,
  minimum: minimumOp,
  maximum: maximumOp,
  sum: sumOp,
  max: maxOp,
  broadcastTo: broadcastToOp,
  transpose: transposeOp,
  slice: sliceOp,
  pad: padOp,
  concat: concatOp,
  gather: gatherOp,
  scatterAdd: scatterAddOp,
  pick: pickOp,
  place: placeOp,
  matmul: matmulOp,
  linear: linearOp,
  linearAdd: linearAddOp,
  softmax: softmaxOp,
  softmaxAlong: softmaxAlongOp,
  logSoftmax: logSoftmaxOp,
  logSumExp: logSumExpOp,
  layerNorm: layerNormOp,
  rmsNorm: rmsNormOp,
  rotary: rotaryOp,
  crossEntropy: crossEntropyOp,
  attentionWeights: attentionWeightsOp,
  causalProduct: causalProductOp,
  causalMask: causalMaskOp,
  lowerTriangle: lowerTriangleOp,
};

const known = new Map<string, Op<unknown>>(Object.entries<Op<unknown>>(registry));

/** Every op by name, those that were registered last. */
export function allOps(): ReadonlyMap<string, Op<unknown>> {
  return known;
}

/**
 * Adds an op of your own to those that `allOps` names. To apply an op it need not be registered; its name is then told apart from
 * all others in messages and drawings, and what runs over all ops runs over it.
 * @throws InputError if the name is taken
 */
export function registerOp<A>(op: Op<A>): void {
  if (known.has(op.name)) throw new InputError(`op "${showText(op.name, 40)}": the name is taken`);
  known.set(op.name, op);
}
