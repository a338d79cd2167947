// Which trajectory each part of a share of a gradient belongs to.
import type { ResponseBatch } from './responseBatch.ts';

/** Places from … to − 1 of a share belong to a trajectory. */
export interface Owner {
  readonly trajectory: number;
  readonly from: number;
  readonly to: number;
}

/** Of the places of a share, of which every one has as many rows as any other. */
export interface Owners {
  readonly places: number;
  /** Ascending, without overlap; no gradient flows through places that nobody owns. */
  readonly owners: readonly Owner[];
}

/** Owners of the places of every rectangle: each row of a rectangle belongs to the trajectory that lies in it. */
export function ownersOfInputs({ inputs, offsets, rows }: ResponseBatch): Owners[] {
  let before = 0;
  const lengths: number[] = [];
  const starts = inputs.map(({ ids, length }) => {
    const start = before;
    before += ids.length;
    lengths.push(length);
    return start;
  });
  const found = inputs.map((): Owner[] => []);
  for (let trajectory = 0; trajectory + 1 < offsets.length; trajectory++) {
    if (offsets[trajectory] === offsets[trajectory + 1]) continue;
    const row = rows[offsets[trajectory]!]!;
    const part = starts.findLastIndex((start) => start <= row);
    const from = Math.floor((row - starts[part]!) / lengths[part]!) * lengths[part]!;
    found[part]!.push({ trajectory, from, to: from + lengths[part]! });
  }
  return found.map((owners, i) => ({
    places: inputs[i]!.ids.length,
    owners: owners.sort((a, b) => a.from - b.from),
  }));
}

/** Owners of the response tokens. */
export function ownersOfTokens({ offsets, targets }: ResponseBatch): Owners {
  const owners = Array.from({ length: offsets.length - 1 }, (_, trajectory) => ({
    trajectory,
    from: offsets[trajectory]!,
    to: offsets[trajectory + 1]!,
  }));
  return { places: targets.length, owners: owners.filter(({ from, to }) => to > from) };
}

/** The owners of the places from … to − 1, counted from the first of these. */
export function ownersWithin({ owners }: Owners, from: number, to: number): Owners {
  const cut = owners.map((owner) => ({
    trajectory: owner.trajectory,
    from: Math.max(owner.from, from) - from,
    to: Math.min(owner.to, to) - from,
  }));
  return { places: to - from, owners: cut.filter((owner) => owner.to > owner.from) };
}
