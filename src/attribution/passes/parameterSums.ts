// The gradients of all parameters that a pass has begun and not finished, and the reducers that are given them.
import type { FloatType, GradientShare } from '../../autodiff/index.ts';
import type { Network } from '../../nn/index.ts';
import type { LeafSum } from './leafSum.ts';
import type { Owners } from './owners.ts';
import { ParameterSum } from './parameterSum.ts';
import type { Reducer, Wanted } from './reducers/reducer.ts';
import type { ResponseBatch } from './responseBatch.ts';
import type { Taker } from './sweepPart.ts';
import { TableSum } from './tableSum.ts';

/** Gradients of tables of tokens with more elements are not made for every label. */
export const LARGEST_TABLE = 2 ** 22;

/** Takes the shares of a pass, and hands each parameter's gradient to the reducers when it is finished. */
export class ParameterSums implements Taker {
  readonly #network: Network;
  readonly #dtype: FloatType;
  readonly #batch: ResponseBatch;
  readonly #reducers: readonly Reducer<unknown>[];
  readonly #sums = new Map<string, LeafSum>();
  readonly #seeds: readonly Float64Array[];
  readonly #largestTable: number;

  constructor(
    network: Network,
    dtype: FloatType,
    seeds: Readonly<Record<string, Float64Array>>,
    batch: ResponseBatch,
    reducers: readonly Reducer<unknown>[],
    largestTable = LARGEST_TABLE,
  ) {
    this.#network = network;
    this.#dtype = dtype;
    this.#seeds = Object.values(seeds);
    this.#largestTable = largestTable;
    const labels = Object.keys(seeds);
    this.#batch = batch;
    this.#reducers = reducers;
    for (const reducer of reducers) reducer.begin({ labels, trajectories: batch.offsets.length - 1 });
  }

  /** What any reducer will ask of a parameter. */
  wanted(path: string): Wanted {
    const all = this.#reducers.map((reducer) => reducer.wants(path));
    const is = (key: keyof Wanted): boolean => all.some((wanted) => wanted[key] === true);
    return {
      labels: is('labels'),
      gram: is('gram'),
      trajectories: is('trajectories'),
      direction: is('direction'),
    };
  }

  #sumOf(path: string): LeafSum {
    const found = this.#sums.get(path);
    if (found !== undefined) return found;
    const { shape } = this.#network.layout.find((spec) => spec.path === path)!;
    const { embed, head } = this.#network.paths;
    const hasOneShare = this.#batch.inputs.length === 1 && !(embed.includes(path) && head.includes(path));
    const wanted = this.wanted(path);
    const isTable = shape.length === 2 && shape[0] === this.#network.config.vocabulary;
    const isLarge = isTable && shape[0]! * shape[1]! > this.#largestTable && wanted.labels !== true;
    const asksLabels = wanted.labels === true || wanted.direction === true;
    const facts = { path, shape, dtype: this.#dtype };
    const made = isLarge
      ? new TableSum(path, this.#seeds, this.#batch, wanted)
      : new ParameterSum(facts, this.#seeds.length, { ...wanted, labels: asksLabels }, hasOneShare);
    this.#sums.set(path, made);
    return made;
  }

  /** The sum of a table that is not held whole; undefined of any other parameter. */
  tableOf(path: string): TableSum | undefined {
    const found = this.#sumOf(path);
    return found instanceof TableSum ? found : undefined;
  }

  needsOwners(path: string): boolean {
    return this.#sumOf(path).needsOwners;
  }

  take(path: string, shares: readonly (GradientShare | undefined)[], owned: Owners | undefined): void {
    this.#sumOf(path).add(shares, owned);
  }

  takeOwned(path: string, shares: readonly (GradientShare | undefined)[], owned: Owners): void {
    this.#sumOf(path).addOwned(shares, owned);
  }

  /** All shares of these parameters are there. */
  finish(paths: readonly string[]): void {
    for (const path of paths) {
      const sum = this.#sumOf(path);
      const wanted = this.wanted(path);
      const gradient = sum.finish(this.#batch.offsets.length - 1);
      if (Object.values(wanted).includes(true)) for (const reducer of this.#reducers) reducer.take(gradient);
      sum.dispose();
      this.#sums.delete(path);
    }
  }

  /** Frees what was begun. */
  dispose(): void {
    for (const sum of this.#sums.values()) sum.dispose();
    this.#sums.clear();
  }
}
