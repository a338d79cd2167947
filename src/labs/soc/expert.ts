// The expert whose demonstrations are imitated: its probabilities are known, so that what a beam is worth is known.
import { categorical, type RandomStream } from '../../base/random.ts';

/** Probabilities of the next token in every state, the same up to their order. */
export const SHAPE: readonly number[] = [0.6, 0.3, 0.08, 0.02];
/** Answer tokens. */
export const TOKENS: number = SHAPE.length;

/** An answer to a prompt. */
export interface Answer {
  readonly prompt: number;
  readonly tokens: readonly number[];
}

/** A table p*(token | prompt, last token); before the first token the last one is `TOKENS`. */
export class Expert {
  readonly prompts: number;
  readonly length: number;
  readonly #rows: readonly (readonly number[])[];

  constructor(prompts: number, length: number, random: RandomStream) {
    this.prompts = prompts;
    this.length = length;
    this.#rows = Array.from({ length: prompts * (TOKENS + 1) }, () => {
      const keys = SHAPE.map((share) => ({ share, key: random.uniform() }));
      return keys.sort((a, b) => a.key - b.key).map(({ share }) => share);
    });
  }

  /** p* of every next token, [TOKENS]. */
  next(prompt: number, prefix: readonly number[]): readonly number[] {
    return this.#rows[prompt * (TOKENS + 1) + (prefix.at(-1) ?? TOKENS)]!;
  }

  /** log p* of an answer. */
  logProb({ prompt, tokens }: Answer): number {
    return tokens.reduce((sum, token, t) => sum + Math.log(this.next(prompt, tokens.slice(0, t))[token]!), 0);
  }

  /** An answer drawn from p*. */
  draw(prompt: number, random: RandomStream): Answer {
    const tokens: number[] = [];
    for (let t = 0; t < this.length; t++) tokens.push(categorical(this.next(prompt, tokens), random));
    return { prompt, tokens };
  }
}
