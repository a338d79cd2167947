// The reference backend: plain loops, which serve as the oracle for tests of the fast kernels.
// Everything is computed in float64 and rounded when stored. Nothing here is fast.
import type { Kernels } from '../interface.ts';
import { adamw, squareSum } from './adamw.ts';
import { attentionWeights, causalProduct } from './attention.ts';
import { cachedAttention } from './cachedAttention.ts';
import { crossEntropy, crossEntropyVjp } from './crossEntropy.ts';
import { binary, unary, where } from './elementwise.ts';
import { gather, scatterAdd } from './gather.ts';
import { layerNorm, layerNormScaleVjp, layerNormVjp } from './layerNorm.ts';
import { maskAbove } from './mask.ts';
import { linear, linearAdd, matmul } from './matmul.ts';
import { ReferenceMemory, valuesOf } from './memory.ts';
import { reduce } from './reduce.ts';
import { rmsNorm, rmsNormScaleVjp, rmsNormVjp } from './rmsNorm.ts';
import { rotary } from './rotary.ts';
import { logSumExp, row, softmaxAlong } from './rows.ts';
import { gatherStrided, scatterStrided } from './strided.ts';

/**
 * A new reference backend in plain TypeScript, with its own memory count. It is slow and easy to read.
 * @throws Error (from its kernels) naming the kernel and the buffer that does not fit
 * @example
 * ```ts
 * import { referenceKernels } from 'gradsplit/kernels';
 * const kernels = referenceKernels();
 * const [x, y] = [kernels.allocate('f64', 2), kernels.allocate('f64', 2)];
 * kernels.write(x, [1, 2]);
 * kernels.binary('add', x, x, y);
 * kernels.readSync(y); // → [2, 4]
 * ```
 */
export function referenceKernels(): Kernels {
  const memory = new ReferenceMemory();
  return {
    backend: 'reference',
    device: 'cpu',
    build: 'plain-loops',
    threads: 1,
    allocate: (dtype, length) => memory.allocate(dtype, length),
    release: (buffer) => memory.release(buffer),
    write: (buffer, values) => memory.write(buffer, values),
    readSync: (buffer) => valuesOf(buffer).slice(),
    read: async (buffer) => valuesOf(buffer).slice(),
    memory: () => memory.use(),
    choices: () => [],
    fill: (out, value) => {
      valuesOf(out).fill(value);
    },
    unary,
    binary,
    where,
    reduce,
    row,
    softmaxAlong,
    logSumExp,
    layerNorm,
    layerNormVjp,
    layerNormScaleVjp,
    rmsNorm,
    rmsNormVjp,
    rmsNormScaleVjp,
    rotary,
    crossEntropy,
    crossEntropyVjp,
    adamw,
    squareSum,
    attentionWeights,
    causalProduct,
    cachedAttention,
    maskAbove,
    matmul,
    linear,
    linearAdd,
    linearGelu(x, weight, bias, out, sizes) {
      linear(x, weight, bias, out, sizes);
      unary('gelu', out, out);
    },
    gather,
    scatterAdd,
    gatherStrided,
    scatterStrided,
  };
}
