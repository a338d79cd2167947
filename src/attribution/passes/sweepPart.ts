// A labelled backward sweep through one part of a network, whose parameters' shares are given away as soon as they are there.
import {
  type GradientShare,
  type Parameters,
  type Shape,
  scope,
  type Tensor,
  vjp,
} from '../../autodiff/index.ts';
import { free, held } from './held.ts';
import type { Owners } from './owners.ts';
import { addedUp } from './terms.ts';
import { rowsOf } from './trajectoryNorms.ts';

/** Rows that a part goes over. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** A part of a network: of rows of its input to as many places of its output. */
export interface Part {
  readonly parameters: Parameters;
  /** [rows, …] what comes from the part before; undefined for the first, which reads tokens. */
  readonly input: Tensor | undefined;
  /** The number of places. */
  readonly places: number;
  /** Its output at some places, from the input at these. A range is all places or those of one owner. */
  run(parameters: Parameters, input: Tensor | undefined, range: Range): Tensor;
}

/** Who takes the shares of gradients. */
export interface Taker {
  /** Whether a parameter's shares must say whose they are. */
  needsOwners(path: string): boolean;
  /** A share by label, freed after the call. Without owners it is of nobody in particular; its owners' own ones come by `takeOwned`. */
  take(path: string, shares: readonly (GradientShare | undefined)[], owned: Owners | undefined): void;
  /** A share of owners' own, by label, which `take` is given as part of another. */
  takeOwned(path: string, shares: readonly (GradientShare | undefined)[], owned: Owners): void;
}

/** A share by label; undefined for labels that have none. */
type Shares = readonly (GradientShare | undefined)[];

/** The input among the leaves; no path is called so. */
const INPUT = ' input';

function cutAt(x: Tensor | undefined, { from, to }: Range): Tensor | undefined {
  return x && (from === 0 && to === x.shape[0] ? x : rowsOf(x, from, to));
}

/**
 * Whether the rows of a share are those of the part's places, in their order. Of ops that depend on its input they are, as many as there
 * are for each place; the first part, which has none, looks tokens up.
 */
function hasRowsOf(share: GradientShare | undefined, { input, places }: Part): boolean {
  if (share === undefined) return true;
  if (share.kind === 'dense') return false;
  const rows = share.kind === 'outer' ? share.left.shape[0]! : share.values.shape[0]!;
  return input === undefined ? share.kind === 'placed' && rows === places : rows % places === 0;
}

/** The shares added up. */
function dense(shares: Shares, shape: Shape): Shares {
  return shares.map((share) => share && { kind: 'dense', gradient: addedUp(share, shape) });
}

/**
 * Sweeps back from the cotangents of a part's output.
 * @param cotangents one per label
 * @param watch is given the output
 * @returns the cotangents of its input per label, which the caller frees; undefined where nothing flows
 */
export function sweepPart(
  part: Part,
  cotangents: readonly Tensor[],
  owned: Owners,
  taker: Taker,
  watch: (output: Tensor) => void = () => undefined,
): (Tensor | undefined)[] {
  const back: (Tensor | undefined)[] = cotangents.map(() => undefined);
  const uses = new Map<string, boolean[]>();
  try {
    const whole = { from: 0, to: part.places };
    sweepRange(part, part.parameters, whole, cotangents, watch, (path, shares) => {
      if (path === INPUT) {
        for (const [l, share] of shares.entries()) {
          if (share?.kind === 'dense') back[l] = held(share.gradient);
        }
        return;
      }
      const isMixed = !shares.every((share) => hasRowsOf(share, part));
      const isApart = isMixed && owned.owners.length > 1 && taker.needsOwners(path);
      uses.set(path, [...(uses.get(path) ?? []), isApart]);
      const { shape } = part.parameters[path]!;
      taker.take(path, isMixed ? dense(shares, shape) : shares, isApart ? undefined : owned);
    });
    if ([...uses.values()].flat().includes(true)) sweepByOwner(part, cotangents, owned, uses, taker);
    return back;
  } catch (error) {
    free(back);
    throw error;
  }
}

/** Sweeps over some places, and gives the shares of some parameters and of the input. */
function sweepRange(
  part: Part,
  parameters: Parameters,
  range: Range,
  cotangents: readonly Tensor[],
  watch: (output: Tensor) => void,
  take: (path: string, shares: Shares) => void,
): void {
  scope(() => {
    const input = cutAt(part.input, range);
    const leaves: Parameters = { ...parameters, ...(input === undefined ? {} : { [INPUT]: input }) };
    const run = ({ [INPUT]: x, ...some }: Parameters): Tensor =>
      part.run({ ...part.parameters, ...some }, x, range);
    const { value, reduce } = vjp(run, leaves);
    watch(value);
    const labels = cotangents.map((_, l) => String(l));
    const seeds = Object.fromEntries(labels.map((label, l) => [label, cutAt(cotangents[l], range)!]));
    const give = (path: string, found: Readonly<Record<string, GradientShare | undefined>>): void =>
      take(
        path,
        labels.map((label) => found[label]),
      );
    reduce(seeds, give, input && INPUT);
  });
}

/**
 * The same for each owner alone, as far as shares do not say whose their parts are.
 * @param uses of every parameter, which of its shares these are, in the order in which a sweep gives them
 */
function sweepByOwner(
  part: Part,
  cotangents: readonly Tensor[],
  { owners }: Owners,
  uses: ReadonlyMap<string, readonly boolean[]>,
  taker: Taker,
): void {
  const wanted = Object.entries(part.parameters).filter(([path]) => uses.get(path)?.includes(true));
  for (const { trajectory, from, to } of owners) {
    const own = { places: to - from, owners: [{ trajectory, from: 0, to: to - from }] };
    const seen = new Map<string, number>();
    const take = (path: string, shares: Shares): void => {
      const use = seen.get(path) ?? 0;
      seen.set(path, use + 1);
      if (uses.get(path)?.[use] !== true) return;
      taker.takeOwned(path, dense(shares, part.parameters[path]!.shape), own);
    };
    sweepRange(part, Object.fromEntries(wanted), { from, to }, cotangents, () => undefined, take);
  }
}
