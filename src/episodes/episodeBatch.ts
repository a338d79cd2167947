// Episodes laid end to end as objectives see them, and in rectangles as the network is given them.
import { PAD } from '../tasks/index.ts';
import type { Episode, EpisodeLayout } from './episode.ts';

/** Some episodes as a rectangle of tokens. */
export interface EpisodeInputs {
  /** [b·T] prompts and responses without their last token, filled with PAD. */
  readonly ids: Int32Array;
  /** T. */
  readonly length: number;
}

/** B episodes with N response tokens in all; arrays over tokens are ragged, cut by `offsets`. */
export interface EpisodeBatch {
  readonly layout: EpisodeLayout;
  /** What the network is given, in parts of episodes of similar lengths, so that little of it is padding. */
  readonly inputs: readonly EpisodeInputs[];
  /** [B + 1] the response of episode i is offsets[i] … offsets[i + 1] − 1. */
  readonly offsets: Int32Array;
  /** [N] the response tokens. */
  readonly targets: Int32Array;
  /** [N] row of the network's outputs, those of all inputs flattened and end to end, that predicts a token. */
  readonly rows: Int32Array;
  /** [N] index into `COMPONENTS`. */
  readonly component: Uint8Array;
  /** [N] attempt a token belongs to. */
  readonly attempt: Int32Array;
  /** [N] 0 where only one token was legal, so that nothing was chosen. */
  readonly mask: Uint8Array;
  /** [N·V] 1 where a token was legal. */
  readonly legal: Uint8Array;
}

/** Parts with fewer tokens than this would cost more in calls than they save in padding. */
const SMALLEST_PART = 512;

/**
 * Episodes in parts of similar lengths: the shortest first, a part ending where the length changes and it is large enough.
 * @param lengths [B] of the inputs
 * @returns indices of episodes by part
 */
function partsOf(lengths: readonly number[]): number[][] {
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

/** The batch of these episodes, [B]. */
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

/** The inputs of a batch, and the row at which each episode begins: [B]. */
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
