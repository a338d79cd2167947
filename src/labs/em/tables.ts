// The policy as two tables of probabilities, π(z | kind) and π(y | z, operand), and what follows from them by enumeration.
import { InputError } from '../../base/errors.ts';
import type { RandomStream } from '../../base/random.ts';
import { execution, type Question, type Sizes, soundMethod, type World } from './world.ts';

/** Probabilities, or logits of the same shape. */
export interface Tables {
  /** [K·M] of a method, by kind. */
  readonly rationale: Float64Array;
  /** [M·C·Y] of an answer, by method and operand. */
  readonly answer: Float64Array;
}

/** The softmax of rows of `width`. */
function softmaxRows(logits: Float64Array, width: number): Float64Array {
  const out = new Float64Array(logits.length);
  for (let from = 0; from < out.length; from += width) {
    const row = logits.subarray(from, from + width);
    const top = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    let sum = 0;
    for (let i = 0; i < width; i++) sum += out[from + i] = Math.exp(row[i]! - top);
    for (let i = 0; i < width; i++) out[from + i]! /= sum;
  }
  return out;
}

/** Probabilities of logits. */
export function probabilities({ methods, answers }: Sizes, logits: Tables): Tables {
  return {
    rationale: softmaxRows(logits.rationale, methods),
    answer: softmaxRows(logits.answer, answers),
  };
}

/** π(z | x) for every z, [M]. */
export function prior({ methods }: Sizes, { rationale }: Tables, { kind }: Question): Float64Array {
  return rationale.subarray(kind * methods, (kind + 1) * methods);
}

/** π(y* | x, z) for every z, [M]. */
export function likelihood(sizes: Sizes, { answer: table }: Tables, question: Question): Float64Array {
  const { operand, answer } = question;
  return Float64Array.from(
    { length: sizes.methods },
    (_, z) => table[execution(sizes, z, operand) * sizes.answers + answer]!,
  );
}

/** π(z, y* | x) for every z, [M]; it adds up to π(y* | x), the success rate of the question. */
export function joint(sizes: Sizes, tables: Tables, question: Question): Float64Array {
  const given = likelihood(sizes, tables, question);
  return prior(sizes, tables, question).map((p, z) => p * given[z]!);
}

/** Σ of some numbers. */
export function total(values: Float64Array): number {
  return values.reduce((sum, x) => sum + x, 0);
}

/** The numbers over their sum. */
export function normalised(values: Float64Array): Float64Array {
  const sum = total(values);
  return values.map((x) => x / sum);
}

/** The mean over questions of a number of each. */
function meanOver(questions: readonly Question[], of: (question: Question) => number): number {
  return questions.reduce((sum, question) => sum + of(question), 0) / questions.length;
}

/** The mean of π(y* | x): how often an answer drawn from the policy is right. */
export function success(sizes: Sizes, tables: Tables, questions: readonly Question[]): number {
  return meanOver(questions, (question) => total(joint(sizes, tables, question)));
}

/** The mean over kinds of π(sound method | kind): how often a rationale drawn from the policy is sound. */
export function soundness(sizes: Sizes, { rationale }: Tables): number {
  let sum = 0;
  for (let k = 0; k < sizes.kinds; k++) sum += rationale[k * sizes.methods + soundMethod(sizes, k)]!;
  return sum / sizes.kinds;
}

/** How sure a policy is at the beginning. */
export interface Beginning {
  /** p₀, the mean success rate over training questions. */
  readonly success: number;
  /** The probability that a method is executed without a mistake. */
  readonly execution: number;
}

/** Bisections: more than there are bits in a float64. */
const HALVINGS = 60;
/** Beyond this a logit decides alone, to the last bit. */
const FAR = 60;

/**
 * Logits with the success rate p₀: random preferences between methods, plus an equal preference for or against the sound one, found by
 * bisection. Success rises with it wherever the sound method is the best.
 * @throws InputError if no preference gives this success rate
 */
export function initialLogits(
  world: World,
  { success: goal, execution: sure }: Beginning,
  random: RandomStream,
): Tables {
  const { kinds, methods, answers, result, training } = world;
  const preference = Float64Array.from({ length: kinds * methods }, () => random.normal());
  const answer = new Float64Array(result.length * answers);
  const logit = Math.log((sure / (1 - sure)) * (answers - 1));
  for (const [row, y] of result.entries()) answer[row * answers + y] = logit;
  const withBias = (bias: number): Tables => {
    const rationale = preference.slice();
    for (let k = 0; k < kinds; k++) rationale[k * methods + soundMethod(world, k)]! += bias;
    return { rationale, answer };
  };
  const successAt = (bias: number): number => success(world, probabilities(world, withBias(bias)), training);
  let [low, high] = [-FAR, FAR];
  if (!(successAt(low) < goal && goal < successAt(high))) {
    throw new InputError(
      `em: an initial success rate must lie between ${successAt(low).toFixed(3)} and ${successAt(high).toFixed(3)} with these sizes, found ${goal}`,
    );
  }
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (successAt(middle) < goal) low = middle;
    else high = middle;
  }
  return withBias(low);
}
