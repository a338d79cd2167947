// The gradient of a table of tokens that is too large to be made for every label: of an output layer, of an embedding, or of both at once.
// In the output layer token t adds w_t·r_t⊗h_t, with the residual r_t = 1_target − p_t, the row h_t that the layer reads, and the seed w_t of
// a label. All inner products come from M_ts = ⟨r_t, r_s⟩⟨h_t, h_s⟩; those with the embedding's part, which has the rows of the tokens that
// were read alone, from the entries of r_t at these.
import {
  add,
  concat,
  type GradientShare,
  gather,
  indices,
  matmulNT,
  matmulTN,
  mul,
  type OuterTerms,
  type PlacedTerms,
  reshape,
  scatterAdd,
  scope,
  sum,
  type Tensor,
} from '../../autodiff/index.ts';
import { InputError } from '../../base/errors.ts';
import { free, held } from './held.ts';
import { gramOf, type LeafSum } from './leafSum.ts';
import type { Owners } from './owners.ts';
import type { ParameterGradient, TableDirections, TrajectoryNumbers, Wanted } from './reducers/reducer.ts';
import type { ResponseBatch } from './responseBatch.ts';
import { innerProductOf, scaledRows } from './terms.ts';
import { placedNorm } from './trajectoryNorms.ts';

/** Rows placed in the table, of one rectangle: by label, and whose they are. */
interface Placed {
  /** The place of each row among the tokens that were read. */
  readonly at: Int32Array;
  readonly values: readonly (Tensor | undefined)[];
  readonly owned: Owners;
}

/** What the output layer adds for some tokens with seeds of 1. */
export interface HeadRows {
  readonly from: number;
  readonly to: number;
  /** [n, V] */
  readonly residual: Tensor;
  /** [n, d] */
  readonly row: Tensor;
}

/** Terms of an output layer whose weight is [V, d]. */
export function headRowsOf({ left, right }: OuterTerms, from: number, to: number): HeadRows {
  return { from, to, residual: left, row: right };
}

/** Inner products of the gradients of one such table. It holds tensors until `dispose`. */
export class TableSum implements LeafSum {
  readonly #path: string;
  readonly #seeds: readonly Float64Array[];
  readonly #batch: ResponseBatch;
  readonly #wanted: Wanted;
  /** The tokens that were read, and the index of each. */
  readonly #read: Int32Array;
  readonly #indexOf: ReadonlyMap<number, number>;
  /** [N·N] M, row by row; made by the output layer. */
  #products: Float64Array | undefined;
  /** By range: r_t at the tokens that were read, [n, U], and h_t, [n, d]. */
  readonly #entries: Tensor[] = [];
  readonly #rows: Tensor[] = [];
  readonly #placed: Placed[] = [];

  constructor(path: string, seeds: readonly Float64Array[], batch: ResponseBatch, wanted: Wanted) {
    this.#path = path;
    this.#seeds = seeds;
    this.#batch = batch;
    this.#wanted = wanted;
    this.#read = Int32Array.from(new Set(batch.inputs.flatMap(({ ids }) => [...ids])));
    this.#indexOf = new Map(Array.from(this.#read, (id, u) => [id, u]));
  }

  get needsOwners(): boolean {
    return this.#wanted.trajectories === true;
  }

  get #total(): number {
    return this.#batch.targets.length;
  }

  /** Adds the rows of the embedding. */
  add(shares: readonly (GradientShare | undefined)[], owned: Owners | undefined): void {
    const placed = shares.flatMap((share): PlacedTerms[] => (share?.kind === 'placed' ? [share] : []));
    const [first] = placed;
    if (first === undefined) return;
    if (placed.length !== shares.filter((share) => share !== undefined).length || owned === undefined) {
      throw this.#isMixed();
    }
    this.#placed.push({
      at: (first.at.readSync() as Int32Array).map((id) => this.#indexOf.get(id)!),
      values: shares.map((share) => (share?.kind === 'placed' ? held(share.values) : undefined)),
      owned,
    });
  }

  addOwned(): void {
    throw this.#isMixed();
  }

  #isMixed(): InputError {
    const found = `parameter "${this.#path}" is used for something else than looking tokens up and as the weight [V, d] of an output layer`;
    return new InputError(`${found}: its gradient must be held whole (largestTable)`);
  }

  /** Adds tokens of the output layer, the ranges in ascending order; then come their pairs with all ranges before. */
  addHead({ from, to, residual, row }: HeadRows): void {
    this.#products ??= new Float64Array(this.#total ** 2);
    scope(() => {
      const V = residual.shape[1]!;
      const at = new Int32Array((to - from) * this.#read.length);
      for (let t = 0; t < to - from; t++) {
        for (const [u, id] of this.#read.entries()) at[t * this.#read.length + u] = t * V + id;
      }
      const picked = gather(reshape(residual, [residual.size]), indices(at));
      this.#entries.push(held(reshape(picked, [to - from, this.#read.length])));
      this.#rows.push(held(row));
    });
    const own = { from, to, residual, row };
    this.addPair(own, own);
  }

  /** Fills M for two ranges. */
  addPair(one: HeadRows, other: HeadRows): void {
    const [n, m] = [one.to - one.from, other.to - other.from];
    const values = scope(() =>
      mul(matmulNT(one.residual, other.residual), matmulNT(one.row, other.row)).readSync(),
    );
    for (let t = 0; t < n; t++) {
      for (let s = 0; s < m; s++) {
        this.#products![(one.from + t) * this.#total + other.from + s] = values[t * m + s]!;
        this.#products![(other.from + s) * this.#total + one.from + t] = values[t * m + s]!;
      }
    }
  }

  finish(trajectories: number): ParameterGradient {
    const missing = (): never => {
      throw new Error(`${this.#path}: the gradient is not held whole`);
    };
    return {
      path: this.#path,
      labels: missing,
      gram: () => scope(() => this.#gram()),
      trajectories: () => scope(() => this.#trajectories(trajectories)),
      tableDirections: () => scope(() => this.#directions()),
    };
  }

  #directions(): TableDirections {
    const found = this.#seeds.map((weights, l) => {
      const embedding = this.#embeddingOf(l);
      const terms = [this.#headAtRead(weights), embedding].flatMap((x) => x ?? []);
      const times = this.#times(weights);
      const along = this.#headAlong(embedding);
      return {
        rows: terms.length === 0 ? [] : terms.reduce((total, x) => add(total, x)).readSync(),
        throughHead: times.map((x, t) => x + along[t]!),
      };
    });
    return {
      read: this.#read,
      rows: found.map(({ rows }) => rows),
      throughHead: found.map(({ throughHead }) => throughHead),
    };
  }

  /** M·w. */
  #times(weights: Float64Array): Float64Array {
    const found = new Float64Array(this.#total);
    if (this.#products === undefined) return found;
    for (let t = 0; t < found.length; t++) {
      let total = 0;
      for (let s = 0; s < found.length; s++) total += this.#products[t * found.length + s]! * weights[s]!;
      found[t] = total;
    }
    return found;
  }

  /** [U, d] what the output layer adds to the rows that were read, with these seeds; undefined without one. */
  #headAtRead(weights: Float64Array): Tensor | undefined {
    let from = 0;
    const terms = this.#rows.map((row, i) => {
      const to = from + row.shape[0]!;
      const scaled = scaledRows({ kind: 'sum', values: row }, weights.subarray(from, to));
      from = to;
      return matmulTN(this.#entries[i]!, scaled.values);
    });
    return terms.length === 0 ? undefined : terms.reduce((total, term) => add(total, term));
  }

  /** [U, d] what the embedding adds to them, of one label; undefined if nothing. */
  #embeddingOf(label: number): Tensor | undefined {
    const terms = this.#placed.flatMap(({ at, values }) =>
      values[label] === undefined ? [] : [scatterAdd(values[label], indices(at), this.#read.length)],
    );
    return terms.length === 0 ? undefined : terms.reduce((total, term) => add(total, term));
  }

  #gram(): Float64Array {
    const heads = this.#seeds.map((weights) => this.#headAtRead(weights));
    const embeddings = this.#seeds.map((_, l) => this.#embeddingOf(l));
    const times = this.#seeds.map((weights) => this.#times(weights));
    return gramOf(this.#seeds.length, (a, b) => {
      const own = this.#seeds[a]!.reduce((total, w, t) => total + w * times[b]![t]!, 0);
      return (
        own +
        product(heads[a], embeddings[b]) +
        product(embeddings[a], heads[b]) +
        product(embeddings[a], embeddings[b])
      );
    });
  }

  #trajectories(count: number): TrajectoryNumbers {
    const squaredNorm = new Float64Array(count);
    const withBatch = new Float64Array(count);
    const N = this.#total;
    const weights = new Float64Array(N);
    for (const seeds of this.#seeds) for (const [t, w] of seeds.entries()) weights[t]! += w;
    const { offsets } = this.#batch;
    const times = this.#times(weights);
    const embeddings = this.#seeds.flatMap((_, l) => this.#embeddingOf(l) ?? []);
    const embedding = embeddings.length === 0 ? undefined : embeddings.reduce((total, x) => add(total, x));
    const along = this.#headAlong(embedding);
    for (let b = 0; b < count; b++) {
      for (let t = offsets[b]!; t < offsets[b + 1]!; t++) {
        withBatch[b]! += weights[t]! * (times[t]! + along[t]!);
        if (this.#products === undefined) continue;
        for (let s = offsets[b]!; s < offsets[b + 1]!; s++) {
          squaredNorm[b]! += weights[t]! * weights[s]! * this.#products[t * N + s]!;
        }
      }
    }
    const head = this.#headAtRead(weights);
    const rest = [head, embedding].flatMap((x) => x ?? []);
    if (embedding === undefined) return { squaredNorm, withBatch };
    const whole = rest.reduce((total, x) => add(total, x));
    const rows = this.#rows.length === 0 ? undefined : concat(this.#rows, 0);
    const entries = this.#entries.length === 0 ? undefined : concat(this.#entries, 0);
    for (const { at, values, owned } of this.#placed) {
      scope(() => {
        const filled = values.flatMap((x) => x ?? []);
        if (filled.length === 0) return;
        const total = filled.reduce((sum, x) => add(sum, x));
        const products = sum(mul(gather(whole, indices(at)), total), -1).readSync();
        const numbers = total.readSync();
        const width = total.shape[1]!;
        for (const { trajectory: b, from, to } of owned.owners) {
          for (let r = from; r < to; r++) withBatch[b]! += products[r]!;
          const own = scope(() => {
            const places = indices(at.subarray(from, to));
            return scatterAdd(gather(total, indices(range(from, to))), places, this.#read.length);
          });
          squaredNorm[b]! += placedNorm(at, numbers, width, from, to);
          if (rows !== undefined && entries !== undefined) {
            // 2⟨head, embedding⟩ of the trajectory
            const tokens = indices(range(offsets[b]!, offsets[b + 1]!));
            const mine = scaledRows(
              { kind: 'sum', values: gather(rows, tokens) },
              weights.subarray(offsets[b]!, offsets[b + 1]!),
            ).values;
            const crossed = mul(matmulNT(mine, own), gather(entries, tokens));
            squaredNorm[b]! += 2 * sum(crossed).item();
          }
        }
      });
    }
    return { squaredNorm, withBatch };
  }

  /** ⟨r_t⊗h_t, E⟩ of every token, [N], with the embedding's part E. */
  #headAlong(embedding: Tensor | undefined): Float64Array {
    if (embedding === undefined || this.#rows.length === 0) return new Float64Array(this.#total);
    const found = this.#rows.map((row, i) =>
      sum(mul(matmulNT(row, embedding), this.#entries[i]!), -1).readSync(),
    );
    return Float64Array.from(found.flatMap((x) => [...x]));
  }

  dispose(): void {
    free(this.#entries);
    free(this.#rows);
    for (const { values } of this.#placed) free(values);
  }
}

function product(a: Tensor | undefined, b: Tensor | undefined): number {
  return a === undefined || b === undefined ? 0 : innerProductOf(a, b);
}

function range(from: number, to: number): Int32Array {
  return Int32Array.from({ length: to - from }, (_, i) => from + i);
}
