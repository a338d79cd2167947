// Draws many token sequences at a time from a policy. Keys and values are kept, and a row that has ended frees its slot.
import { InputError } from '../base/errors.ts';
import type { Decoder } from '../nn/index.ts';
import type { Decodable } from './decodable.ts';
import { legalLogProbs } from './draw.ts';
import {
  type Choice,
  checkRequest,
  checkToken,
  type Generated,
  type GenerationRequest,
  type KeptDistribution,
} from './generation.ts';

/**
 * The number of tokens fed in one call, or one per row if that is more; longer prompts take several calls.
 */
const MOST_TOKENS = 256;

interface Row {
  readonly index: number;
  readonly slot: number;
  /** The prompt and the drawn tokens, of which the first `fed` have been fed. */
  readonly sequence: number[];
  fed: number;
  /** What the row may draw next, or undefined if it has ended. */
  choice: Choice | undefined;
  readonly tokens: number[];
  readonly logProbs: number[];
  readonly kept: KeptDistribution[];
}

/** A batch has rows in slots, rows that wait for a slot, and the results of rows that have ended. */
class Batch {
  readonly #request: GenerationRequest;
  readonly #sizes: Decodable;
  #rows: Row[] = [];
  readonly #free: number[];
  readonly #results: Generated[] = [];
  #waiting = 0;

  constructor(request: GenerationRequest, sizes: Decodable, slots: number) {
    this.#request = request;
    this.#sizes = sizes;
    this.#free = Array.from({ length: slots }, (_, i) => slots - 1 - i);
  }

  run(on: Decoder): Generated[] {
    for (this.#admit(); this.#rows.length > 0; this.#admit()) this.#step(on);
    return this.#results;
  }

  /** Gives free slots to waiting rows. */
  #admit(): void {
    const { prompts } = this.#request;
    for (; this.#free.length > 0 && this.#waiting < prompts.length; this.#waiting++) {
      const index = this.#waiting;
      const result = { tokens: [], logProbs: [], kept: [] };
      this.#results[index] = result;
      const choice = this.#choose(index, result.tokens);
      if (choice === undefined) continue;
      const sequence = Array.from(prompts[index]!);
      this.#checkLength(index, sequence);
      this.#rows.push({ index, slot: this.#free.pop()!, sequence, fed: 0, choice, ...result });
    }
  }

  #choose(index: number, drawn: readonly number[]): Choice | undefined {
    const choice = this.#request.next(index, drawn);
    if (choice === undefined) return undefined;
    const where = `the choice of row ${index} at draw ${drawn.length}`;
    const { tokens } = choice;
    if (tokens.length === 0) throw new InputError(`generate: ${where} is empty`);
    for (let i = 0; i < tokens.length; i++) checkToken(where, tokens[i]!, this.#sizes.vocabulary);
    return choice;
  }

  #checkLength(index: number, sequence: readonly number[]): void {
    const { context } = this.#sizes;
    if (sequence.length <= context) return;
    throw new InputError(
      `generate: row ${index} goes on after ${sequence.length} tokens, but the context has ${context} places`,
    );
  }

  /**
   * Feeds as many of the remaining tokens as fit into one call, and draws for the rows whose tokens are all
   * fed.
   */
  #step(on: Decoder): void {
    const [ids, slots, places, wanted]: [number[], number[], number[], number[]] = [[], [], [], []];
    const ready: Row[] = [];
    const most = Math.max(MOST_TOKENS, this.#rows.length);
    for (const row of this.#rows) {
      for (; row.fed < row.sequence.length && ids.length < most; row.fed++) {
        ids.push(row.sequence[row.fed]!);
        slots.push(row.slot);
        places.push(row.fed);
      }
      if (row.fed < row.sequence.length) break;
      wanted.push(ids.length - 1);
      ready.push(row);
    }
    const logits = on.feed({ ids, slots, places, wanted });
    for (const [i, row] of ready.entries()) this.#draw(row, logits, i * this.#sizes.vocabulary);
    const ended = ready.filter(({ choice }) => choice === undefined);
    if (ended.length === 0) return;
    this.#free.push(...ended.map(({ slot }) => slot));
    this.#rows = this.#rows.filter(({ choice }) => choice !== undefined);
  }

  /** Draws a token for a row, then asks the grammar what may come next. */
  #draw(row: Row, logits: ArrayLike<number>, start: number): void {
    const { tokens, keep } = row.choice!;
    const at = row.tokens.length;
    const logProbs = legalLogProbs({ logits, start, tokens });
    if (Number.isNaN(logProbs[0])) {
      throw new Error(
        `generate: the logits of row ${row.index} at draw ${at} are NaN, or the largest is not finite`,
      );
    }
    const position = this.#request.drawing(logProbs, this.#request.streams[row.index]!);
    row.tokens.push(tokens[position]!);
    row.logProbs.push(logProbs[position]!);
    if (keep) row.kept.push({ at, tokens, logProbs });
    row.choice = this.#choose(row.index, row.tokens);
    if (row.choice === undefined) return;
    row.sequence.push(tokens[position]!);
    this.#checkLength(row.index, row.sequence);
  }
}

/**
 * Draws token sequences under a grammar, one row per prompt. What a row draws, and its log-probabilities to
 * the last bit, depend on its prompt, its stream and the policy, and on no other row.
 * @param from the policy, whose parameters must not be disposed while this runs
 * @returns the results in the order of the prompts
 * @throws InputError if a prompt is empty, a token does not exist, a choice is empty, or a row grows beyond
 * the context; Error if logits are NaN or the largest is infinite
 */
export function generate(from: Decodable, request: GenerationRequest): Generated[] {
  checkRequest(request, from.vocabulary);
  if (request.prompts.length === 0) return [];
  const slots = Math.min(request.together, request.prompts.length);
  const on = from.decoder(slots);
  try {
    return new Batch(request, from, slots).run(on);
  } finally {
    on.dispose();
  }
}
