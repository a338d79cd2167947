// Which objective explains what a trainer logged: every candidate, with the aggregation, the penalty and the divisor that fit best.
import { InputError } from '../../base/errors.ts';
import type { Options } from '../../base/options.ts';
import type { TokenBatch } from '../../objectives/index.ts';
import type { Trajectory } from '../../rollouts/index.ts';
import { attemptsOf } from '../../rollouts/labels/attempts.ts';
import { ROUNDING } from '../alternatives.ts';
import type { Passes } from '../audit.ts';
import { Column } from '../columns/column.ts';
import { IN_MEMORY, type PageMemory } from '../columns/pageMemory.ts';
import { atTokenAdvantages } from '../reference.ts';
import type { ChosenObjective } from '../setting.ts';
import { Summariser } from '../summarise.ts';
import type { Summary } from '../summary.ts';
import { batchOfOne } from '../tokenBatch.ts';
import { misfitOfAdvantages, type Scales, scalesOf } from './advantages.ts';
import { AttemptColumn, attemptCostOf } from './attemptCost.ts';
import { atUnitScale, type Candidate, candidatesOf, surrogatesOf, type Terms } from './candidates.ts';
import { ClipEvidence } from './clipBounds.ts';
import { isTie, labelOf, ranked } from './ranking.ts';
import {
  type LoggedSums,
  loggedSums,
  NormalEquations,
  PENALTIES,
  type PolicySums,
  penaltySlopes,
  policySums,
} from './sums.ts';

/** An objective as it fits best. */
export interface ObjectiveFit extends ChosenObjective {
  /** As `getObjective` takes it. */
  readonly name: string;
  /** Relative root mean square of what it leaves of logged advantages and weights, the larger of the two: √(1 − R²). */
  readonly misfit: number;
  readonly misfitOfAdvantages?: number;
  readonly misfitOfWeights?: number;
  /** Others that leave as much, within float32 rounding: nothing in the input tells them apart. */
  readonly equivalentTo: readonly string[];
}

/** What is tried. */
export interface FitOptions {
  /** Objectives by name, such as `grpo` or `grpo@verl`. Left out: all that are built in, also as trainers have them. */
  readonly names?: readonly string[];
  /** Trajectories whose tokens are looked at. Advantages are of all. */
  readonly limit?: number;
  /** Where columns are while it runs; left out: in memory. */
  readonly memory?: PageMemory;
}

/** Tokens of this many trajectories are looked at. */
const LIMIT = 2000;

/** Aggregations that are tried; the divisor of `constant` is fitted. */
const AGGREGATIONS = ['tokenMean', 'sequenceMean', 'sequenceSum'];

/** Sums of a trajectory for one surrogate: at A > 0 and A < 0, or at what was logged. */
interface Signed {
  readonly up: PolicySums;
  readonly down: PolicySums;
}

/** A trajectory whose tokens were looked at. */
interface Looked {
  readonly i: number;
  readonly logged: LoggedSums;
  /** By surrogate. */
  readonly sums: readonly (Signed | undefined)[];
  /** Whether the sums are at the logged advantages. */
  readonly isScaled: boolean;
}

/** Sums of the policy term of one surrogate; undefined where it is out of range. */
function signedSums(
  example: Candidate,
  batch: TokenBatch,
  w: Float64Array,
  slopes: readonly Float64Array[],
  advantage: Trajectory['advantage'],
): Signed | undefined {
  const at = (a: number) => atUnitScale(example, batch, a);
  const sums = (policy: Float64Array): PolicySums => policySums(w, policy, slopes, batch.mask);
  try {
    if (advantage === undefined || (typeof advantage === 'number' && Number.isNaN(advantage))) {
      return { up: sums(at(1).policy), down: sums(at(-1).policy) };
    }
    const given = typeof advantage === 'number' ? at(advantage) : atTokenAdvantages(at, advantage);
    const one = sums(given.policy);
    return { up: one, down: one };
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** How a combination fits the logged weights. */
interface WeightFit {
  readonly options: Options;
  readonly misfit: number;
  /** How many of its options are not the candidate's usual ones. */
  readonly unusual: number;
}

/** The best aggregation, penalty and divisor of a candidate; undefined if none has the right sign. */
function bestWeights(
  candidate: Candidate,
  { surrogate, penaltyIsToSampler: toSampler }: Terms,
  looked: readonly Looked[],
  coefficientOf: Coefficients,
  own: Scales,
): WeightFit | undefined {
  const { usual, options } = candidate;
  const tries: WeightFit[] = [];
  for (const aggregation of new Set([usual.aggregation, ...AGGREGATIONS])) {
    const coefficient = coefficientOf(candidate, aggregation);
    if (coefficient === undefined) continue;
    const equations = new NormalEquations();
    for (const { i, logged, sums, isScaled } of looked) {
      const [signed, c] = [sums[surrogate], coefficient.at(i)];
      const a = isScaled ? 1 : own.advantage.at(i);
      if (signed === undefined || !Number.isFinite(a * c)) continue;
      equations.add(logged, a < 0 ? signed.down : signed.up, Math.abs(a) * c, c);
    }
    const unusual = aggregation === usual.aggregation ? 0 : 1;
    const alone = equations.alone();
    if (alone !== undefined) {
      tries.push({
        options: { ...options, ...divisor(aggregation, alone.scale) },
        misfit: alone.misfit,
        unusual,
      });
    }
    if (toSampler === undefined) continue;
    for (const [j, { klEstimator, reference }] of PENALTIES.entries()) {
      if ((reference === 'samplerLogProb') !== toSampler) continue;
      const fit = equations.withPenalty(j);
      if (fit === undefined) continue;
      const penalty = { beta: fit.beta, klEstimator, klPlacement: 'loss' };
      tries.push({
        options: { ...options, ...divisor(aggregation, fit.scale), ...penalty },
        misfit: fit.misfit,
        unusual: unusual + 1 + (klEstimator === usual.klEstimator ? 0 : 1),
      });
    }
  }
  return ranked(tries)[0];
}

/** c_i, [N], of a candidate under an aggregation. */
type Coefficients = (candidate: Candidate, aggregation: string) => Column | undefined;

/** Those of AGGREGATIONS follow from lengths alone and are computed once. */
function coefficients(summary: Summary, again: Column): Coefficients {
  const { memory = IN_MEMORY } = summary;
  const known = new Map<string, Column | undefined>();
  return (candidate, aggregation) => {
    const compute = () =>
      scalesOf(summary, again, candidate, { ...candidate.options, aggregation })?.coefficient;
    if (candidate.objective.imitates || !AGGREGATIONS.includes(aggregation)) return compute();
    if (!known.has(aggregation)) known.set(aggregation, memory.outside(compute));
    return known.get(aggregation);
  };
}

/** An aggregation with the divisor that its factor stands for: that of `constant` is a whole number, 1 is `sequenceSum`. */
function divisor(aggregation: string, scale: number): Options {
  if (aggregation !== 'sequenceSum' && aggregation !== 'constant') return { aggregation };
  const length = Math.round(1 / scale);
  const isWhole = length > 1 && Math.abs(length * scale - 1) <= ROUNDING;
  return isWhole ? { aggregation: 'constant', maxLength: length } : { aggregation };
}

/** The trainer of a name such as `grpo@verl`. */
function trainerOf(name: string): { readonly trainer?: string } {
  const at = name.indexOf('@');
  return at < 0 ? {} : { trainer: name.slice(at + 1) };
}

/** First pass over all trajectories; also their attempts less one, [N], and what they show of a clip. */
async function summarised(passes: Passes, memory: PageMemory | undefined) {
  const summariser = new Summariser(memory);
  const attempts = new AttemptColumn(memory);
  const evidence = new ClipEvidence();
  for await (const trajectory of passes()) {
    summariser.add(trajectory);
    attempts.add(attemptsOf(trajectory));
    evidence.add(trajectory);
  }
  return { summariser, again: attempts.column, evidence };
}

/** A_i·κ as the weights of the looked at trajectories have it, [N]; NaN for the others. */
function impliedAdvantages(looked: readonly Looked[], surrogate: number, coefficient: Column): Column {
  const implied = Column.filled(coefficient.length, Number.NaN, coefficient.memory);
  for (const { i, sums } of looked) {
    const signed = sums[surrogate];
    if (signed === undefined) continue;
    const { up, down } = signed;
    implied.set(i, (up.wp >= 0 ? up.wp / up.pp : -down.wp / down.pp) / coefficient.at(i));
  }
  return implied;
}

/** The costs of attempts to try with a candidate, 0 first: from logged advantages, or from weights under each aggregation. */
function costsToTry(
  { candidate, surrogate }: { readonly candidate: Candidate; readonly surrogate: number },
  looked: readonly Looked[],
  coefficientOf: Coefficients,
  costOf: { readonly logged: number | undefined; of(advantage: Column): number | undefined },
): number[] {
  const { objective, options, usual } = candidate;
  if (objective.imitates || !Object.hasOwn(options, 'attemptCost')) return [0];
  if (costOf.logged !== undefined) return [0, costOf.logged];
  const found = [...new Set([usual.aggregation, ...AGGREGATIONS])].map((aggregation) => {
    const coefficient = coefficientOf(candidate, aggregation);
    return coefficient && costOf.of(impliedAdvantages(looked, surrogate, coefficient));
  });
  return [0, ...found.filter((cost) => cost !== undefined)];
}

/** Second pass over the tokens of some. */
async function look(passes: Passes, examples: readonly Candidate[], limit: number): Promise<Looked[]> {
  const looked: Looked[] = [];
  let i = 0;
  for await (const trajectory of passes()) {
    if (looked.length === limit) break;
    const { weights, advantage } = trajectory;
    if (weights !== undefined) {
      const batch = batchOfOne(trajectory, attemptsOf(trajectory), 0, 0, []);
      const w = weights.map((x) => (Number.isFinite(x) ? x : 0));
      const slopes = penaltySlopes(batch);
      looked.push({
        i,
        logged: loggedSums(w, slopes, batch.mask),
        sums: examples.map((example) => signedSums(example, batch, w, slopes, advantage)),
        isScaled: advantage !== undefined && !(typeof advantage === 'number' && Number.isNaN(advantage)),
      });
    }
    i++;
  }
  return looked;
}

/**
 * Ranks objectives by how well they explain logged advantages and weights, the best one first. The aggregation, the divisor, the estimator
 * of a penalty in the loss, its β and the cost of attempts are fitted for each; conventions of the standard deviation are tried. The rollouts are read twice.
 * @returns one fit for each name; empty if neither advantages nor weights are logged
 * @throws InputError as `passes` does, or for an unknown name
 */
export async function fitObjective(
  passes: Passes,
  { names, limit = LIMIT, memory }: FitOptions = {},
): Promise<ObjectiveFit[]> {
  const { summariser, again, evidence } = await summarised(passes, memory);
  const summary = summariser.summary();
  const hasAdvantages = summary.loggedAdvantage.some(Number.isFinite);
  const candidates = candidatesOf(names, evidence).filter(
    ({ objective }) => !(objective.imitates && hasAdvantages),
  );
  const surrogates = surrogatesOf(candidates);
  const looked = summariser.has.has('weights') ? await look(passes, surrogates.examples, limit) : [];
  const coefficientOf = coefficients(summary, again);
  const vary = again.some((k) => k !== again.at(0));
  const one = summary.loggedAdvantage.map((a, i) => (summary.advantageSpread.at(i) === 0 ? a : Number.NaN));
  const of = (advantage: Column): number | undefined => attemptCostOf(summary, again, advantage);
  const costOf = { of, logged: hasAdvantages ? of(one) : undefined };
  const fitOf = (candidate: Candidate, terms: Terms) => {
    const { name, objective, options, bounds } = candidate;
    const own = scalesOf(summary, again, candidate, options);
    if (own === undefined) return [];
    const ofAdvantages = misfitOfAdvantages(summary, own.advantage);
    const ofWeights =
      looked.length === 0 ? undefined : bestWeights(candidate, terms, looked, coefficientOf, own);
    const known = [ofAdvantages, ofWeights?.misfit ?? Number.NaN].filter((x) => !Number.isNaN(x));
    if (known.length === 0 || (looked.length > 0 && ofWeights === undefined)) return [];
    return [
      {
        name,
        objective,
        from: 'fit' as const,
        ...trainerOf(name),
        options: ofWeights?.options ?? { ...options, aggregation: candidate.usual.aggregation },
        misfit: Math.max(...known),
        ...(bounds === undefined ? {} : { clip: bounds.between }),
        unusual:
          (ofWeights?.unusual ?? 0) +
          (Number(options.attemptCost ?? 0) === 0 ? 0 : 1) +
          Object.keys(bounds?.options ?? {}).length,
        ...(Number.isNaN(ofAdvantages) ? {} : { misfitOfAdvantages: ofAdvantages }),
        ...(ofWeights === undefined ? {} : { misfitOfWeights: ofWeights.misfit }),
      },
    ];
  };
  const fits = candidates.flatMap((candidate, k) => {
    const terms = surrogates.of[k]!;
    const { surrogate } = terms;
    const { memory = IN_MEMORY } = summary;
    const costs = memory.scope(() =>
      vary ? costsToTry({ candidate, surrogate }, looked, coefficientOf, costOf) : [0],
    );
    return costs.flatMap((attemptCost) =>
      memory.scope(() =>
        fitOf(
          attemptCost === 0 ? candidate : { ...candidate, options: { ...candidate.options, attemptCost } },
          terms,
        ),
      ),
    );
  });
  const sorted = ranked(fits);
  const best = sorted.filter((fit, k) => sorted.findIndex(({ name }) => name === fit.name) === k);
  return best.map(({ unusual, ...fit }): ObjectiveFit => {
    const others = sorted.filter((other) => isTie(other.misfit, fit.misfit)).map(labelOf);
    const corrected = fit.options.klEstimator === 'k2' && Number(fit.options.beta) > 0;
    const same = corrected
      ? [labelOf({ ...fit, options: { ...fit.options, klEstimator: 'k3Corrected' } })]
      : [];
    return {
      ...fit,
      equivalentTo: [...new Set([...same, ...others])].filter((label) => label !== labelOf(fit)),
    };
  });
}
