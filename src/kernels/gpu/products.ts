// Matrix products, affine maps and gelu on a GPU: one thread an element, its terms added in ascending k.
import type { LinearSizes, MatmulForm, MatmulSizes } from '../operands.ts';
import { elementwise, type Launch, type Passes } from './launch.ts';

/** gelu in its logistic form: v·σ(w), w = √(8/π)·(v + 0.044715·v³), with e^{−w} kept finite. */
const GELU = 'v / (1 + Math.exp(Math.min(-1.5957691216057308 * (v + 0.044715 * v * v * v), 80)))';

function source(operands: string, start: string, result: string): string {
  return `function product(${operands}) {
  let v = ${start};
  for (let p = 0; p < this.constants.k; p++) {
    v += a[this.thread.z * this.constants.aPlane + this.thread.y * this.constants.aRow + p * this.constants.aInner] *
      b[this.thread.z * this.constants.bPlane + p * this.constants.bInner + this.thread.x * this.constants.bColumn];
  }
  return ${result};
}`;
}

const sources = {
  matmul: source('a, b', '0.0', 'v'),
  linear: source('a, b, c', 'c[this.thread.x]', 'v'),
  linearGelu: source('a, b, c', 'c[this.thread.x]', GELU),
};

/** How far A[i, p] and B[p, j] of product z move with each index. */
export type Strides = Readonly<
  Record<'aPlane' | 'aRow' | 'aInner' | 'bPlane' | 'bInner' | 'bColumn', number>
>;

/** Those of a form. */
export function strides(form: MatmulForm, { m, n, k }: MatmulSizes): Strides {
  const [aRow, aInner] = form === 'tn' ? [1, m] : [k, 1];
  const [bInner, bColumn] = form === 'nt' ? [1, k] : [n, 1];
  return { aPlane: m * k, aRow, aInner, bPlane: k * n, bInner, bColumn };
}

function product(kernel: keyof typeof sources, form: MatmulForm, sizes: MatmulSizes): Launch {
  const { batch, m, n, k } = sizes;
  return {
    crossing: kernel === 'linearGelu' ? kernel : 'matmul',
    size: Math.cbrt(batch * m * n * k),
    passes: () => [
      {
        key: `${kernel} ${form} ${batch}x${m}x${n}x${k}`,
        source: sources[kernel],
        output: [n, m, batch],
        constants: { k, ...strides(form, sizes) },
      },
    ],
  };
}

/** op(A)·op(B), product by product: [batch, m, n]; A and B as of the kernel `matmul`, k ≥ 1. */
export function matmulLaunch(form: MatmulForm, sizes: MatmulSizes): Launch {
  return product('matmul', form, sizes);
}

/** x·W + b, or gelu of it in one pass: x [m, k], W [k, n], b [n] → [m, n]. */
export function linearLaunch(kernel: 'linear' | 'linearGelu', sizes: LinearSizes): Launch {
  return product(kernel, 'nn', { batch: 1, ...sizes });
}

/** gelu(x): [length]. Without a crossover: it is launched for what is on the GPU anyway. */
export function geluLaunch(length: number): Passes {
  return { passes: () => [elementwise('gelu', GELU, length)] };
}
