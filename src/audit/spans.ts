// The places that a finding rests on: the first few of them, since a report is read by people, and how many there were.
import type { Trajectory } from '../rollouts/index.ts';
import type { Span } from './rule.ts';
import type { Summary } from './summary.ts';

/** Places named one by one. */
const MOST = 50;

/** Collects spans. */
export class SpanList {
  private readonly kept: Span[] = [];
  /** How many were added. */
  count = 0;

  /** The spans kept: the first ones. */
  get spans(): readonly Span[] {
    return this.kept;
  }

  /** Adds the tokens from … to − 1 of a trajectory; all of them if they are left out. */
  add({ place: { file, line }, length }: Trajectory, from = 0, to = length): void {
    this.count++;
    if (this.kept.length < MOST) this.kept.push({ file, line, from, to });
  }
}

/** The largest ones, as many as a report names places, in falling order; of equal ones the first. */
export function largest<Item>(items: Iterable<Item>, sizeOf: (item: Item) => number): readonly Item[] {
  const kept: { readonly item: Item; readonly size: number }[] = [];
  for (const item of items) {
    const size = sizeOf(item);
    if (kept.length === MOST && !(size > kept[MOST - 1]!.size)) continue;
    const at = kept.findIndex((other) => other.size < size);
    kept.splice(at === -1 ? kept.length : at, 0, { item, size });
    kept.length = Math.min(kept.length, MOST);
  }
  return kept.map(({ item }) => item);
}

/** All tokens of the trajectories with these indices, the first ones. */
export function rowSpans({ files, file, line, tokens }: Summary, indices: Iterable<number>): readonly Span[] {
  const out: Span[] = [];
  for (const i of indices) {
    if (out.length === MOST) break;
    out.push({ file: files[file.at(i)]!, line: line.at(i), from: 0, to: tokens.at(i) });
  }
  return out;
}
