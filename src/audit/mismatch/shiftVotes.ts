// Whether the sampler's log-probs fit the trainer's better when they are moved by one token.
import type { Trajectory } from '../../rollouts/index.ts';
import { ONE_SIDED } from './falseAlarms.ts';
import { drawingLogProbs, isLogProb } from './tokens.ts';

/** Tokens of a block, which has one vote. */
const BLOCK = 16;
/** Differences count up to this, so that a few huge ones do not decide. */
const MOST = 5;

const distance = (a: number, b: number): number => Math.min(MOST, Math.abs(a - b));

/** Sums of one of the two shifts, and its votes. */
class Votes {
  aligned = 0;
  moved = 0;
  blocks = 0;
  won = 0;
  private block = { aligned: 0, moved: 0, count: 0 };

  add(aligned: number, moved: number): void {
    this.block.aligned += aligned;
    this.block.moved += moved;
    if (++this.block.count === BLOCK) this.end();
  }

  end(): void {
    const { aligned, moved, count } = this.block;
    this.block = { aligned: 0, moved: 0, count: 0 };
    if (count < 2) return;
    this.aligned += aligned;
    this.moved += moved;
    this.blocks++;
    if (moved < aligned / 2) this.won++;
  }
}

/** What the votes say. */
export interface Shift {
  /** −1: the sampler's number of a token is that of the next token's; 1: that of the one before. */
  readonly by: number;
  /** Of the blocks, how many are closer than half as far when moved. */
  readonly share: number;
  /** Mean differences as they stand, over those after the move. */
  readonly factor: number;
}

/** Counts blocks of 16 tokens whose differences are less than half as large after the sampler's numbers are moved by one. */
export class ShiftVotes {
  private readonly votes = new Map([
    [-1, new Votes()],
    [1, new Votes()],
  ]);

  /** Adds a trajectory. */
  add(trajectory: Trajectory): void {
    const { mask, length, samplerLogProbs: sampler } = trajectory;
    const trainer = drawingLogProbs(trajectory);
    if (trainer === undefined || sampler === undefined) return;
    const isUsed = (t: number): boolean => mask[t] === 1 && isLogProb(trainer[t]!) && isLogProb(sampler[t]!);
    for (const [by, votes] of this.votes) {
      for (let t = 0; t < length; t++) {
        // The sampler's number of token t + by, at the trainer's token t.
        const from = t + by;
        if (from < 0 || from >= length || !isUsed(t) || !isUsed(from)) continue;
        votes.add(distance(trainer[t]!, sampler[t]!), distance(trainer[t]!, sampler[from]!));
      }
      votes.end();
    }
  }

  /**
   * The shift, if there is one. Null: the sampler's numbers fit no better when moved; a block then wins with a probability of at most
   * 1/2, and the number of won ones is binomial.
   */
  shift(): Shift | undefined {
    for (const [by, { aligned, moved, blocks, won }] of this.votes) {
      const isMost = won - blocks / 2 >= (ONE_SIDED * Math.sqrt(blocks)) / 2 && blocks >= 2 * ONE_SIDED ** 2;
      if (isMost && moved <= aligned / 2) return { by, share: won / blocks, factor: aligned / moved };
    }
    return undefined;
  }
}
