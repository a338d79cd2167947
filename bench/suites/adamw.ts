// One step of AdamW with clipping over all parameters of a small GPT-2: no products, only moving and mixing numbers.
import type { Kernels } from '../../src/autodiff/index.ts';
import { type Tensor, tensor } from '../../src/autodiff/index.ts';
import { type Gpt2, gpt2 } from '../../src/nn/index.ts';
import { adamw as adamwOf, applyUpdates, constant } from '../../src/optim/index.ts';
import { sizeOf } from '../../src/tensor/shape.ts';
import type { BenchCase, PreparedCase, Suite } from '../suite.ts';
import { disposeAll, hostValues, onKernels } from './engine.ts';
import { operand, unit, worstRatio } from './operands.ts';

const RATE = 0.01;
const DECAY = 0.1;
const LIMIT = 1;
const [BETA1, BETA2, EPSILON] = [0.9, 0.999, 1e-8];

/**
 * Float operations of the formulas for a parameter: norm 2, clipping 1, m 3, v 4, m̂ and v̂ 2, root 1, + ε 1, quotient 1, decay
 * 2, rate 1, difference 1.
 */
const OPERATIONS = 19;

/** Steps whose result is compared: the second one reads the state the first has written. */
const STEPS = 2;

const optimiser = adamwOf({ learningRate: constant(RATE), weightDecay: DECAY, clipNorm: LIMIT });

function modelOf(width: number): Gpt2 {
  return gpt2({ vocabulary: 32, context: 32, width, layers: 2, heads: 4, tied: true });
}

/** Tensors of the layout's shapes with values in [−1, 1). */
function drawn({ layout }: Gpt2, purpose: string): Record<string, Tensor> {
  return Object.fromEntries(
    layout.map(({ path, shape }) => {
      const values = operand(`${purpose} ${path}`, sizeOf(shape));
      return [path, tensor(values, { shape, dtype: 'f32' })];
    }),
  );
}

/** Parameters after `STEPS` steps with the same gradient, by the formulas, element by element; and the error f32 may make. */
function oracle(
  parameters: Float64Array,
  gradient: Float64Array,
): { values: Float64Array; allowed: Float64Array } {
  const norm = Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0));
  const factor = Math.min(1, LIMIT / norm);
  const values = parameters.slice();
  const allowed = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const g = gradient[i]! * factor;
    let [m, v] = [0, 0];
    for (let t = 1; t <= STEPS; t++) {
      m = BETA1 * m + (1 - BETA1) * g;
      v = BETA2 * v + (1 - BETA2) * g * g;
      const adam = m / (1 - BETA1 ** t) / (Math.sqrt(v / (1 - BETA2 ** t)) + EPSILON);
      values[i]! -= RATE * (adam + DECAY * values[i]!);
      // The norm errs by 40 roundings, halved by the root; 20 more on the way to the quotient, whose terms have one sign.
      allowed[i]! += unit.f32 * (2 * Math.abs(values[i]!) + RATE * (60 * Math.abs(adam) + 4 * DECAY));
    }
  }
  return { values, allowed };
}

function prepare(kernels: Kernels, width: number): PreparedCase {
  const model = modelOf(width);
  const { parameters, gradient, state } = onKernels(kernels, () => {
    const made = drawn(model, 'parameter');
    return { parameters: made, gradient: drawn(model, 'gradient'), state: optimiser.initial(made) };
  });
  const step = (
    current: Record<string, Tensor>,
    before: Record<string, Tensor>,
    t: number,
  ): { current: Record<string, Tensor>; state: Record<string, Tensor> } => {
    const after = optimiser.update(gradient, before, current, t);
    return { current: applyUpdates(current, after.updates), state: after.state };
  };
  return {
    run: () => onKernels(kernels, () => void step(parameters, state, 0)),
    output: () =>
      onKernels(kernels, () => {
        const first = step(parameters, state, 0);
        return hostValues(...Object.values(step(first.current, first.state, 1).current));
      }),
    judge() {
      const host = (record: Record<string, Tensor>): Float64Array => hostValues(...Object.values(record));
      const { values, allowed } = oracle(host(parameters), host(gradient));
      return (found) => worstRatio(found, values, (i) => allowed[i]!);
    },
    release: () => disposeAll(parameters, gradient, state),
  };
}

function adamwCase(width: number): BenchCase {
  const parameters = modelOf(width).layout.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  return {
    name: `f32 ${parameters} parameters (d=${width})`,
    measure: {
      unit: 'Gparameter/s',
      work: parameters * 1e-9,
      ceiling: (gflops) => gflops / OPERATIONS,
    },
    prepare: (kernels) => prepare(kernels, width),
  };
}

/** Names: the parameters of a GPT-2 with 2 layers of width d, 4 heads, 32 tokens. */
export const adamw: Suite = {
  name: 'adamw',
  sentence: 'a step of AdamW with clipping by the global norm, over all parameters of a small GPT-2',
  cases: [64, 128, 256].map(adamwCase),
  ceilingHow:
    `adamw: the multiply-add rate divided by ${OPERATIONS} float operations a parameter; memory, not arithmetic, bounds it ` +
    'once parameters, gradient and moments leave the cache',
  explain: () => [
    'One kernel call over all gradients for their norm, one over all parameters for the step; one op per parameter adds the updates.',
  ],
};
