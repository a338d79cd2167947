// A Hessian-vector product of a transformer, by two routes that must agree.
import {
  crossEntropy,
  hvp,
  hvpReverse,
  indices,
  mean,
  reshape,
  tensor,
  useKernels,
} from 'gradsplit/autodiff';
import { gpt2 } from 'gradsplit/nn';
import { loadWasmKernels } from 'gradsplit/node';
import { randomStream } from 'gradsplit/random';

useKernels(await loadWasmKernels());

const model = gpt2({ vocabulary: 11, context: 8, width: 16, layers: 2, heads: 2, tied: true });
const random = randomStream(1, 'example');
const parameters = model.initial(random, 'f64');
const tokens = Array.from({ length: 2 * 8 }, () => random.integer(11));
const ids = reshape(indices(tokens), [2, 8]);
const targets = indices(tokens.map((_, i) => tokens[(i + 1) % tokens.length]));
const loss = (p) => mean(crossEntropy(reshape(model.logits(p, ids), [16, 11]), targets));

const direction = Object.fromEntries(
  Object.entries(parameters).map(([path, { shape, size }]) => [
    path,
    tensor(
      Float64Array.from({ length: size }, () => random.normal()),
      { shape },
    ),
  ]),
);
const [forwardOverReverse, reverseOverReverse] = [hvp, hvpReverse].map((route) =>
  route(loss, parameters, direction),
);
let apart = 0;
let largest = 0;
for (const path of Object.keys(parameters)) {
  const [a, b] = [forwardOverReverse, reverseOverReverse].map((product) => product[path].readSync());
  for (let i = 0; i < a.length; i++) {
    apart = Math.max(apart, Math.abs(a[i] - b[i]));
    largest = Math.max(largest, Math.abs(a[i]));
  }
}
console.log(
  'parameters:',
  Object.values(parameters).reduce((n, { size }) => n + size, 0),
);
console.log('routes agree:', apart < 1e-12 * largest);
