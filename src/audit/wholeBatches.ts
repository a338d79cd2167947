// An objective that needs its whole batch at once, such as one of the user's: the batches are held in memory, up to a limit.
import { InputError } from '../base/errors.ts';
import { OverflowError, type TokenBatch } from '../objectives/index.ts';
import type { Trajectory } from '../rollouts/index.ts';
import { attemptsOf } from '../rollouts/labels/attempts.ts';
import { batchesOf } from './members.ts';
import { bareView, type Weigher } from './reference.ts';
import type { ChosenObjective } from './setting.ts';
import type { Summary } from './summary.ts';
import { batchOfOne } from './tokenBatch.ts';
import type { TokenView } from './tokenView.ts';

/** Tokens that are held: about 50 bytes each. */
const MOST_TOKENS = 20_000_000;

function joined(arrays: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    out.set(array, at);
    at += array.length;
  }
  return out;
}

/** [K][B] by function, in the order in which their names appear; undefined where a trajectory lacks one. */
function functionsOf(
  names: ReadonlySet<string>,
  rewards: readonly Trajectory['rewards'][],
): Float64Array[] | undefined {
  const areKnown = rewards.every((of) => [...names].every((name) => of?.[name] !== undefined));
  if (names.size === 0 || !areKnown) return undefined;
  return [...names].map((name) => Float64Array.from(rewards, (of) => of![name]!));
}

/** Puts batches of one trajectory each end to end. */
function stacked(
  pieces: readonly TokenBatch[],
  groups: readonly number[],
  rewards: readonly Float64Array[] | undefined,
): TokenBatch {
  const numbers = (of: (piece: TokenBatch) => ArrayLike<number>): Float64Array =>
    joined(pieces.map((piece) => Float64Array.from(of(piece))));
  const offsets = [0];
  for (const { mask } of pieces) offsets.push(offsets.at(-1)! + mask.length);
  const hasValues = pieces.every(({ value }) => value !== undefined);
  return {
    offsets: Int32Array.from(offsets),
    logProb: numbers(({ logProb }) => logProb),
    oldLogProb: numbers(({ oldLogProb }) => oldLogProb),
    refLogProb: numbers(({ refLogProb }) => refLogProb),
    samplerLogProb: numbers(({ samplerLogProb, oldLogProb }) => samplerLogProb ?? oldLogProb),
    mask: Uint8Array.from(numbers(({ mask }) => mask)),
    component: Uint8Array.from(numbers(({ component }) => component)),
    attempt: Int32Array.from(numbers(({ attempt }) => attempt)),
    reward: numbers(({ reward }) => reward),
    group: Int32Array.from(groups),
    ...(rewards === undefined ? {} : { rewards }),
    ...(hasValues ? { value: numbers(({ value }) => value!) } : {}),
  };
}

/** An objective without `parts`, at the advantages of its own. */
export class WholeBatches implements Weigher {
  private readonly chosen: ChosenObjective;
  private readonly pieces: TokenBatch[] = [];
  private readonly rewards: Trajectory['rewards'][] = [];
  private readonly names = new Set<string>();
  private readonly weights: (Float64Array | undefined)[] = [];
  private tokens = 0;
  private summary: Summary | undefined;
  overflows = 0;

  constructor(chosen: ChosenObjective) {
    this.chosen = chosen;
  }

  add(trajectory: Trajectory): void {
    this.tokens += trajectory.length;
    if (this.tokens > MOST_TOKENS) {
      throw new InputError(
        `${this.chosen.objective.name}: needs its whole batch at once, and the rollouts have more than ${MOST_TOKENS} tokens; an objective with \`parts\` is read piece by piece`,
      );
    }
    const { reward = Number.NaN, rewards } = trajectory;
    this.pieces.push(batchOfOne(trajectory, attemptsOf(trajectory), 0, reward, []));
    this.rewards.push(rewards);
    for (const name of Object.keys(rewards ?? {})) this.names.add(name);
  }

  complete(summary: Summary): void {
    this.summary = summary;
    const { objective, options } = this.chosen;
    for (const members of batchesOf(summary)) {
      const usable = members.filter((i) => Number.isFinite(summary.reward.at(i)));
      if (usable.length === 0) continue;
      // A trajectory without a group is a group of its own.
      const groups = usable.map((i) =>
        summary.group.at(i) < 0 ? summary.groupCount + i : summary.group.at(i),
      );
      try {
        const weights = objective.weights(
          stacked(
            usable.map((i) => this.pieces[i]!),
            groups,
            functionsOf(
              this.names,
              usable.map((i) => this.rewards[i]),
            ),
          ),
          options,
        );
        let at = 0;
        for (const i of usable) {
          this.weights[i] = weights.slice(at, at + summary.tokens.at(i));
          at += summary.tokens.at(i);
        }
      } catch (error) {
        if (!(error instanceof OverflowError)) throw error;
        this.overflows += usable.length;
      }
    }
  }

  view(trajectory: Trajectory, i: number): TokenView {
    const bare = bareView(trajectory, i, attemptsOf(trajectory), this.summary!);
    const weights = this.weights[i];
    return weights === undefined ? bare : { ...bare, weights, terms: { policy: weights, total: weights } };
  }
}
