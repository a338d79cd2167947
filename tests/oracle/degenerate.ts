// Policies at which wrong statements hold by accident and right ones lose their digits, made from a generic one.
import { leaves } from '../../src/policy/shape.ts';
import type { PolicyLogits, TabularPolicy } from '../../src/policy/tabular.ts';

/** Changes a policy that has a target reward. */
export type Degeneration = (policy: TabularPolicy) => TabularPolicy;

const map = ({ sample, decision }: PolicyLogits, f: (x: number) => number): PolicyLogits => ({
  sample: sample.map(f),
  decision: decision.map(f),
});
const signs = (logits: PolicyLogits, size: number): PolicyLogits =>
  map(logits, (x) => (x > 0 ? size : -size));

/** The largest entry of each row at +size, the others at −size. */
function spikes(values: Float64Array, arity: number, size: number): Float64Array {
  const out = values.map(() => -size);
  for (let start = 0; start < values.length; start += arity) {
    const row = values.subarray(start, start + arity);
    out[start + row.indexOf(row.reduce((a, b) => Math.max(a, b)))] = size;
  }
  return out;
}

const spiked = (
  { shape }: TabularPolicy,
  { sample, decision }: PolicyLogits,
  size: number,
): PolicyLogits => ({
  sample: spikes(sample, shape.vocabulary, size),
  decision: spikes(decision, 2, size),
});

const withTable = (policy: TabularPolicy, f: (leaf: number) => number): TabularPolicy => ({
  ...policy,
  reward: { kind: 'table', values: Float64Array.from({ length: leaves(policy.shape) }, (_, i) => f(i)) },
});

const withCost = (policy: TabularPolicy, attemptCost: number): TabularPolicy =>
  policy.reward.kind === 'target' ? { ...policy, reward: { ...policy.reward, attemptCost } } : policy;

const decisions = (policy: TabularPolicy, stop: number): TabularPolicy => ({
  ...policy,
  logits: { ...policy.logits, decision: policy.logits.decision.map((_, i) => (i % 2 === 0 ? stop : -stop)) },
});

/** All tokens of the target 80 below the others: it is drawn with probability e^−80 or less. */
function unlikelyTarget(policy: TabularPolicy): TabularPolicy {
  const { vocabulary } = policy.shape;
  const target = policy.reward.kind === 'target' ? policy.reward.target : [];
  const sample = policy.logits.sample.map((x, i) => x - (target.includes(i % vocabulary) ? 80 : 0));
  return { ...policy, logits: { ...policy.logits, sample } };
}

const irregular = (leaf: number): number => Math.sin(1 + leaf * leaf);

/** By name. */
export const degenerations: Readonly<Record<string, Degeneration>> = {
  'reference equal to the logits': (p) => ({ ...p, reference: p.logits }),
  'reference next to the logits': (p) => ({ ...p, reference: map(p.logits, (x) => x + 1e-9) }),
  'signs ±40, the same in the reference': (p) => ({
    ...p,
    logits: signs(p.logits, 40),
    reference: signs(p.logits, 40),
  }),
  'signs ±40, others in the reference': (p) => ({
    ...p,
    logits: signs(p.logits, 40),
    reference: signs(p.reference, 40),
  }),
  'signs ±40, opposite in the reference': (p) => ({
    ...p,
    logits: signs(p.logits, 40),
    reference: signs(p.logits, -40),
  }),
  'deterministic ±40, as the reference': (p) => ({
    ...p,
    logits: spiked(p, p.logits, 40),
    reference: spiked(p, p.logits, 40),
  }),
  'deterministic ±40, unlike the reference': (p) => ({
    ...p,
    logits: spiked(p, p.logits, 40),
    reference: spiked(p, p.reference, 40),
  }),
  'deterministic ±40 against a generic reference': (p) => ({ ...p, logits: spiked(p, p.logits, 40) }),
  'generic against a deterministic reference ±40': (p) => ({ ...p, reference: spiked(p, p.reference, 40) }),
  'nearly deterministic ±15': (p) => ({
    ...p,
    logits: spiked(p, p.logits, 15),
    reference: spiked(p, p.reference, 15),
  }),
  'deterministic ±400': (p) => ({
    ...p,
    logits: spiked(p, p.logits, 400),
    reference: spiked(p, p.reference, 400),
  }),
  'ratios of e^±720, above the smallest float': (p) => ({
    ...p,
    logits: spiked(p, p.logits, 360),
    reference: spiked(
      p,
      map(p.logits, (x) => -x),
      1,
    ),
  }),
  'ratios of e^±800, below the smallest float': (p) => ({
    ...p,
    logits: spiked(p, p.logits, 800),
    reference: spiked(p, p.logits, 400),
  }),
  'signs ±700': (p) => ({ ...p, logits: signs(p.logits, 700), reference: signs(p.reference, 700) }),
  'logits around ±10⁵': (p) => ({
    ...p,
    logits: map(p.logits, (x) => x + 1e5),
    reference: map(p.reference, (x) => x - 1e5),
  }),
  'logits of 10⁷': (p) => ({ ...p, logits: map(p.logits, (x) => 1e7 * x) }),
  'all logits zero': (p) => ({ ...p, logits: map(p.logits, () => 0) }),
  'all logits zero, the reference’s too': (p) => ({
    ...p,
    logits: map(p.logits, () => 0),
    reference: map(p.logits, () => 0),
  }),
  'always STOP': (p) => decisions(p, 40),
  'always RESAMPLE': (p) => decisions(p, -40),
  'deterministic samples': (p) => ({
    ...p,
    logits: { ...p.logits, sample: spikes(p.logits.sample, p.shape.vocabulary, 40) },
  }),
  'no reward': (p) => withTable(p, () => 0),
  'constant reward': (p) => withTable(p, () => 0.7),
  'large constant reward': (p) => withTable(p, () => -1e9),
  'all rewards distinct': (p) => withTable(p, irregular),
  'tiny rewards': (p) => withTable(p, (leaf) => 1e-12 * irregular(leaf)),
  'huge rewards': (p) => withTable(p, (leaf) => 1e12 * irregular(leaf)),
  'rewards whose squares overflow': (p) => withTable(p, (leaf) => 1e200 * irregular(leaf)),
  'one rewarded trajectory': (p) => withTable(p, (leaf) => (leaf === 0 ? 1 : 0)),
  'unlikely target': unlikelyTarget,
  'cost above the reward': (p) => withCost(p, 3),
  'no cost': (p) => withCost(p, 0),
  'a bonus per attempt': (p) => withCost(p, -0.3),
};
