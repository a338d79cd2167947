// Numbers as findings say them.

/** A number with three digits that matter. */
export function short(x: number): string {
  return Number.isFinite(x) ? String(Number(x.toPrecision(3))) : String(x);
}

/** A share in per cent. */
export function percent(share: number): string {
  return `${short(100 * share)} %`;
}

/** `1 group`, `2 groups`, `2 trajectories`, `2 batches`. */
export function counted(n: number, noun: string): string {
  if (n === 1) return `1 ${noun}`;
  if (noun.endsWith('ch')) return `${n} ${noun}es`;
  return noun.endsWith('y') ? `${n} ${noun.slice(0, -1)}ies` : `${n} ${noun}s`;
}
