// Episodes laid end to end as objectives see them, and in rectangles as the network is given them.
import { PAD } from '../tasks/index.ts';
import type { Episode, EpisodeLayout } from './episode.ts';

/** `EpisodeInputs` are the inputs of b episodes as a rectangle of tokens, [b, T]. */
export interface EpisodeInputs {
  /** [b·T] prompts and responses without their last token, padded with PAD. */
  readonly ids: Int32Array;
  /** T, the number of tokens in each row. */
  readonly length: number;
}

/**
 * An `EpisodeBatch` holds B episodes with N response tokens in all. Arrays over tokens are ragged: `offsets`
 * says where each episode begins.
 */
export interface EpisodeBatch {
  readonly layout: EpisodeLayout;
  /** The inputs of the network, in parts of episodes of similar lengths, so that there is little padding. */
  readonly inputs: readonly EpisodeInputs[];
  /** [B + 1] the response of episode i has the indices offsets[i] … offsets[i + 1] − 1. */
  readonly offsets: Int32Array;
  /** [N] the response tokens. */
  readonly targets: Int32Array;
  /**
   * [N] the row of the network's outputs that predicts a token, counted over the outputs of all inputs,
   * flattened and joined.
   */
  readonly rows: Int32Array;
  /** [N] the index of the component in `COMPONENTS`. */
  readonly component: Uint8Array;
  /** [N] the attempt a token belongs to, from 0. */
  readonly attempt: Int32Array;
  /** [N] 0 where only one token was legal, so that there was no choice, else 1. */
  readonly mask: Uint8Array;
  /** [N·V] 1 where a token was legal, else 0. */
  readonly legal: Uint8Array;
}

/** Splitting off a part with fewer tokens than this would cost more in calls than it saves in padding. */
const SMALLEST_PART = 512;

/**
 * Sorts episodes into parts of similar lengths, the shortest first. A part ends where the length changes,
 * once it is large enough.
 * @param lengths [B] the number of input tokens of each episode
 * @returns the indices of the episodes of each part
 */
export function partsOf(lengths: readonly number[]): number[][] {
  const order = lengths.map((_, i) => i).sort((i, j) => lengths[i]! - lengths[j]! || i - j);
  const parts: number[][] = [];
  let part: number[] = [];
  for (const [at, i] of order.entries()) {
    part.push(i);
    const next = order[at + 1];
    const ends = next !== undefined && lengths[next]! > lengths[i]!;
    if (!ends || part.length * lengths[i]! < SMALLEST_PART) continue;
    parts.push(part);
    part = [];
  }
  return part.length === 0 ? parts : [...parts, part];
}

/** Lays these B episodes end to end as a batch. */
export function episodeBatch(layout: EpisodeLayout, episodes: readonly Episode[]): EpisodeBatch {
  const offsets = new Int32Array(episodes.length + 1);
  episodes.forEach(({ response }, i) => {
    offsets[i + 1] = offsets[i]! + response.length;
  });
  const total = offsets.at(-1)!;
  const { inputs, starts } = layInputs(layout, episodes);
  const batch = {
    layout,
    inputs,
    offsets,
    targets: Int32Array.from(episodes.flatMap(({ response }) => response)),
    rows: new Int32Array(total),
    component: new Uint8Array(total),
    attempt: new Int32Array(total),
    mask: new Uint8Array(total),
    legal: new Uint8Array(total * layout.vocabulary),
  };
  episodes.forEach(({ response }, i) => {
    response.forEach((_, j) => {
      const t = offsets[i]! + j;
      batch.rows[t] = starts[i]! + layout.promptLength - 1 + j;
      batch.component[t] = layout.component[j]!;
      batch.attempt[t] = layout.attempt[j]!;
      batch.mask[t] = layout.legal[j]!.length > 1 ? 1 : 0;
      for (const token of layout.legal[j]!) batch.legal[t * layout.vocabulary + token] = 1;
    });
  });
  return batch;
}

/** Lays out the inputs of a batch, and returns the row at which each episode begins, [B]. */
function layInputs(
  { promptLength }: EpisodeLayout,
  episodes: readonly Episode[],
): { inputs: EpisodeInputs[]; starts: Int32Array } {
  const lengths = episodes.map(({ response }) => promptLength + response.length - 1);
  const starts = new Int32Array(episodes.length);
  let rows = 0;
  const inputs = partsOf(lengths).map((part) => {
    const length = lengths[part.at(-1)!]!;
    const ids = new Int32Array(part.length * length).fill(PAD);
    part.forEach((i, at) => {
      starts[i] = rows + at * length;
      const { prompt, response } = episodes[i]!;
      ids.set([...prompt, ...response.slice(0, -1)], at * length);
    });
    rows += ids.length;
    return { ids, length };
  });
  return { inputs, starts };
}
