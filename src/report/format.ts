// Numbers as readers see them: six digits, exponents where zeros would pile up, NaN and infinities by name.

/** Digits of a number in a table. */
const DIGITS = 6;

/** Below 10⁻⁴ and from 10⁷ on (or where more than two digits would be filled with zeros) numbers get an exponent. */
const SMALLEST_PLAIN = 1e-4;
const SMALLEST_EXPONENT = 1e7;

/** Below this a number is rounding noise of numbers around 1, and four digits of it are enough. */
const NOISE = 1e-9;
const NOISE_DIGITS = 4;

/** `0.25`, `-1.5e-12`, `12`, `NaN`, `Infinity`: at most `digits` significant digits, no zeros at the end. */
export function formatNumber(x: number, digits: number = DIGITS): string {
  if (!Number.isFinite(x) || x === 0) return String(x === 0 ? 0 : x);
  const size = Math.abs(x);
  const limit = Math.min(SMALLEST_EXPONENT, 10 ** (digits + 2));
  if (Number.isInteger(x) && size < limit) return String(x);
  if (size >= SMALLEST_PLAIN && size < limit) return String(Number(x.toPrecision(digits)));
  const kept = size < NOISE ? Math.min(digits, NOISE_DIGITS) : digits;
  return x
    .toExponential(kept - 1)
    .replace(/\.?0*e/, 'e')
    .replace('e+', 'e');
}

/** The same with a minus sign and an infinity sign, for pages and pictures. */
export function typesetNumber(x: number, digits: number = DIGITS): string {
  return formatNumber(x, digits).replace('Infinity', '∞').replaceAll('-', '−');
}

/** A number with its sign always shown, for advantages. */
export function typesetSigned(x: number, digits: number = DIGITS): string {
  return x > 0 ? `+${typesetNumber(x, digits)}` : typesetNumber(x, digits);
}

/** A part of a whole: `38 %`; a dash where the whole is 0 or not a number. */
export function formatShare(part: number, whole: number): string {
  const share = (100 * part) / whole;
  if (!Number.isFinite(share)) return '–';
  return `${share.toFixed(share !== 0 && Math.abs(share) < 9.95 ? 1 : 0)} %`;
}

/** `0.8 ms`, `85 ms`, `1.24 s`, `83 s`. */
export function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  if (seconds < 0.0095) return `${(1000 * seconds).toFixed(1)} ms`;
  if (seconds < 0.9995) return `${(1000 * seconds).toFixed(0)} ms`;
  return `${seconds.toFixed(seconds < 9.995 ? 2 : 0)} s`;
}

/** `1 claim`, `3 claims`; -s unless the plural is given. */
export function count(n: number, noun: string, plural: string = `${noun}s`): string {
  return `${n} ${n === 1 ? noun : plural}`;
}
