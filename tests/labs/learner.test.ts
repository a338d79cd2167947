// A learner takes the steps of its optimiser, frees what each has replaced, and hands over what is asked for.
import { beforeAll, expect, test } from 'vitest';
import { grad, memory, mul, scope, sum, type Tensor, tensor } from '../../src/autodiff/index.ts';
import { copyOf, disposeAll, Learner } from '../../src/labs/shared/learner.ts';
import { sgd } from '../../src/optim/index.ts';
import { chooseKernels } from '../oracle/kernels.ts';

beforeAll(chooseKernels);

const initial = (): { x: Tensor } => ({ x: tensor([3, -1], { dtype: 'f64' }) });
const slope = grad(({ x }: { x: Tensor }) => mul(sum(mul(x, x)), 0.5));

test('three steps of descent on ½x² at a rate of ½ halve x three times; nothing is left', () => {
  const before = memory().live;
  const learner = new Learner(initial(), sgd({ learningRate: () => 0.5 }));
  for (let step = 0; step < 3; step++) learner.step(slope);
  expect([...learner.parameters.x.readSync()]).toEqual([3 / 8, -1 / 8]);
  expect(learner.steps).toBe(3);
  expect(memory().live).toBeGreaterThan(before);
  learner.dispose();
  expect(memory().live).toBe(before);
});

test('what is released stays, and a copy is apart from it', () => {
  scope(() => {
    const before = memory().live;
    const learner = new Learner(initial(), sgd({ learningRate: () => 0.5 }));
    const copy = copyOf(learner.parameters);
    learner.step(slope);
    const released = learner.release();
    expect([...released.x.readSync()]).toEqual([1.5, -0.5]);
    expect([...copy.x!.readSync()]).toEqual([3, -1]);
    disposeAll(released, copy);
    expect(memory().live).toBe(before);
  });
});
