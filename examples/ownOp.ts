// An op of your own: eˣ − 1, exact near 0. Shape rule, computation and derivative rules stand in one object.
import {
  add,
  apply,
  gradcheckOp,
  mul,
  type NoAttributes,
  type Op,
  registerOp,
  type Tensor,
  tensor,
  useKernels,
} from 'gradsplit/autodiff';
import { loadWasmKernels } from 'gradsplit/node';

const expm1Op: Op<NoAttributes> = {
  name: 'expm1',
  output: ([x]) => x!,
  forward: (kernels, [x], _attributes, out) =>
    kernels.write(out.buffer, kernels.readSync(x!.buffer).map(Math.expm1)),
  // d(eˣ − 1) = eˣ·dx, and eˣ is the output plus 1.
  vjp: ({ output }, cotangent) => mul(cotangent, add(output, 1)),
  jvp: ({ output }, tangent) => mul(tangent, add(output, 1)),
  example: (random) => ({ inputs: [tensor([random.normal(), random.normal()])], call: (x) => expm1(x!) }),
};

/** eˣ − 1, element by element. */
export function expm1(x: Tensor): Tensor {
  return apply(expm1Op, [x], {});
}

// From here on its name is taken.
registerOp(expm1Op);

if (process.argv[1] === import.meta.filename) {
  useKernels(await loadWasmKernels());
  console.log('expm1(1e-9):', expm1(tensor([1e-9])).item());
  console.log('derivatives of both orders agree with differences:', gradcheckOp(expm1Op).holds);
}
