// An op of your own: log(1 + eˣ), the softplus. Shape rule, computation and derivative rules stand in one object.
import {
  apply,
  gradcheckOp,
  mul,
  type NoAttributes,
  type Op,
  registerOp,
  sigmoid,
  type Tensor,
  tensor,
  useKernels,
} from 'gradsplit/autodiff';
import { loadWasmKernels } from 'gradsplit/node';

/** max(x, 0) + log(1 + e^−|x|), which does not overflow. */
const valueAt = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

const softplusOp: Op<NoAttributes> = {
  name: 'softplus',
  output: ([x]) => x!,
  forward: (kernels, [x], _attributes, out) =>
    kernels.write(out.buffer, kernels.readSync(x!.buffer).map(valueAt)),
  // d log(1 + eˣ) = σ(x)·dx.
  vjp: ({ inputs: [x] }, cotangent) => mul(cotangent, sigmoid(x!)),
  jvp: ({ inputs: [x] }, tangent) => mul(tangent, sigmoid(x!)),
  example: (random) => ({ inputs: [tensor([random.normal(), random.normal()])], call: (x) => softplus(x!) }),
};

/** log(1 + eˣ), element by element. */
export function softplus(x: Tensor): Tensor {
  return apply(softplusOp, [x], {});
}

// From here on its name is taken.
registerOp(softplusOp);

if (process.argv[1] === import.meta.filename) {
  useKernels(await loadWasmKernels());
  console.log('softplus(1000):', softplus(tensor([1000])).item());
  console.log('derivatives of both orders agree with differences:', gradcheckOp(softplusOp).holds);
}
