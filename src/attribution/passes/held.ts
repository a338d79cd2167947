// Tensors that outlive the scopes of a pass, step by step: who asks for them frees them.
import { scope, type Tensor } from '../../autodiff/index.ts';
import { own } from '../../autodiff/reverse/cotangents.ts';
import { inFrame } from '../../tensor/frame.ts';

/** The tensor, or another on its memory, which no scope frees. */
export function held(x: Tensor): Tensor {
  return own(x);
}

/** Runs a body in a scope and holds the tensors that it returns. After an exception nothing is held. */
export function holding(body: () => readonly Tensor[]): Tensor[] {
  const found: Tensor[] = [];
  inFrame(() => {
    found.push(...scope(body).map(held));
  });
  return found;
}

/** Frees them; a second time does nothing. */
export function free(tensors: Iterable<Tensor | undefined>): void {
  for (const x of tensors) x?.dispose();
}
