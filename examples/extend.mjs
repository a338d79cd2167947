// Add an op, an objective and a claim of your own, without touching gradsplit.

import { runClaim, subjectOf } from 'gradsplit/analyses';
import { evaluatedPolicy, expectedGradient } from 'gradsplit/attribution';
import { apply, exp, gradcheck, mul, sub, tensor, useKernels } from 'gradsplit/autodiff';
import { check, control, distance } from 'gradsplit/claims';
import { loadWasmKernels } from 'gradsplit/node';
import { getObjective } from 'gradsplit/objectives';
import { randomPolicy } from 'gradsplit/policy';

useKernels(await loadWasmKernels());

// An op: eˣ − 1. Shape rule, computation and derivative rules in one object.
const expm1Op = {
  name: 'expm1',
  output: ([x]) => x,
  forward: (kernels, [x], _, out) => kernels.write(out.buffer, kernels.readSync(x.buffer).map(Math.expm1)),
  vjp: ({ inputs }, cotangent) => mul(cotangent, exp(inputs[0])),
  jvp: ({ inputs }, tangent) => mul(tangent, exp(inputs[0])),
  example: (random) => ({ inputs: [tensor([random.normal()])], call: (x) => apply(expm1Op, [x], {}) }),
};
const expm1 = (x) => apply(expm1Op, [x], {});
console.log(
  'op: gradcheck holds:',
  gradcheck(({ x }) => sub(expm1(x), x), { x: tensor([1e-9, 0.5, -2]) }).holds,
);

// An objective: RLOO that counts every trajectory twice.
const rloo = getObjective('rloo');
const double = { ...rloo, weights: (batch, options) => rloo.weights(batch, options).map((w) => 2 * w) };
const gradientOf = (policy, objective) =>
  expectedGradient(policy, {
    objective,
    options: objective.parseOptions({ aggregation: 'sequenceSum' }),
    groupSize: 2,
    behaviour: 'policy',
  }).gradient;

// A claim: its expected gradient is twice that of RLOO. A control puts a wrong factor to the same comparison.
const claim = {
  id: 'twiceRloo',
  title: 'Twice RLOO',
  statement: 'The expected gradient of the doubled objective is twice that of RLOO.',
  formulas: [],
  assumptions: ['Groups of two.'],
  run: (subject) => {
    const policy = evaluatedPolicy(subject.policy);
    const [doubled, single] = [double, rloo].map((objective) => gradientOf(policy, objective));
    const times = (factor) =>
      distance(
        doubled,
        single.map((x) => factor * x),
      );
    const tolerance = policy.rounding(4, '2 · (max R − min R)');
    return {
      checks: [check('twice', times(2), tolerance)],
      controls: [control(subject, 'thrice', 'It is three times that of RLOO.', times(3), tolerance)],
      figures: [],
    };
  },
};
const policy = randomPolicy({ attempts: 2, length: 1, vocabulary: 3 }, 1);
const subject = subjectOf({ policy, generic: true, seed: 1 });
console.log('claim:', runClaim(claim, subject).verdict);
