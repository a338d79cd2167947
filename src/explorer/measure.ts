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

/** What tokens are coloured by. */
export interface Measured {
  /** [T] 0 where there is nothing. */
  readonly values: Float64Array;
  /** [T] what sums are taken over: the same, but where a segment has one value on all of its tokens, it is on the first alone. */
  readonly counted: Float64Array;
}

/** The sum over the segment of each token: the tokens of one component in one attempt of one trajectory. */
function segmentSums({ trajectories, tokens }: ExplorerData, own: Float64Array): Measured {
  const [values, counted] = [new Float64Array(own.length), new Float64Array(own.length)];
  const { offsets } = trajectories;
  for (let i = 0; i + 1 < offsets.length; i++) {
    const sums = new Map<number, number>();
    const segment = (t: number): number => 2 * tokens.attempt[t]! + Number(tokens.role[t] === DECISION);
    for (let t = offsets[i]!; t < offsets[i + 1]!; t++) {
      if (tokens.mask[t] === 1) sums.set(segment(t), (sums.get(segment(t)) ?? 0) + own[t]!);
    }
    const seen = new Set<number>();
    for (let t = offsets[i]!; t < offsets[i + 1]!; t++) {
      if (tokens.mask[t] !== 1) continue;
      values[t] = sums.get(segment(t)) ?? 0;
      if (!seen.has(segment(t))) counted[t] = values[t]!;
      seen.add(segment(t));
    }
  }
  return { values, counted };
}

/** [T] the influence of tokens on a label and a group of parameters, −1: on all; undefined where the page has none. */
function influenceOn(
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

/** What tokens are coloured by; undefined where the page has no such numbers. */
export function measured(
  data: ExplorerData,
  state: ExplorerState,
  weighed: Weighed | undefined,
): Measured | undefined {
  const plain = plainValues(data, state, weighed);
  if (plain === undefined) return undefined;
  const { role } = data.tokens;
  const values = plain.map((x, t) => (Number.isFinite(x) && isOf(role[t]!, state.component) ? x : 0));
  return state.level === 'mass' ? segmentSums(data, values) : { values, counted: values };
}

/** Σ|x|. */
function absoluteSum(values: Float64Array): number {
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

/** x/Σ|x| − y/Σ|y|: how two objectives distribute their signal, whatever their scales. */
export function differenceOf(first: Measured, second: Measured): Measured {
  const [a, b] = [absoluteSum(first.counted), absoluteSum(second.counted)];
  const of = (x: Float64Array, y: Float64Array): Float64Array =>
    x.map((own, t) => (a === 0 ? 0 : own / a) - (b === 0 ? 0 : y[t]! / b));
  return { values: of(first.values, second.values), counted: of(first.counted, second.counted) };
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
