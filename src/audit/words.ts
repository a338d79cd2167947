// Numbers in the sentences of findings.

/** Three significant digits. */
export function short(x: number): string {
  return String(Number(x.toPrecision(3)));
}

/** A share, from 0 to 1, in percent. */
export function percent(share: number): string {
  return `${short(100 * share)} %`;
}
