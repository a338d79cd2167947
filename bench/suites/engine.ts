// What the suites that run the whole engine share: whose kernels are in use, and values on the host.
import { type Kernels, scope, type Tensor, useKernels } from '../../src/autodiff/index.ts';

/** Runs `body` on these kernels and frees what it made, except tensors in its result. */
export function onKernels<T>(kernels: Kernels, body: () => T): T {
  useKernels(kernels);
  return scope(body);
}

/** The values of tensors, one after the other. */
export function hostValues(...tensors: readonly Tensor[]): Float64Array {
  const parts = tensors.map((tensor) => tensor.readSync());
  const out = new Float64Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Every tensor of nested records disposed. */
export function disposeAll(...records: readonly Readonly<Record<string, Tensor>>[]): void {
  for (const record of records) for (const tensor of Object.values(record)) tensor.dispose();
}
