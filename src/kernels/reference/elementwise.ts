// Element-wise kernels as plain loops. Values are computed in float64 and rounded once, when they are stored.
import { expm1MinusX, tanh } from '../../base/functions.ts';
import { checkElementwise } from '../checks.ts';
import type { BinaryKernel, KernelBuffer, UnaryKernel } from '../interface.ts';
import { valuesOf } from './memory.ts';

function sign(x: number): number {
  if (x > 0) return 1;
  if (x < 0) return -1;
  return x === 0 ? 0 : Number.NaN;
}

function sigmoid(x: number): number {
  const t = Math.exp(-Math.abs(x));
  return (x < 0 ? t : 1) / (1 + t);
}

// gelu x = x·σ(w), w = a·x + b·x³ with a = √(8/π), b = 0.044715·a. Below −30 it is 0 even in float64.
const GELU_A = Math.sqrt(8 / Math.PI);
const GELU_B = 0.044715 * GELU_A;

function gelu(x: number): number {
  const from = Math.max(x, -30);
  return from * sigmoid(from * (GELU_A + GELU_B * from * from));
}

function geluSlope(x: number): number {
  const at = Math.min(Math.max(x, -30), 30);
  const w = at * (GELU_A + GELU_B * at * at);
  return sigmoid(w) + at * sigmoid(w) * sigmoid(-w) * (GELU_A + 3 * GELU_B * at * at);
}

// silu x = x·σ(x). Beyond ±1000 σ is 0 or 1 even in float64.
function silu(x: number): number {
  const from = Math.max(x, -1000);
  return from * sigmoid(from);
}

function siluSlope(x: number): number {
  const at = Math.min(Math.max(x, -1000), 1000);
  return sigmoid(at) + at * sigmoid(at) * sigmoid(-at);
}

const unaryFunctions: Record<UnaryKernel, (x: number) => number> = {
  neg: (x) => -x,
  abs: Math.abs,
  sign,
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  reciprocal: (x) => 1 / x,
  tanh,
  sigmoid,
  rsqrt: (x) => 1 / Math.sqrt(x),
  gelu,
  expm1: Math.expm1,
  expm1MinusX,
  log1p: Math.log1p,
  silu,
};

const binaryFunctions: Record<BinaryKernel, (x: number, y: number) => number> = {
  add: (x, y) => x + y,
  sub: (x, y) => x - y,
  mul: (x, y) => x * y,
  div: (x, y) => x / y,
  minimum: Math.min,
  maximum: Math.max,
  greater: (x, y) => (x > y ? 1 : 0),
  greaterEqual: (x, y) => (x >= y ? 1 : 0),
  equal: (x, y) => (x === y ? 1 : 0),
  geluVjp: (x, y) => y * geluSlope(x),
  siluVjp: (x, y) => y * siluSlope(x),
};

/** out[i] = f(x[i]). */
export function unary(kernel: UnaryKernel, x: KernelBuffer, out: KernelBuffer): void {
  checkElementwise(kernel, out, x);
  const f = unaryFunctions[kernel];
  const from = valuesOf(x);
  const to = valuesOf(out);
  for (let i = 0; i < to.length; i++) to[i] = f(from[i]!);
}

/** out[i] = f(x[i], y[i]). */
export function binary(kernel: BinaryKernel, x: KernelBuffer, y: KernelBuffer, out: KernelBuffer): void {
  checkElementwise(kernel, out, x, y);
  const f = binaryFunctions[kernel];
  const left = valuesOf(x);
  const right = valuesOf(y);
  const to = valuesOf(out);
  for (let i = 0; i < to.length; i++) to[i] = f(left[i]!, right[i]!);
}

/** out[i] = mask[i] ≠ 0 ? x[i] : y[i]. */
export function where(mask: KernelBuffer, x: KernelBuffer, y: KernelBuffer, out: KernelBuffer): void {
  checkElementwise('where', out, mask, x, y);
  const choose = valuesOf(mask);
  const left = valuesOf(x);
  const right = valuesOf(y);
  const to = valuesOf(out);
  for (let i = 0; i < to.length; i++) to[i] = choose[i]! !== 0 ? left[i]! : right[i]!;
}
