// Which trajectories are shown, in which order, and what they add up to in the heat map.
import type { ExplorerData } from '../documents/explorer.ts';
import { ROLES } from '../rollouts/trajectory.ts';
import type { ExplorerState } from './state.ts';
import type { Weighed } from './weigh.ts';

const DECISION = ROLES.indexOf('decision');

/** Numbers of each trajectory, [N], by which it can be sorted. */
export interface TrajectoryTotals {
  /** Σ|x|, the largest |x|, and Σ|difference| to the other objective; NaN without one. */
  readonly weight: Float64Array;
  readonly largest: Float64Array;
  readonly difference: Float64Array;
  /** Tokens with mask 1. */
  readonly length: Float64Array;
}

/** Adds up the tokens of each trajectory. `values` and `difference` are [T]. */
export function totals(
  { trajectories: { offsets }, tokens }: ExplorerData,
  values: Float64Array | undefined,
  difference: Float64Array | undefined,
): TrajectoryTotals {
  const n = offsets.length - 1;
  const out = {
    weight: new Float64Array(n),
    largest: new Float64Array(n),
    difference: new Float64Array(n).fill(difference === undefined ? Number.NaN : 0),
    length: new Float64Array(n),
  };
  for (let i = 0; i < n; i++) {
    for (let t = offsets[i]!; t < offsets[i + 1]!; t++) {
      const size = Math.abs(values?.[t] ?? 0);
      out.weight[i]! += size;
      if (size > out.largest[i]!) out.largest[i] = size;
      if (difference !== undefined) out.difference[i]! += Math.abs(difference[t]!);
      out.length[i]! += tokens.mask[t]!;
    }
  }
  return out;
}

/** The length from which a trajectory counts as long: that of the longest tenth. */
function longFrom(length: Float64Array): number {
  const sorted = length.toSorted();
  return sorted[Math.floor(0.9 * (sorted.length - 1))] ?? 0;
}

function holdsText(
  { trajectories: { offsets }, tokens, texts }: ExplorerData,
  i: number,
  wanted: string,
): boolean {
  let text = '';
  for (let t = offsets[i]!; t < offsets[i + 1]!; t++) text += texts[tokens.text[t]!];
  return text.toLowerCase().includes(wanted);
}

/** The trajectories that are shown, in their order. */
export function selected(
  data: ExplorerData,
  { outcome, finding, text, sort }: ExplorerState,
  { weight, largest, difference, length }: TrajectoryTotals,
  weighed: Weighed | undefined,
): readonly number[] {
  const { reward, correct, truncated, advantage } = data.trajectories;
  const named =
    finding < 0 ? undefined : new Set(data.findings[finding]?.spans.map(({ trajectory }) => trajectory));
  const long = longFrom(length);
  const wanted = text.toLowerCase();
  const isShown = (i: number): boolean => {
    if (named !== undefined && !named.has(i)) return false;
    if (outcome === 'correct' && correct[i] !== 1) return false;
    if (outcome === 'wrong' && correct[i] !== 0) return false;
    if (outcome === 'long' && length[i]! < long) return false;
    if (outcome === 'truncated' && truncated[i] !== 1) return false;
    return wanted === '' || holdsText(data, i, wanted);
  };
  const found = Array.from(reward.keys()).filter(isShown);
  if (sort === 'place') return found;
  const logged = advantage.map((a, i) => (Number.isNaN(a) ? (weighed?.advantage[i] ?? Number.NaN) : a));
  const by = { weight, largest, reward, advantage: logged, length, difference }[sort];
  const key = (i: number): number => (Number.isNaN(by[i]!) ? Number.NEGATIVE_INFINITY : by[i]!);
  return found.sort((a, b) => (key(a) === key(b) ? a - b : key(b) - key(a)));
}

/** A heat map: rows × the components, as shares of Σ|x|. */
export interface Heat {
  readonly columns: readonly string[];
  readonly rows: readonly { readonly name: string; readonly cells: readonly number[] }[];
}

/** Rows that a map of prompts has at most: the heaviest. */
const MOST_ROWS = 12;
const QUARTERS = ['shortest quarter', 'second quarter', 'third quarter', 'longest quarter'];
const OUTCOMES = ['wrong', 'correct', 'unknown'];

/** The name of the row of a trajectory; undefined where rows are of tokens. */
function rowOf(
  data: ExplorerData,
  rows: ExplorerState['rows'],
  length: Float64Array,
): ((i: number) => string) | undefined {
  const { correct, group } = data.trajectories;
  if (rows === 'outcome') return (i) => OUTCOMES[correct[i]!]!;
  if (rows === 'prompt') return (i) => data.groups[group[i]!] ?? 'no group';
  if (rows !== 'length') return undefined;
  const sorted = length.toSorted();
  const bounds = [1, 2, 3].map((q) => sorted[Math.ceil((q * sorted.length) / 4) - 1] ?? 0);
  return (i) => QUARTERS[bounds.filter((bound) => length[i]! > bound).length]!;
}

/**
 * The heat map of the trajectories that are shown. Rows are attempts, outcomes, quarters by length or prompts; terms of the loss and groups
 * of parameters have maps of their own, see `heatOfTerms` and `heatOfParameters`.
 */
export function heat(
  data: ExplorerData,
  rows: ExplorerState['rows'],
  values: Float64Array,
  shown: readonly number[],
  length: Float64Array,
): Heat {
  const { trajectories, tokens } = data;
  const nameOf = rowOf(data, rows, length);
  const sums = new Map<string, [number, number]>();
  let all = 0;
  const add = (row: string, component: 0 | 1, size: number): void => {
    if (size === 0) return;
    const cells = sums.get(row) ?? [0, 0];
    cells[component] += size;
    sums.set(row, cells);
    all += size;
  };
  for (const i of shown) {
    const name = nameOf?.(i);
    const [from, to] = [trajectories.offsets[i]!, trajectories.offsets[i + 1]!];
    // Names are made once a segment, not for each of its tokens.
    let [attempt, component, size]: [number, 0 | 1, number] = [tokens.attempt[from] ?? 0, 0, 0];
    const end = (): void => add(name ?? `attempt ${attempt + 1}`, component, size);
    for (let t = from; t < to; t++) {
      const own = tokens.role[t] === DECISION ? 1 : 0;
      if (own !== component || tokens.attempt[t] !== attempt) {
        end();
        [attempt, component, size] = [tokens.attempt[t]!, own, 0];
      }
      size += Math.abs(values[t]!);
    }
    end();
  }
  const order = rows === 'length' ? QUARTERS : rows === 'outcome' ? OUTCOMES : undefined;
  const entries = [...sums].map(([name, cells]) => ({ name, cells: cells.map((x) => x / all) }));
  const total = (cells: readonly number[]): number => cells.reduce((a, b) => a + b, 0);
  if (order !== undefined) entries.sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  else if (rows === 'prompt') entries.sort((a, b) => total(b.cells) - total(a.cells));
  else entries.sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
  return { columns: ['sample', 'decision'], rows: entries.slice(0, MOST_ROWS) };
}

/** The heat map of the terms of the loss × the components, of the trajectories that are shown. */
export function heatOfTerms(data: ExplorerData, weighed: Weighed, shown: readonly number[]): Heat {
  const { trajectories, tokens } = data;
  const terms = [
    ['policy', weighed.policy],
    ['kl', weighed.kl],
  ] as const;
  const sums = terms.map(() => [0, 0] as [number, number]);
  for (const i of shown) {
    for (let t = trajectories.offsets[i]!; t < trajectories.offsets[i + 1]!; t++) {
      for (const [k, [, values]] of terms.entries()) {
        const size = Math.abs(values?.[t] ?? 0);
        if (Number.isFinite(size)) sums[k]![tokens.role[t] === DECISION ? 1 : 0] += size;
      }
    }
  }
  const all = sums.flat().reduce((a, b) => a + b, 0);
  const rows = terms.flatMap(([name, values], k) =>
    values === undefined ? [] : [{ name, cells: sums[k]!.map((x) => (all === 0 ? 0 : x / all)) }],
  );
  return { columns: ['sample', 'decision'], rows };
}

/** The heat map of the groups of parameters × the labels: norms of the gradient as shares of their sum. */
export function heatOfParameters({ influence }: ExplorerData): Heat | undefined {
  if (influence === undefined) return undefined;
  const { labels, groups, norm } = influence;
  const all = norm.flat().reduce((a, b) => a + b, 0);
  return {
    columns: labels,
    rows: groups.map((name, g) => ({
      name,
      cells: labels.map((_, l) => (all === 0 ? 0 : norm[l]![g]! / all)),
    })),
  };
}
