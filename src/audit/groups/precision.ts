// How precisely numbers were logged: every comparison with a formula allows for the rounding of what was printed.

/** The rounding of a column: a number x of it is off by at most `step` + `relative`·|x|. */
export interface Precision {
  readonly step: number;
  readonly relative: number;
}

/** More decimals than this are those of a float, printed whole. */
const MOST_DECIMALS = 7;
/** Float32, and the few operations of a trainer in it. */
const FLOAT32 = 2 ** -21;
/** bfloat16 keeps 8 bits. */
const BFLOAT16 = 2 ** -8;

/** The decimals of a printed number; undefined if they are more than a rounded number has. */
function decimalsOf(x: number): number | undefined {
  for (let d = 0; d <= MOST_DECIMALS; d++) {
    const scaled = x * 10 ** d;
    if (Math.abs(scaled - Math.round(scaled)) <= 1e-9 * Math.max(1, Math.abs(scaled))) return d;
  }
  return undefined;
}

const bits = new DataView(new ArrayBuffer(4));

function isBfloat16(x: number): boolean {
  if (Math.fround(x) !== x) return false;
  bits.setFloat32(0, x);
  return (bits.getUint32(0) & 0xffff) === 0;
}

/** The precision of numbers that are right to all digits of a float32. */
export const EXACT: Precision = { step: 0, relative: FLOAT32 };

/**
 * The rounding that a column shows. Multiples of 1/4 are taken for exact, since what was rounded is not all of that kind; so are
 * bfloat16 numbers for bfloat16 and not less, and numbers with at most `MOST_DECIMALS` decimals for rounded to the most that one has.
 * @param values [N]; what is no number is passed over
 * @param chosen whether few decimals are how the number was chosen, such as a reward of 0.1, and not how it was printed
 */
export function precisionOf(values: Iterable<number>, chosen = false): Precision {
  let decimals: number | undefined = 0;
  let quarters = true;
  let bfloat = true;
  for (const x of values) {
    if (!Number.isFinite(x)) continue;
    if (!Number.isInteger(4 * x)) quarters = false;
    if (bfloat && !isBfloat16(x)) bfloat = false;
    if (decimals !== undefined) {
      const own = decimalsOf(x);
      decimals = own === undefined ? undefined : Math.max(decimals, own);
    }
    if (!bfloat && decimals === undefined) break;
  }
  if (quarters) return EXACT;
  const isPrinted = decimals !== undefined && !(chosen && decimals <= 2);
  return { step: isPrinted ? 0.5 * 10 ** -decimals! : 0, relative: bfloat ? BFLOAT16 : FLOAT32 };
}

/** By how much a number of a column may be off. */
export function roundingOf(x: number, { step, relative }: Precision): number {
  return step + relative * Math.abs(x);
}
