// The questions of the lab: which method answers which kind of question, and what each method gives on each operand.
import { InputError } from '../../base/errors.ts';
import type { RandomStream } from '../../base/random.ts';

/** A question of some kind about some operand. */
export interface Question {
  readonly kind: number;
  readonly operand: number;
  /** y*, what the sound method of its kind gives on its operand. */
  readonly answer: number;
}

/** The sizes of a world. */
export interface Sizes {
  /** Kinds of questions K. */
  readonly kinds: number;
  /** Methods M, the rationales. */
  readonly methods: number;
  /** Operands C. */
  readonly operands: number;
  /** Answers Y. */
  readonly answers: number;
}

/** Questions, and what is true about them. */
export interface World extends Sizes {
  /** [M·C] what each method gives on each operand. */
  readonly result: Int32Array;
  readonly training: readonly Question[];
  /** Their kinds and operands occur in training, but not together. */
  readonly heldOut: readonly Question[];
}

/** The sound method of a kind: several kinds share one. */
export function soundMethod({ methods }: Sizes, kind: number): number {
  return kind % methods;
}

/** The place of a method and an operand in `result`, and in the rows of the table of answers. */
export function execution({ operands }: Pick<Sizes, 'operands'>, method: number, operand: number): number {
  return method * operands + operand;
}

/** 0 … n − 1 in random order (Fisher and Yates). */
function shuffled(n: number, random: RandomStream): number[] {
  const out = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [out[i], out[j]] = [out[j]!, out[i]!];
  }
  return out;
}

/** Methods differ on every operand, except that with probability `luck` one gives what another gives there. */
function drawResults(sizes: Sizes, luck: number, random: RandomStream): Int32Array {
  const { methods, operands, answers } = sizes;
  const result = new Int32Array(methods * operands);
  for (let c = 0; c < operands; c++) {
    const own = shuffled(answers, random).slice(0, methods);
    for (let m = 0; m < methods; m++) {
      const other = (m + 1 + random.integer(methods - 1)) % methods;
      result[execution(sizes, m, c)] = random.uniform() < luck ? own[other]! : own[m]!;
    }
  }
  return result;
}

/**
 * A world with random methods, and its questions in two halves that share kinds and operands.
 * @param luck the probability that a method gives on an operand what another one gives there
 * @param heldOut the part of each kind's questions that is held out
 * @throws InputError if there are fewer answers than methods, or no question is left for one of the two halves
 */
export function drawWorld(sizes: Sizes, luck: number, heldOut: number, random: RandomStream): World {
  const { kinds, methods, operands, answers } = sizes;
  if (answers < methods) {
    throw new InputError(`em: answers must be at least methods, ${methods}, found ${answers}`);
  }
  const out = Math.round(heldOut * operands);
  if (out < 1 || out >= operands) {
    throw new InputError(
      `em: heldOut leaves ${out} of ${operands} operands out, expected 1 … ${operands - 1}`,
    );
  }
  const result = drawResults(sizes, luck, random.split('results'));
  const questionsOf = (kind: number): Question[] =>
    shuffled(operands, random.split('operands', kind)).map((operand) => ({
      kind,
      operand,
      answer: result[execution(sizes, soundMethod(sizes, kind), operand)]!,
    }));
  const all = Array.from({ length: kinds }, (_, kind) => questionsOf(kind));
  return {
    ...sizes,
    result,
    training: all.flatMap((some) => some.slice(out)),
    heldOut: all.flatMap((some) => some.slice(0, out)),
  };
}
