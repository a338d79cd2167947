// The gradient of your own function: Rosenbrock's valley, checked and descended by Newton's method with Hessian-vector products.
import {
  add,
  grad,
  gradcheck,
  hvp,
  mul,
  scope,
  slice,
  sub,
  sum,
  tensor,
  useKernels,
} from 'gradsplit/autodiff';
import { loadWasmKernels } from 'gradsplit/node';

useKernels(await loadWasmKernels());

/** (1 − x)² + 100 (y − x²)² */
const rosenbrock = ({ p }) => {
  const [x, y] = [slice(p, [0], [1]), slice(p, [1], [2])];
  const valley = sub(y, mul(x, x));
  return sum(add(mul(sub(1, x), sub(1, x)), mul(mul(valley, valley), 100)));
};

console.log('gradcheck holds:', gradcheck(rosenbrock, { p: tensor([-1.2, 1]) }).holds);

let point = [-1.2, 1];
for (let step = 0; step < 8; step++) {
  point = scope(() => {
    const p = tensor(point);
    const [gx, gy] = grad(rosenbrock)({ p }).p.readSync();
    const column = (v) => hvp(rosenbrock, { p }, { p: tensor(v) }).p.readSync();
    const [[a, b], [, d]] = [column([1, 0]), column([0, 1])];
    const determinant = a * d - b * b;
    return [point[0] - (d * gx - b * gy) / determinant, point[1] - (a * gy - b * gx) / determinant];
  });
}
console.log('minimum:', point.map((x) => x.toFixed(6)).join(', '));
