// What tokens are coloured by: one number for each of them, and how strong a colour a number has.
import type { ExplorerData, ExplorerInfluence } from '../documents/explorer.ts';
import { ROLES } from '../rollouts/trajectory.ts';
import type { ExplorerState } from './state.ts';
import type { Weighed } from './weigh.ts';

const DECISION = ROLES.indexOf('decision');

/** Whether a token belongs to the component that is looked at; whatever is no decision is part of a sample. */
function isOf(role: number, component: ExplorerState['component']): boolean {
  return component === 'all' || (role === DECISION) === (component === 'decision');
}

/** [T] the sum over the segment of each token: the tokens of one component in one attempt of one trajectory. */
function segmentSums({ trajectories, tokens }: ExplorerData, values: Float64Array): Float64Array {
  const out = new Float64Array(values.length);
  const { offsets } = trajectories;
  for (let i = 0; i + 1 < offsets.length; i++) {
    const sums = new Map<number, number>();
    const segment = (t: number): number => 2 * tokens.attempt[t]! + Number(tokens.role[t] === DECISION);
    for (let t = offsets[i]!; t < offsets[i + 1]!; t++) {
      if (tokens.mask[t] === 1) sums.set(segment(t), (sums.get(segment(t)) ?? 0) + values[t]!);
    }
    for (let t = offsets[i]!; t < offsets[i + 1]!; t++) {
      if (tokens.mask[t] === 1) out[t] = sums.get(segment(t)) ?? 0;
    }
  }
  return out;
}

/** [T] the influence of tokens on a label and a group of parameters, −1: on all; undefined where the page has none. */
export function influenceOn(
  { total, onGroup, onLabel, onPair }: ExplorerInfluence,
  { label, parameters }: Pick<ExplorerState, 'label' | 'parameters'>,
): Float64Array | undefined {
  if (parameters >= 0) return label >= 0 ? onPair[label]?.[parameters] : onGroup[parameters];
  return label >= 0 ? onLabel[label] : total;
}

/** [T] the numbers before segments are added up; undefined where the page has none. */
function plainValues(
  data: ExplorerData,
  state: ExplorerState,
  weighed: Weighed | undefined,
): Float64Array | undefined {
  const { tokens, influence } = data;
  if (state.level === 'influence') {
    const found = influence === undefined ? undefined : influenceOn(influence, state);
    return found === undefined || found.length === 0 ? undefined : found;
  }
  if (state.level === 'logged') return tokens.loggedWeight;
  if (weighed === undefined) return undefined;
  if (state.term === 'kl') return weighed.kl ?? new Float64Array(weighed.total.length);
  return state.term === 'policy' ? weighed.policy : weighed.total;
}

/** [T] what tokens are coloured by, 0 where there is nothing; undefined where the page has no such numbers. */
export function measured(
  data: ExplorerData,
  state: ExplorerState,
  weighed: Weighed | undefined,
): Float64Array | undefined {
  const plain = plainValues(data, state, weighed);
  if (plain === undefined) return undefined;
  const { role } = data.tokens;
  const chosen = plain.map((x, t) => (Number.isFinite(x) && isOf(role[t]!, state.component) ? x : 0));
  return state.level === 'mass' ? segmentSums(data, chosen) : chosen;
}

/** Σ|x|. */
export function absoluteSum(values: Float64Array): number {
  let sum = 0;
  for (const x of values) sum += Math.abs(x);
  return sum;
}

/** Σ|x| by component, and of both. */
export interface ComponentSums {
  readonly sample: number;
  readonly decision: number;
  readonly all: number;
}

/** Adds up the sizes of numbers by component. `values` is [T]; left out: all sums are 0. */
export function componentSums(
  { tokens: { role } }: ExplorerData,
  values: Float64Array | undefined,
): ComponentSums {
  let [sample, decision] = [0, 0];
  for (let t = 0; values !== undefined && t < values.length; t++) {
    if (role[t] === DECISION) decision += Math.abs(values[t]!);
    else sample += Math.abs(values[t]!);
  }
  return { sample, decision, all: sample + decision };
}

/** [T] x/Σ|x| − y/Σ|y|: how two objectives distribute their signal, whatever their scales. */
export function differenceOf(first: Float64Array, second: Float64Array): Float64Array {
  const [a, b] = [absoluteSum(first), absoluteSum(second)];
  return first.map((x, t) => (a === 0 ? 0 : x / a) - (b === 0 ? 0 : second[t]! / b));
}

/** Numbers that are looked at to find the scale of the colours: enough for two digits of it. */
const LOOKED_AT = 20_000;
/** The part of the numbers that is not beyond the strongest colour. */
const WITHIN = 0.98;

/** The |x| of the strongest colour: 98 % of the numbers that are not 0 are below it. 0 where all are 0. */
export function scaleOf(values: Float64Array): number {
  const step = Math.max(1, Math.floor(values.length / LOOKED_AT));
  let sizes: number[] = [];
  for (let t = 0; t < values.length; t += step) if (values[t] !== 0) sizes.push(Math.abs(values[t]!));
  // Few numbers among many zeros: all are looked at.
  if (sizes.length < 100 && step > 1) sizes = [...values].filter((x) => x !== 0).map(Math.abs);
  const sorted = Float64Array.from(sizes).sort();
  return sorted[Math.floor(WITHIN * (sorted.length - 1))] ?? 0;
}

/** How strong the colour of a number is, from 0 to 1: the root of its share of the scale, so that small ones are still seen. */
export function strength(value: number, scale: number): number {
  if (scale === 0 || value === 0) return 0;
  return Math.min(1, Math.sqrt(Math.abs(value) / scale));
}
