// A loss of your own, split by labels: which part of the gradient comes from the data term, and which from the penalty?
import { add, matmul, mul, sub, sum, tensor, useKernels, vjp } from 'gradsplit/autodiff';
import { loadWasmKernels } from 'gradsplit/node';

useKernels(await loadWasmKernels());

const inputs = tensor([
  [1, 2],
  [3, -1],
  [0.5, 0.25],
]);
const targets = tensor([[1], [0], [2]]);
const parameters = { weight: tensor([[0.3], [-0.2]]), bias: tensor([0.1]) };

/** Both terms side by side: [½‖XW + b − Y‖², ½‖W‖²]. */
const terms = ({ weight, bias }) => {
  const residual = sub(add(matmul(inputs, weight), bias), targets);
  const half = (x) => mul(sum(mul(x, x)), 0.5);
  return add(mul(half(residual), tensor([1, 0])), mul(half(weight), tensor([0, 1])));
};

const { value, pullback } = vjp(terms, parameters);
console.log('data term and penalty:', [...value.readSync()]);
// One stored forward pass; a cotangent for each label.
const { data, penalty, all } = pullback({
  data: tensor([1, 0]),
  penalty: tensor([0, 0.01]),
  all: tensor([1, 0.01]),
});
for (const group of ['weight', 'bias']) {
  const [d, p, a] = [data, penalty, all].map((g) => [...g[group].readSync()]);
  console.log(group, { data: d, penalty: p, addUp: a.every((x, i) => Math.abs(d[i] + p[i] - x) < 1e-15) });
}
