// Numbers as the explorer writes them: four digits, a real minus sign.

/** Below this and from this on a number has an exponent. */
const SMALLEST = 1e-3;
const LARGEST = 1e6;

/** `0.25`, `−1.5e−7`, `12`, `–` for what is no number. */
export function numberText(x: number, digits = 4): string {
  if (Number.isNaN(x)) return '–';
  if (!Number.isFinite(x)) return x > 0 ? '∞' : '−∞';
  const size = Math.abs(x);
  const isPlain = x === 0 || (size >= SMALLEST && size < LARGEST);
  const text = isPlain
    ? String(Number(x.toPrecision(digits)))
    : x.toExponential(digits - 1).replace(/\.?0*e\+?/, 'e');
  return text.replaceAll('-', '−');
}

/** A part of a whole: `38 %`, `0.4 %`. */
export function shareText(share: number): string {
  if (!Number.isFinite(share)) return '–';
  const percent = 100 * share;
  return `${percent.toFixed(percent !== 0 && Math.abs(percent) < 9.95 ? 1 : 0)} %`.replace('-', '−');
}
