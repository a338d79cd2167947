// Before any kernels were chosen (a file of its own: the choice is one per process).
import { expect, test } from 'vitest';
import { tensor } from '../../src/tensor/tensor.ts';

test('a tensor asks for kernels', () => {
  expect(() => tensor(1)).toThrow('no kernels chosen: call useKernels(...) once');
});
