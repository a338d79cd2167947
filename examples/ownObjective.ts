// An objective of your own: only what beats the mean of its group is learned from.
//
//   gradsplit exact policy.json --beta 0.1 --objective ./ownObjective.js
//   gradsplit train --preset pick-sum --out runs/mine --set objective=./ownObjective.js
import { grad, mul, neg, sum, tensor, useKernels } from 'gradsplit/autodiff';
import { loadWasmKernels } from 'gradsplit/node';
import { defineObjective, numberOption, type TokenBatch } from 'gradsplit/objectives';

/** max(R_i − mean − margin, 0)/B of the trajectory of each token, 0 where it is masked out; [T]. */
function gains({ offsets, reward, group, mask }: TokenBatch, margin: number): Float64Array {
  const out = new Float64Array(mask.length);
  reward.forEach((r, i) => {
    const rewards = [...reward].filter((_, j) => group[j] === group[i]);
    const mean = rewards.reduce((a, b) => a + b) / rewards.length;
    for (let t = offsets[i]!; t < offsets[i + 1]!; t++) {
      out[t] = (Math.max(r - mean - margin, 0) * mask[t]!) / reward.length;
    }
  });
  return out;
}

const ownObjective = defineObjective({
  name: 'beatTheMean',
  sentence: 'Every token of a trajectory weighs what its reward is above the mean of its group.',
  formula: String.raw`-\frac1B\sum_i\sum_t m_t\max(R_i-\operatorname{mean}R-\delta,0)\log\pi_t`,
  source: 'this example',
  options: {
    margin: numberOption(
      0,
      { expected: 'a number of at least 0', holds: (x) => x >= 0 },
      'What a reward must be above the mean to count.',
    ),
  },
  // Its weights depend on rewards alone, so that exact expectations need to tell fewer trajectories apart.
  traits: () => ({ readsLogProbs: false }),
  loss: (logProb, batch, { margin }) =>
    neg(sum(mul(logProb, tensor(gains(batch, margin), { dtype: logProb.dtype })))),
  weights: (batch, { margin }) => gains(batch, margin),
});
export default ownObjective;

// Run on its own it checks itself: the weights are the negative gradient of the loss.
if (process.argv[1] === import.meta.filename) {
  useKernels(await loadWasmKernels());
  const logProb = Float64Array.of(-1, -2, -0.5, -1);
  const batch: TokenBatch = {
    offsets: Int32Array.of(0, 3, 4),
    logProb,
    oldLogProb: logProb,
    refLogProb: logProb,
    mask: Uint8Array.of(1, 1, 1, 1),
    component: Uint8Array.of(0, 1, 0, 0),
    attempt: Int32Array.of(0, 0, 1, 0),
    reward: Float64Array.of(1, 0),
    group: Int32Array.of(0, 0),
  };
  const options = ownObjective.parseOptions({ margin: 0.1 });
  const gradient = grad(({ x }: { x: ReturnType<typeof tensor> }) => ownObjective.loss(x, batch, options))({
    x: tensor(logProb),
  }).x.readSync();
  const weights = ownObjective.weights(batch, options);
  console.log('weights:', [...weights].join(' '));
  console.log(
    'are the negative gradient of the loss:',
    weights.every((w, t) => w === -gradient[t]!),
  );
}
