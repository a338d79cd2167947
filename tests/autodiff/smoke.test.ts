import { test, expect } from 'vitest';
import { referenceKernels } from '/work/main/src/kernels/reference/index.ts';
import * as g from '/work/main/src/autodiff/index.ts';
test('smoke', () => {
  const k = referenceKernels();
  g.useKernels(k);
  const f = ({x, y}: {x: g.Tensor, y: g.Tensor}) => g.sum(g.mul(g.exp(x), g.mul(y, x)));
  const p = {x: g.tensor([1,2]), y: g.tensor([[3,4],[5,6]])};
  const r = g.grad(f)(p);
  console.log(r.x.readSync(), r.y.readSync(), k.memory());
  const v = {x: g.tensor([1,0]), y: g.tensor([[1,0],[0,0]])};
  console.log(g.hvp(f, p, v).x.readSync(), g.hvpReverse(f,p,v).x.readSync(), k.memory());
  // d/dx [x * d/dy (x+y)] = 1
  const c = g.grad(({x}: {x: g.Tensor}) => g.mul(x, g.grad(({y}: {y: g.Tensor}) => g.add(x, y))({y: g.tensor(3)}).y))({x: g.tensor(1)});
  console.log(c.x.item(), k.memory());
  for (const n of [1e5,1e6]) {
    const t = performance.now(); let t1 = 0;
    const z = g.grad(({x}: {x: g.Tensor}) => { let y = x; for (let i = 0; i < n; i++) y = g.mul(y, x); t1 = performance.now(); return y; })({x: g.tensor(1)});
    console.log(n, z.x.item(), t1 - t, performance.now() - t, k.memory());
  }
});
