// A claim of your own: an objective that counts every trajectory twice has twice the expected gradient.
//
//   gradsplit verify --claims C1,./ownClaim.js
//   gradsplit prove --claims C1,./ownClaim.js
import { prove, verify } from 'gradsplit/analyses';
import {
  evaluatedPolicy,
  expectedGradient,
  gradientOf,
  leafProbabilities,
  leavesBelow,
  meanOf,
  repeat,
  returnWeightsOf,
} from 'gradsplit/attribution';
import { useKernels } from 'gradsplit/autodiff';
import { type Claim, check, control, distance, type Statement } from 'gradsplit/claims';
import { loadWasmKernels } from 'gradsplit/node';
import { rloo } from 'gradsplit/objectives';
import { randomPolicy } from 'gradsplit/policy';

const double: typeof rloo = {
  ...rloo,
  weights: (batch, options) => rloo.weights(batch, options).map((w) => 2 * w),
};

// In expectation over the other trajectories RLOO gives R − E[R] to every token. Written over any field, it is decided for all policies.
const times = (factor: number): Statement['sides'] => {
  return (policy) => {
    const { field, graph, reward } = policy;
    const mean = repeat(field, meanOf(policy, reward), graph.leaves);
    const weight = field.mul(leafProbabilities(policy), field.sub(reward, mean));
    const doubled = field.add(weight, weight);
    const factors = field.gather(field.from([factor]), new Int32Array(graph.slots));
    return {
      left: gradientOf(policy, leavesBelow(policy, doubled)),
      right: field.mul(factors, gradientOf(policy, returnWeightsOf(policy, reward))),
    };
  };
};

const ownClaim: Claim = {
  id: 'twiceRloo',
  title: 'Twice RLOO',
  statement: 'The expected gradient of the doubled objective is twice that of RLOO.',
  formulas: [String.raw`\mathbb{E}\,g_{2\,\text{RLOO}}=2\,\mathbb{E}\,g_{\text{RLOO}}`],
  assumptions: ['Groups of two.'],
  statements: {
    statements: [{ name: 'twice ∇J', kind: 'identity', sides: times(2) }],
    controls: [{ name: 'thrice ∇J', mistake: 'It is three times ∇J.', kind: 'identity', sides: times(3) }],
    outside: [],
  },
  run: (subject) => {
    const policy = evaluatedPolicy(subject.policy);
    const options = rloo.parseOptions({ aggregation: 'sequenceSum' });
    const gradientOf = (objective: typeof rloo): Float64Array =>
      expectedGradient(policy, { objective, options, groupSize: 2, behaviour: 'policy' }).gradient;
    const [doubled, single] = [gradientOf(double), gradientOf(rloo)];
    // A control puts a wrong factor to the comparison of the check.
    const timesRloo = (factor: number): ReturnType<typeof distance> =>
      distance(
        doubled,
        single.map((x) => factor * x),
      );
    const tolerance = policy.rounding(4, '2 · (max R − min R)');
    return {
      checks: [check('twice', timesRloo(2), tolerance)],
      controls: [control(subject, 'thrice', 'It is three times that of RLOO.', timesRloo(3), tolerance)],
      figures: [],
    };
  },
};
export default ownClaim;

if (process.argv[1] === import.meta.filename) {
  useKernels(await loadWasmKernels());
  const policy = randomPolicy({ attempts: 2, length: 1, vocabulary: 3 }, 1);
  const { verdict } = verify({ policy, generic: true, source: 'random', seed: 1, claims: [ownClaim] });
  console.log('claim:', verdict);
  const proof = prove({ shape: policy.shape, points: 3, seed: 1, ids: [], own: [ownClaim] });
  console.log('for all policies:', proof.claims[0]!.verdict);
}
