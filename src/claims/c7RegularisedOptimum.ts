// C7: the KL-regularised optimum is a tilt of the reference, and at full capacity it knows no length.

import { expectedEdges, expectedLeaf, reachTensor } from '../attribution/differentiable.ts';
import { klTerms } from '../attribution/divergence.ts';
import { expOf, type PerComponent, returnMeasure, scoreGradient } from '../attribution/measure.ts';
import { type SoftOptimum, softOptimum } from '../attribution/softOptimum.ts';
import { engineGradient } from '../attribution/twoCopy.ts';
import { mul, sub, tensor } from '../autodiff/index.ts';
import { float64Field as field, logSemiring } from '../base/field.ts';
import { COMPONENTS, type Component } from '../policy/component.ts';
import { alongTrajectories, backward } from '../policy/program.ts';
import { type Comparison, check, control, difference, distance, worst } from './check.ts';
import type { Check, Claim, ClaimSubject, Control } from './claim.ts';
import type { LinesFigure } from './figure.ts';
import { DRAWN_LENGTHS, FAMILY_ASSUMPTION, familyOf, LENGTHS, memberOf } from './lengthFamily.ts';
import { type Setting, settingOf, tabularSetting } from './setting.ts';
import type { Tolerance } from './tolerance.ts';

type Betas = Readonly<Record<Component, number>>;

/** Strong enough to differ from the reference, weak enough to differ from the greedy policy. */
const BETA = 0.1;
const both = (beta: number): Betas => ({ sample: beta, decision: beta });

/** The optimum for the reference and reward of a setting. */
function optimumOf({ graph, logRef, reward }: Setting, beta: Betas): SoftOptimum {
  return softOptimum(graph, logRef, reward, beta);
}

/** log π* as a table of logits [slots] (the graph's edges onto their slots). */
function tableOf({ graph }: Setting, logProb: Float64Array): Float64Array {
  const table = new Float64Array(graph.slots);
  for (const [e, lp] of logProb.entries()) table[graph.slot[e]!] = lp;
  return table;
}

/** ∇(J − Σ_c β_c·KL_c) at a policy [edges], by the tree program; [slots]. */
function objectiveGradient(at: Setting, beta: Betas): Float64Array {
  const { graph, prob, reward, logProb, logRef } = at;
  const penalty = new Float64Array(graph.edges);
  for (const { component, edgeStart, source } of graph.layers) {
    const b = beta[component];
    for (let e = edgeStart; e < edgeStart + source.length; e++) {
      penalty[e] = prob[e] === 0 ? 0 : -b * (logProb[e]! - logRef[e]!);
    }
  }
  return scoreGradient(graph, prob, returnMeasure(graph, prob, reward, penalty));
}

/** The same for one β by the engine. */
function engineObjectiveGradient(
  { graph, reward, logRef }: Setting,
  table: Float64Array,
  beta: number,
): Float64Array {
  return engineGradient(graph, table, (logProb, dg) => {
    const reach = reachTensor(dg, logProb);
    const kl = expectedEdges(reach, sub(logProb, tensor(logRef)));
    return sub(expectedLeaf(dg, reach, tensor(reward)), mul(kl, beta));
  });
}

/** How far the gradient at a policy is from zero: the comparison for checks and controls. */
function stationary(setting: Setting, logProb: Float64Array, beta: Betas): Comparison {
  const at = settingOf({ ...setting.model, logits: tableOf(setting, logProb) });
  const gradient = objectiveGradient(at, beta);
  return distance(gradient, new Float64Array(gradient.length));
}

/** J − Σ_c β_c·KL_c. */
function objectiveValue({ graph, reward, logRef }: Setting, logProb: Float64Array, beta: Betas): number {
  const terms = klTerms(graph, logProb, logRef);
  const value = backward(field, graph, expOf(logProb), reward).v[0]!;
  return value - beta.sample * terms.sample - beta.decision * terms.decision;
}

/** Rounding of soft values, gradients and penalties at the optimum: |R| and β·|log-ratio| ≤ range of R on every level. */
function optimumRounding(setting: Setting): Tolerance {
  const { reward, logSize, graph } = setting;
  const low = reward.reduce((a, b) => Math.min(a, b));
  const high = reward.reduce((a, b) => Math.max(a, b));
  const size =
    (1 + setting.rewardSize + BETA * logSize + (high - low) * graph.layers.length) *
    (1 + (high - low) / BETA);
  return setting.rounding(size, 'E[|R| + β Σ|log-ratio|] · (1 + range/β)');
}

/** log π*(τ) of the recursion against log ref(τ) + R(τ)/β − log Z with Z summed over trajectories. */
function tilt(setting: Setting, beta: number): { policy: Comparison; value: Comparison } {
  const { graph, logRef, reward } = setting;
  const { logProb, value } = optimumOf(setting, both(beta));
  const tilted = alongTrajectories(logSemiring, graph, logRef).map((lp, i) => lp + reward[i]! / beta);
  const logZ = logSemiring.segmentSum(tilted, new Int32Array(tilted.length), 1)[0]!;
  const recursion = expOf(alongTrajectories(logSemiring, graph, logProb));
  return {
    policy: distance(recursion, expOf(tilted.map((x) => x - logZ))),
    value: difference(value, beta * logZ),
  };
}

function optimumChecks(setting: Setting): Check[] {
  const tolerance = optimumRounding(setting);
  const optimum = optimumOf(setting, both(BETA));
  const { policy, value } = tilt(setting, BETA);
  const engine = engineObjectiveGradient(setting, tableOf(setting, optimum.logProb), BETA);
  const perComponent: Betas = { sample: BETA, decision: 3 * BETA };
  const split = optimumOf(setting, perComponent);
  return [
    check('π*(τ) ∝ π_ref(τ)·exp(R(τ)/β): recursion against all trajectories', policy, tolerance),
    check('J_β(π*) = β log Z, Z summed over trajectories', value, tolerance),
    check(
      'J_β(π*) = E[R] − β·KL at π*',
      difference(objectiveValue(setting, optimum.logProb, both(BETA)), optimum.value),
      tolerance,
    ),
    check(
      'the gradient vanishes at π*: tree program',
      stationary(setting, optimum.logProb, both(BETA)),
      tolerance,
    ),
    check(
      'the gradient vanishes at π*: engine',
      distance(engine, new Float64Array(engine.length)),
      tolerance,
    ),
    check(
      'a β per component: the gradient vanishes at its own optimum',
      stationary(setting, split.logProb, perComponent),
      tolerance,
    ),
  ];
}

/** What the counter-example compares: π* of the first token and of decisions, the KL of each component, and J_β. */
function lengthFree(subject: ClaimSubject): { checks: Check[]; figure: LinesFigure } {
  const family = familyOf(subject);
  const found = LENGTHS.map((length) => {
    const member = memberOf(family, length);
    const { setting } = member;
    const { logProb, value } = optimumOf(setting, both(BETA));
    const kept = logProb.filter((_, e) => member.isPadding[e] === 0);
    const terms: PerComponent = klTerms(setting.graph, logProb, setting.logRef);
    return { length, kept: expOf(kept), terms, value, tolerance: optimumRounding(setting) };
  });
  const first = found[0]!;
  const { tolerance } = found.at(-1)!;
  const along = (f: (at: typeof first) => Comparison): Comparison => worst(found.map(f));
  return {
    checks: [
      check(
        'counter-example to (iv) at full capacity: π* of first tokens and decisions is the same for L = 1 … 8 and 1000',
        along((at) => distance(at.kept, first.kept)),
        tolerance,
      ),
      ...COMPONENTS.map((c) =>
        check(
          `counter-example: KL_${c} at π* is the same for every L`,
          along((at) => difference(at.terms[c], first.terms[c])),
          tolerance,
        ),
      ),
      check(
        'counter-example: J_β(π*) is the same for every L',
        along((at) => difference(at.value, first.value)),
        tolerance,
      ),
    ],
    figure: {
      kind: 'lines',
      title: 'The regularised optimum knows no length',
      caption:
        'KL of each component at π* of the padding family, β = 0.1; the lines are the values at L = 1.',
      xLabel: 'attempt length L',
      yLabel: 'nats',
      series: COMPONENTS.map((c) => ({
        name: `KL_${c} at π*`,
        points: found
          .filter(({ length }) => length <= 8)
          .map(({ length, terms }) => [length, terms[c]] as const),
        curve: DRAWN_LENGTHS.map((length) => [length, first.terms[c]] as const),
      })),
    },
  };
}

/** log π* with β changed at one node: the one with the largest occupancy under π* × variance of Q. */
function perturbedNode(setting: Setting): Float64Array {
  const { graph, logRef } = setting;
  const { logProb, q } = optimumOf(setting, both(BETA));
  const at = settingOf({ ...setting.model, logits: tableOf(setting, logProb) });
  let best = { score: -1, from: 0, to: 0 };
  for (const { edgeStart, source, arity } of graph.layers) {
    for (let from = edgeStart; from < edgeStart + source.length; from += arity) {
      const to = from + arity;
      let mass = 0;
      let mean = 0;
      let square = 0;
      for (let e = from; e < to; e++) {
        mass += at.reach[e]!;
        mean += at.prob[e]! * q[e]!;
        square += at.prob[e]! * q[e]! ** 2;
      }
      const score = mass * (square - mean * mean);
      if (score > best.score) best = { score, from, to };
    }
  }
  const out = Float64Array.from(logProb);
  for (let e = best.from; e < best.to; e++) out[e] = logRef[e]! + q[e]! / (1.5 * BETA);
  return renormalised(out, best.from, best.to);
}

/** Subtracts log Σ exp over one row. */
function renormalised(logProb: Float64Array, from: number, to: number): Float64Array {
  const row = logProb.subarray(from, to);
  const logZ = logSemiring.segmentSum(row.slice(), new Int32Array(row.length), 1)[0]!;
  for (let e = from; e < to; e++) logProb[e]! -= logZ;
  return logProb;
}

/** Trajectory log-ratios against the best affine function of R: zero for a tilt. */
function distanceFromTilt(setting: Setting, logProb: Float64Array): Comparison {
  const { graph, logRef, reward } = setting;
  const ratio = alongTrajectories(
    logSemiring,
    graph,
    logProb.map((lp, e) => lp - logRef[e]!),
  );
  const n = ratio.length;
  const mean = (a: Float64Array): number => a.reduce((sum, x) => sum + x, 0) / n;
  const [meanR, meanRatio] = [mean(reward), mean(ratio)];
  let covariance = 0;
  let variance = 0;
  for (let i = 0; i < n; i++) {
    covariance += (reward[i]! - meanR) * (ratio[i]! - meanRatio);
    variance += (reward[i]! - meanR) ** 2;
  }
  const slope = variance === 0 ? 0 : covariance / variance;
  return distance(
    ratio,
    reward.map((r) => meanRatio + slope * (r - meanR)),
  );
}

function optimumControls(subject: ClaimSubject): Control[] {
  const setting = tabularSetting(subject.companion);
  const tolerance = optimumRounding(setting);
  const optimum = optimumOf(setting, both(BETA));
  const split = optimumOf(setting, { sample: BETA, decision: 3 * BETA });
  const frozen = optimumOf(setting, { sample: Number.POSITIVE_INFINITY, decision: BETA });
  const decisions = (logProb: Float64Array): Float64Array =>
    expOf(tableOf(setting, logProb).subarray(setting.graph.sampleSlots));
  return [
    control(
      subject,
      'β perturbed at one node',
      'The gradient vanishes with 1.5 β at the node of largest occupancy × variance of Q.',
      stationary(setting, perturbedNode(setting), both(BETA)),
      tolerance,
    ),
    control(
      subject,
      'optimum of another β',
      'The optimum for 2β is stationary for β.',
      stationary(setting, optimumOf(setting, both(2 * BETA)).logProb, both(BETA)),
      tolerance,
    ),
    control(
      subject,
      'a β per component is a tilt',
      'The optimum with a β per component is π_ref·exp(R/β′) for some β′.',
      distanceFromTilt(setting, split.logProb),
      tolerance,
    ),
    control(
      subject,
      'freezing π_sample',
      'Freezing π_sample at the reference leaves π_d* as it is.',
      distance(decisions(frozen.logProb), decisions(optimum.logProb)),
      tolerance,
    ),
  ];
}

export const c7RegularisedOptimum: Claim = {
  id: 'C7',
  title: 'KL-regularised optimum',
  statement:
    'For full-history tabular policies the maximum of E[R] − β·KL is β log Z, at π*(τ) ∝ π_ref(τ)·exp(R(τ)/β), where the gradient ' +
    'vanishes. Counter-example to length asymmetry: under padding π*, the KL of each component and J_β are the same for every L.',
  formulas: [
    String.raw`\pi^\star(\tau)=\frac{\pi_{\mathrm{ref}}(\tau)\,e^{R(\tau)/\beta}}{Z},\qquad J_\beta(\pi^\star)=\beta\log Z,\qquad \nabla\big(J-\beta\,\mathrm{KL}\big)\big|_{\pi^\star}=0`,
    String.raw`V(h)=\beta\log\sum_a\pi_{\mathrm{ref}}(a\mid h)\,e^{Q(h,a)/\beta}`,
  ],
  assumptions: [
    'Full capacity: one row of logits for every history.',
    `β = ${BETA}.`,
    FAMILY_ASSUMPTION,
    'Length asymmetry needs shared parameters, a reward that reads the padding, finite training, or an estimator that is not the true gradient.',
  ],
  run: (subject) => {
    const { checks, figure } = lengthFree(subject);
    return {
      checks: [...optimumChecks(tabularSetting(subject.policy)), ...checks],
      controls: optimumControls(subject),
      figures: [figure],
    };
  },
};
