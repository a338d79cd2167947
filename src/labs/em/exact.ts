// EM without sampling: the E-step enumerates rationales, the M-step has a closed form. And the bound that it raises.
import { mean } from '../../base/student.ts';
import { type Asked, asked } from './samplers.ts';
import type { Tables } from './tables.ts';
import { execution, type Question, type World } from './world.ts';

/** The law of rationales that an E-step uses for a question, [M]. */
export type EStep = (asked: Asked, question: Question) => Float64Array;

/** The exact E-step: π(z | x, y*). */
export const exactPosterior: EStep = ({ posterior }) => posterior;

/** The parts of log π(y* | x) = ELBO + KL(q ‖ π(z | x, y*)), each computed by itself. */
export interface Bound {
  readonly logLikelihood: number;
  /** E_q[log π(z, y* | x) − log q(z)]. */
  readonly elbo: number;
  /** KL(q ‖ π(z | x, y*)) ≥ 0: how far the bound lies below. */
  readonly gap: number;
}

/**
 * Weights below this count as 0: their terms are below 10⁻¹⁴⁶, far below the rounding of the others, and above it no product of a prior
 * and a likelihood, each at least a weight over the number of questions, underflows.
 */
const NEGLIGIBLE = 1e-150;

/** q·log(q/p), 0 where q = 0. */
function relative(q: number, p: number): number {
  return q < NEGLIGIBLE ? 0 : q * Math.log(q / p);
}

/** The bound of one question. */
export function boundOf(question: Asked, q: Float64Array): Bound {
  const { prior, likelihood, posterior, success } = question;
  let [elbo, gap] = [0, 0];
  for (const [z, weight] of q.entries()) {
    elbo -= relative(weight, prior[z]! * likelihood[z]!);
    gap += relative(weight, posterior[z]!);
  }
  return { logLikelihood: Math.log(success), elbo, gap };
}

/** The mean bound over questions, each with its q. */
export function meanOfBounds(questions: readonly Asked[], laws: readonly Float64Array[]): Bound {
  const bounds = questions.map((question, i) => boundOf(question, laws[i]!));
  return {
    logLikelihood: mean(bounds.map(({ logLikelihood }) => logLikelihood)),
    elbo: mean(bounds.map(({ elbo }) => elbo)),
    gap: mean(bounds.map(({ gap }) => gap)),
  };
}

/** Divides every row by its sum; a row without weight stays as it was. */
function fractions(weights: Float64Array, width: number, before: Float64Array): Float64Array {
  const out = before.slice();
  for (let from = 0; from < out.length; from += width) {
    let sum = 0;
    for (let i = 0; i < width; i++) sum += weights[from + i]!;
    if (sum === 0) continue;
    for (let i = 0; i < width; i++) out[from + i] = weights[from + i]! / sum;
  }
  return out;
}

/** Both tables that maximise Σ_x E_q[log π(z, y* | x)] over the training questions: fractions of the weight that q gives. */
function mStep(world: World, before: Tables, laws: readonly Float64Array[]): Tables {
  const { methods, answers, training } = world;
  const rationale = new Float64Array(before.rationale.length);
  const answer = new Float64Array(before.answer.length);
  for (const [i, question] of training.entries()) {
    for (const [z, weight] of laws[i]!.entries()) {
      rationale[question.kind * methods + z]! += weight;
      answer[execution(world, z, question.operand) * answers + question.answer]! += weight;
    }
  }
  return {
    rationale: fractions(rationale, methods, before.rationale),
    answer: fractions(answer, answers, before.answer),
  };
}

/** A round of EM: log-likelihood before, bound at the old q and the new tables, log-likelihood after. */
export interface EmRound {
  readonly before: number;
  readonly elbo: number;
  readonly after: number;
}

/** EM on the training questions, round after round. */
export function* exactEm(world: World, initial: Tables, eStep: EStep, rounds: number): Generator<EmRound> {
  const { training } = world;
  let tables = initial;
  for (let round = 0; round < rounds; round++) {
    const questions = training.map((question) => asked(world, tables, question));
    const laws = questions.map((question, i) => eStep(question, training[i]!));
    const before = meanOfBounds(questions, laws).logLikelihood;
    tables = mStep(world, tables, laws);
    const next = training.map((question) => asked(world, tables, question));
    const { elbo, logLikelihood } = meanOfBounds(next, laws);
    yield { before, elbo, after: logLikelihood };
  }
}
