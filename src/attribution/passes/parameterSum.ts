// The gradient of one parameter while a pass goes over its shares, and what is asked of it when all are there.

import type { FloatType } from '../../autodiff/index.ts';
import {
  add,
  type GradientShare,
  matmulNT,
  mul,
  type Shape,
  scope,
  sum,
  type Tensor,
  zeros,
} from '../../autodiff/index.ts';
import { free, held } from './held.ts';
import { gramOf, type LeafSum } from './leafSum.ts';
import type { Owners } from './owners.ts';
import type { ParameterGradient, TrajectoryNumbers, Wanted } from './reducers/reducer.ts';
import {
  addedUp,
  commonFactor,
  innerProductOf,
  replaced,
  rowProducts,
  sumOfShares,
  tensorsOf,
} from './terms.ts';
import { normsOfShare, type OwnedShare, partOf } from './trajectoryNorms.ts';

/** What a parameter is. */
export interface ParameterFacts {
  readonly path: string;
  readonly shape: Shape;
  readonly dtype: FloatType;
}

/** Reading and adding two numbers costs about as much as so many products of a matrix product. */
const COST_OF_READING = 8;

/** The shares of one parameter's gradient. It holds tensors until `dispose`. */
export class ParameterSum implements LeafSum {
  readonly #facts: ParameterFacts;
  readonly #labels: number;
  readonly #wanted: Wanted;
  readonly #keepsTerms: boolean;
  readonly #terms: (readonly (GradientShare | undefined)[])[] = [];
  readonly #sums: (Tensor | undefined)[];
  readonly #owned: OwnedShare[] = [];

  /**
   * @param labels how many
   * @param wanted what will be asked
   * @param keepsTerms keeps terms as they are until they are asked for, which pays if there is one share
   */
  constructor(facts: ParameterFacts, labels: number, wanted: Wanted, keepsTerms: boolean) {
    this.#facts = facts;
    this.#labels = labels;
    this.#wanted = wanted;
    this.#keepsTerms = keepsTerms;
    this.#sums = new Array<undefined>(labels).fill(undefined);
  }

  /** Whether shares must say whose their parts are. */
  get needsOwners(): boolean {
    return this.#wanted.trajectories === true;
  }

  /** Adds a share: by label, and for all trajectories; `owned` undefined where that has been given apart. */
  add(shares: readonly (GradientShare | undefined)[], owned: Owners | undefined): void {
    if (this.#wanted.gram === true || this.#wanted.labels === true) {
      if (this.#keepsTerms) this.#terms.push(shares.map((share) => share && replaced(share, held)));
      else this.#addUp(shares);
    }
    if (owned !== undefined && this.needsOwners) this.addOwned(shares, owned);
  }

  /** Adds a share for the trajectories alone. */
  addOwned(shares: readonly (GradientShare | undefined)[], owned: Owners): void {
    scope(() => {
      const filled = shares.flatMap((share) => share ?? []);
      if (filled.length === 0) return;
      this.#owned.push({ share: replaced(sumOfShares(filled, this.#facts.shape), held), owned });
    });
  }

  #addUp(shares: readonly (GradientShare | undefined)[]): void {
    for (const [l, share] of shares.entries()) {
      if (share === undefined) continue;
      scope(() => {
        const term = addedUp(share, this.#facts.shape);
        const before = this.#sums[l];
        this.#sums[l] = held(before === undefined ? term : add(before, term));
        before?.dispose();
      });
    }
  }

  /** What is asked; its tensors live until `dispose`. */
  finish(trajectories: number): ParameterGradient {
    const { path, shape, dtype } = this.#facts;
    return {
      path,
      labels: () => {
        this.#addUpTerms();
        for (let l = 0; l < this.#labels; l++) this.#sums[l] ??= scope(() => held(zeros(shape, dtype)));
        return this.#sums as readonly Tensor[];
      },
      gram: () => this.#gram(),
      trajectories: () => this.#trajectories(trajectories),
    };
  }

  #addUpTerms(): void {
    for (const shares of this.#terms.splice(0)) {
      this.#addUp(shares);
      for (const share of shares) if (share !== undefined) free(tensorsOf(share));
    }
  }

  #gram(): Float64Array {
    const byRows = this.#gramByRows();
    if (byRows !== undefined) return byRows;
    this.#addUpTerms();
    return gramOf(this.#labels, (a, b) => {
      const [x, y] = [this.#sums[a], this.#sums[b]];
      return x === undefined || y === undefined ? 0 : innerProductOf(x, y);
    });
  }

  /** Σ_ts ⟨c_t, c_s⟩⟨a_t, b_s⟩ with the common factor c of the labels, where that costs less. */
  #gramByRows(): Float64Array | undefined {
    const [shares, another] = this.#terms;
    if (shares === undefined || another !== undefined || this.#wanted.labels === true) return undefined;
    const outer = shares.flatMap((share) => (share?.kind === 'outer' ? [share] : []));
    const common = commonFactor(outer);
    if (outer.length !== this.#labels || common === undefined) return undefined;
    const other = common === 'left' ? 'right' : 'left';
    const [n, p] = outer[0]![common].shape as [number, number];
    const q = outer[0]![other].shape[1]!;
    const pairs = (this.#labels * (this.#labels + 1)) / 2;
    const costByRows = n * n * (p + pairs * (q + COST_OF_READING));
    if (costByRows > this.#labels * n * p * q + pairs * COST_OF_READING * p * q) return undefined;
    return scope(() => {
      const rows = matmulNT(outer[0]![common], outer[0]![common]);
      return gramOf(this.#labels, (a, b) =>
        scope(() => sum(mul(rows, matmulNT(outer[a]![other], outer[b]![other]))).item()),
      );
    });
  }

  #trajectories(count: number): TrajectoryNumbers {
    const { shape } = this.#facts;
    const squaredNorm = new Float64Array(count);
    const withBatch = new Float64Array(count);
    scope(() => {
      const [first, ...rest] = this.#owned.map(({ share }) => share);
      if (first === undefined) return;
      const whole = rest.reduce((sum, share) => add(sum, addedUp(share, shape)), addedUp(first, shape));
      const parts = Array.from({ length: count }, (): GradientShare[] => []);
      for (const one of this.#owned) {
        const products = rowProducts(one.share, whole);
        const rows = one.share.kind === 'dense' ? 1 : products.length / one.owned.places;
        for (const owner of one.owned.owners) {
          const [from, to] = one.share.kind === 'dense' ? [0, 1] : [owner.from * rows, owner.to * rows];
          for (let r = from; r < to; r++) withBatch[owner.trajectory]! += products[r]!;
          parts[owner.trajectory]!.push(one.share);
        }
      }
      const alone = (trajectory: number): boolean => parts[trajectory]!.length === 1;
      for (const one of this.#owned) {
        const owners = one.owned.owners.filter(({ trajectory }) => alone(trajectory));
        const norms = normsOfShare({ share: one.share, owned: { ...one.owned, owners } }, shape);
        for (const [trajectory, norm] of norms) squaredNorm[trajectory] = norm;
      }
      for (let b = 0; b < count; b++) {
        if (parts[b]!.length > 1) squaredNorm[b] = this.#normOfSeveral(b);
      }
    });
    return { squaredNorm, withBatch };
  }

  /** ‖·‖² of a trajectory with several shares, added up. */
  #normOfSeveral(b: number): number {
    return scope(() => {
      const terms = this.#owned.flatMap((one) =>
        one.owned.owners
          .filter(({ trajectory }) => trajectory === b)
          .map((owner) => addedUp(partOf(one, owner), this.#facts.shape)),
      );
      const total = terms.reduce((sum, term) => add(sum, term));
      return innerProductOf(total, total);
    });
  }

  /** Frees all that it holds. */
  dispose(): void {
    free(this.#sums);
    for (const shares of this.#terms.splice(0)) {
      for (const share of shares) if (share !== undefined) free(tensorsOf(share));
    }
    for (const { share } of this.#owned.splice(0)) free(tensorsOf(share));
  }
}
