// C4: the mass of SFT lies where the tokens are.

import { expectedEdges } from '../attribution/differentiable.ts';
import { klDivergence, leafRatios } from '../attribution/divergence.ts';
import { EvaluatedPolicy, evaluatedPolicy } from '../attribution/evaluatedPolicy.ts';
import { engineGradient, type SharedFamily, sharedGradient } from '../attribution/twoCopy.ts';
import { dot, expOf, norm2 } from '../attribution/vectors.ts';
import { neg, tensor } from '../autodiff/index.ts';
import { expandPadding, type PaddingFamily, type PaddingTying, withAttempts } from '../policy/padding.ts';
import { type Comparison, check, control, difference, excess, worst } from './check.ts';
import type { Check, Claim } from './claim.ts';
import {
  DRAWN_LENGTHS,
  FAMILY_ASSUMPTION,
  familyOf,
  LENGTHS,
  type LengthMember,
  logSoftmax,
  memberOf,
  members,
  paddingMismatch,
} from './lengthFamily.ts';
import {
  affineChecks,
  affineControls,
  affineMass,
  type MassFamily,
  massFigure,
  massOf,
  massTolerance,
  segmentMass,
  withUniformMismatch,
} from './mass.ts';

/** The member in which the data distribution plays and the policy is its reference: E_D[log D − log π]. */
function dataMember(family: PaddingFamily, length: number, tying: PaddingTying = 'tied'): LengthMember {
  return memberOf(family, length, family.data, family.policy, tying);
}

/** KL(D‖π) of a tabular policy against its reference as data: summed over trajectories, and by the chain rule. */
function chainRule(policy: EvaluatedPolicy): Comparison {
  const { model, reference: data } = policy;
  const swapped = new EvaluatedPolicy({ ...model, logits: model.reference, reference: model.logits });
  const leaf = leafRatios(swapped);
  const whole = leaf.prob.reduce((sum, p, i) => sum + (p === 0 ? 0 : p * leaf.logRatio[i]!), 0);
  return difference(klDivergence(data, policy), whole);
}

/** ‖∇ E_D[−log π]‖² over the sample parameters, by the engine. */
function sampleGradient(family: PaddingFamily, length: number, tying: PaddingTying): Float64Array {
  const { graph, policy, table } = dataMember(family, length, tying);
  const gradient = engineGradient(graph, table(family.policy), (logProb) =>
    expectedEdges(tensor(policy.reach), neg(logProb)),
  );
  return gradient.subarray(0, graph.sampleSlots);
}

/** The same when one parameter vector shifts every first-token row and every padding row. */
function sharedRowGradient(family: PaddingFamily, length: number): Float64Array {
  const { graph, policy, table } = dataMember(family, length);
  const features = new Float64Array(graph.slots * family.vocabulary);
  for (let slot = 0; slot < graph.sampleSlots; slot++) {
    features[slot * family.vocabulary + (slot % family.vocabulary)] = 1;
  }
  const shared: SharedFamily = {
    graph,
    table: table(family.policy),
    features,
    parameters: family.vocabulary,
  };
  return sharedGradient(shared, (logProb) => expectedEdges(tensor(policy.reach), neg(logProb)));
}

/** π_pad − D_pad: the gradient of one padding token's cross-entropy. */
function paddingPull(family: PaddingFamily): Float64Array {
  const policy = expOf(logSoftmax(family.policy.padding));
  const data = expOf(logSoftmax(family.data.padding));
  return policy.map((p, i) => p - data[i]!);
}

function gradientChecks(family: PaddingFamily): Check[] {
  const attempts = massOf(dataMember(family, 1)).attempts;
  const first = sampleGradient(family, 1, 'tied');
  const a2 = dot(first, first);
  const c = paddingPull(family).map((x) => attempts * x);
  const c2 = dot(c, c);
  const V = family.vocabulary;
  const firstShared = Float64Array.from({ length: V }, (_, v) =>
    first.reduce((sum, g, slot) => (slot % V === v ? sum + g : sum), 0),
  );
  const longest = dataMember(family, 8).policy;
  const tolerance = longest.rounding((norm2(first) + 8 * norm2(c) + 1) ** 2, '(a + 8c + 1)²');
  const along = (norm: (length: number) => number, form: (length: number) => number): Comparison =>
    worst(DRAWN_LENGTHS.map((length) => difference(norm(length), form(length))));
  const squared = (g: Float64Array): number => dot(g, g);
  return [
    check(
      '‖g_s‖² with tied padding = a² + (L−1)²c²',
      along(
        (L) => squared(sampleGradient(family, L, 'tied')),
        (L) => a2 + (L - 1) ** 2 * c2,
      ),
      tolerance,
    ),
    check(
      '‖g_s‖² with one parameter per position = a² + (L−1)c²',
      along(
        (L) => squared(sampleGradient(family, L, 'untied')),
        (L) => a2 + (L - 1) * c2,
      ),
      tolerance,
    ),
    check(
      '‖g_s‖² with padding that shares the first token’s parameters = a² + 2(L−1)⟨a,c⟩ + (L−1)²c²',
      along(
        (L) => squared(sharedRowGradient(family, L)),
        (L) => squared(firstShared) + 2 * (L - 1) * dot(firstShared, c) + (L - 1) ** 2 * c2,
      ),
      longest.rounding((norm2(firstShared) + 8 * norm2(c) + 1) ** 2, '(a + 8c + 1)²'),
    ),
    saturation(family),
  ];
}

/**
 * With a parameter per history ‖g_s‖² saturates: with s = Σ_v D_pad(v)² a class of k first tokens that is reached with
 * probability ρ spreads over histories whose squared probabilities add up to ρ²·s^(padding tokens so far).
 */
function saturation(full: PaddingFamily): Check {
  const family = withAttempts(full, 2);
  const lengths = [1, 2, 3];
  const pull = dot(paddingPull(family), paddingPull(family));
  const collision = expOf(logSoftmax(family.data.padding)).reduce((sum, p) => sum + p * p, 0);
  const { graph, policy: data } = dataMember(family, 1);
  /** Σ ρ² ‖π − D‖² of first tokens and Σ ρ² of the classes they lead to, by attempt. */
  const attempts = graph.layers
    .filter((layer) => layer.component === 'sample')
    .map((layer) => {
      let firsts = 0;
      let classes = 0;
      for (const [e, n] of layer.source.entries()) {
        const edge = layer.edgeStart + e;
        firsts +=
          (data.occupancy[layer.nodeStart + n]! * (data.reference.prob[edge]! - data.prob[edge]!)) ** 2;
        classes += data.reach[edge]! ** 2;
      }
      return { firsts, classes };
    });
  const form = (L: number): number =>
    attempts.reduce((sum, { firsts, classes }, k) => {
      const before = collision ** (k * (L - 1));
      const run = (1 - collision ** (L - 1)) / (1 - collision);
      return sum + before * (firsts + classes * pull * run);
    }, 0);
  const measured = (L: number): number => {
    const shape = { attempts: 2, length: L, vocabulary: family.vocabulary };
    const data = expandPadding(family, family.data, L);
    const logits = expandPadding(family, family.policy, L);
    const reward = { kind: 'target', target: new Array<number>(L).fill(0), attemptCost: 0 } as const;
    const { graph, model, reference } = evaluatedPolicy({ shape, reward, logits, reference: data });
    const gradient = engineGradient(graph, model.logits, (logProb) =>
      expectedEdges(tensor(reference.reach), neg(logProb)),
    );
    return dot(gradient.subarray(0, graph.sampleSlots), gradient.subarray(0, graph.sampleSlots));
  };
  return check(
    '‖g_s‖² with a parameter per history saturates: closed form with s = Σ D_pad²',
    worst(lengths.map((L) => difference(measured(L), form(L)))),
    dataMember(family, 3).policy.rounding(4 * form(3) + 1, '4‖g_s‖² + 1'),
  );
}

/** The divergence of the data from the policy along the family. */
function massesOf(family: PaddingFamily): MassFamily {
  return {
    member: members((length) => dataMember(family, length)),
    delta: paddingMismatch(family.data, family.policy),
  };
}

/** KL(D‖π) by component and length. */
export const c4SftMass: Claim = {
  id: 'C4',
  title: 'SFT’s mass lies where the tokens are',
  statement:
    'KL(D‖π), what SFT can still gain, is a sum over sample tokens plus a sum over decision tokens. Under padding the sample ' +
    'part grows by δ_D·E_D[attempts] per unit of L, the decision part not at all; the gradient norm grows linearly or like the ' +
    'root of L as padding parameters are tied or not, and saturates with a parameter per history; per-segment means are bounded.',
  formulas: [
    String.raw`\mathbb{E}_D[-\log\pi_\theta]-H(D)=\mathrm{KL}(D\,\|\,\pi_\theta)=M_{\mathrm{sample}}+M_d,\qquad M_{\mathrm{sample}}(L)=M_{\mathrm{sample}}(1)+(L-1)\,\delta_D\,\mathbb{E}_D[\#\text{attempts}]`,
    String.raw`\|g_s\|^2=a^2+(L-1)^2c^2\ \text{(tied)},\qquad \|g_s\|^2=a^2+(L-1)c^2\ \text{(one parameter per position)}`,
    String.raw`M_{\mathrm{sample}}^{\text{segment mean}}=\mathbb{E}_D[\#\text{attempts}]\,\frac{m_1+(L-1)\delta_D}{L}`,
  ],
  assumptions: [
    FAMILY_ASSUMPTION,
    'On the given policy the reference plays the data distribution D.',
    'a, c: gradients of the first tokens and of one padding position (summed over attempts) at L = 1.',
  ],
  run: (subject) => {
    const asked = evaluatedPolicy(subject.policy);
    const family = familyOf(subject);
    const masses = massesOf(family);
    const tolerance = massTolerance(masses, LENGTHS.at(-1)!);
    const over = (f: (length: number) => Comparison): Comparison => worst(LENGTHS.map(f));
    const uniform = massesOf(withUniformMismatch(family));
    const segment = (L: number, of = masses): number => segmentMass(of.member(L), L);
    const atMost = Math.max(
      affineMass(masses, 1).sample,
      affineMass(masses, 2).sample - affineMass(masses, 1).sample,
    );
    return {
      checks: [
        check(
          'KL(D‖π) over trajectories = sample terms + decision terms',
          chainRule(asked),
          asked.rounding(asked.logSize, 'E Σ|log-ratio|'),
        ),
        ...affineChecks(masses),
        ...gradientChecks(family),
        check(
          'per-segment mean: sample mass = N·[m₁ + (L−1)δ_D]/L',
          over((L) => difference(segment(L), affineMass(masses, L).sample / L)),
          tolerance,
        ),
        check(
          'per-segment mean: bounded by N·max(m₁, δ_D)',
          over((L) => excess(segment(L), atMost)),
          tolerance,
        ),
        check(
          'per-segment mean with m₁ = δ_D: free of L',
          over((L) => difference(segment(L, uniform), segment(1, uniform))),
          tolerance,
        ),
      ],
      controls: [
        ...affineControls(subject, masses),
        control(
          subject,
          'per-segment mean',
          'The sample mass of per-segment-mean SFT is free of L, whatever the first token’s mismatch.',
          difference(segment(8), segment(1)),
          tolerance,
        ),
      ],
      figures: [
        massFigure(
          masses,
          'The mass of SFT grows with the attempt length on one side only',
          'Chain-rule terms of KL(D‖π) under padding; lines: the value at L = 1 plus (L − 1)·δ_D·E_D[attempts], and a constant.',
        ),
      ],
    };
  },
};
