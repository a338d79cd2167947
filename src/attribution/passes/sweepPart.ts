// A labelled backward sweep through one part of a network, whose parameters' shares are given away as soon as they are there.
import { type GradientShare, type Parameters, scope, type Tensor, vjp } from '../../autodiff/index.ts';
import { held } from './held.ts';
import type { Owners } from './owners.ts';
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

/** The input among the leaves; no path is called so. */
const INPUT = ' input';

function cutAt(x: Tensor | undefined, { from, to }: Range): Tensor | undefined {
  return x && (from === 0 && to === x.shape[0] ? x : rowsOf(x, from, to));
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
  const labels = cotangents.map((_, l) => String(l));
  const back: (Tensor | undefined)[] = labels.map(() => undefined);
  const whole = { from: 0, to: part.places };
  const ownerless: string[] = [];
  scope(() => {
    const leaves: Parameters = {
      ...part.parameters,
      ...(part.input === undefined ? {} : { [INPUT]: part.input }),
    };
    const { value, reduce } = vjp((p: Parameters) => part.run(p, p[INPUT], whole), leaves);
    watch(value);
    reduce(Object.fromEntries(cotangents.map((x, l) => [labels[l]!, x])), (path, found) => {
      const shares = labels.map((label) => found[label]);
      if (path === INPUT) {
        for (const [l, share] of shares.entries()) {
          if (share?.kind === 'dense') back[l] = held(share.gradient);
        }
        return;
      }
      const isDense = shares.some((share) => share?.kind === 'dense');
      const isApart = isDense && owned.owners.length > 1 && taker.needsOwners(path);
      if (isApart) ownerless.push(path);
      taker.take(path, shares, isApart ? undefined : owned);
    });
  });
  if (ownerless.length > 0) sweepByOwner(part, cotangents, owned, ownerless, taker);
  return back;
}

/** The same for each owner alone, as far as parameters need it whose shares do not say whose their parts are. */
function sweepByOwner(
  part: Part,
  cotangents: readonly Tensor[],
  { owners }: Owners,
  paths: readonly string[],
  taker: Taker,
): void {
  for (const { trajectory, from, to } of owners) {
    scope(() => {
      const leaves = Object.fromEntries(paths.map((path) => [path, part.parameters[path]!]));
      const input = cutAt(part.input, { from, to });
      const { reduce } = vjp(
        (p: Parameters) => part.run({ ...part.parameters, ...p }, input, { from, to }),
        leaves,
      );
      const own = { places: to - from, owners: [{ trajectory, from: 0, to: to - from }] };
      const seeds = cotangents.map((x, l) => [String(l), cutAt(x, { from, to })!]);
      reduce(Object.fromEntries(seeds), (path, found) => {
        taker.takeOwned(
          path,
          seeds.map(([label]) => found[label as string]),
          own,
        );
      });
    });
  }
}
