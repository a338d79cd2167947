// Matrix products and affine maps as GPU programs: one thread an element, its terms added in ascending k.

import type { MatmulForm } from '../interface.ts';
import type { LinearSizes, MatmulSizes } from '../operands.ts';
import type { Launch, Operand, Program } from './program.ts';

/** Where A[i, p] and B[p, j] of product z lie; i is the thread's y, j its x. */
const left: Record<MatmulForm, string> = {
  nn: '(this.thread.z * this.constants.m + this.thread.y) * this.constants.k + p',
  tn: '(this.thread.z * this.constants.k + p) * this.constants.m + this.thread.y',
  nt: '(this.thread.z * this.constants.m + this.thread.y) * this.constants.k + p',
};
const right: Record<MatmulForm, string> = {
  nn: '(this.thread.z * this.constants.k + p) * this.constants.n + this.thread.x',
  tn: '(this.thread.z * this.constants.k + p) * this.constants.n + this.thread.x',
  nt: '(this.thread.z * this.constants.n + this.thread.x) * this.constants.k + p',
};

/** The logistic form of gelu: x·σ(w), w = √(8/π)·(x + 0.044715·x³), with e^{−w} kept finite. */
const GELU =
  'total / (1 + Math.exp(Math.min(-1.5957691216057308 * (total + 0.044715 * total * total * total), 80)))';

function source(operands: string, start: string, form: MatmulForm, result: string): string {
  return `function product(${operands}) {
  let total = ${start};
  for (let p = 0; p < this.constants.k; p++) {
    total += a[${left[form]}] * b[${right[form]}];
  }
  return ${result};
}`;
}

function product(
  name: string,
  form: MatmulForm,
  { batch, m, n, k }: MatmulSizes,
  [operands, start, result]: readonly [string, string, string],
): Program {
  return {
    key: `${name} ${batch}x${m}x${n}x${k}`,
    source: source(operands, start, form, result),
    output: [n, m, batch],
    constants: { m, n, k },
  };
}

/** op(A)·op(B), product by product: [batch, m, n]; a and b as of the kernel `matmul`, k ≥ 1. */
export function matmulLaunch(form: MatmulForm, sizes: MatmulSizes, a: Operand, b: Operand): Launch {
  return { program: product(`matmul ${form}`, form, sizes, ['a, b', '0.0', 'total']), operands: [a, b] };
}

/** x·W + b: x [m, k], weight [k, n], bias [n] → [m, n]. */
export function linearLaunch(sizes: LinearSizes, x: Operand, weight: Operand, bias: Operand): Launch {
  const parts = ['a, b, c', 'c[this.thread.x]', 'total'] as const;
  return { program: product('linear', 'nn', { batch: 1, ...sizes }, parts), operands: [x, weight, bias] };
}

/** gelu(x·W + b) in one pass: x [m, k], weight [k, n], bias [n] → [m, n]. */
export function linearGeluLaunch(sizes: LinearSizes, x: Operand, weight: Operand, bias: Operand): Launch {
  const parts = ['a, b, c', 'c[this.thread.x]', GELU] as const;
  return { program: product('linearGelu', 'nn', { batch: 1, ...sizes }, parts), operands: [x, weight, bias] };
}

/** gelu(x): [length]. */
export function geluLaunch(length: number, x: Operand): Launch {
  const source = `function gelu(x) {
  let total = x[this.thread.x];
  return ${GELU};
}`;
  return { program: { key: `gelu ${length}`, source, output: [length, 1, 1], constants: {} }, operands: [x] };
}
