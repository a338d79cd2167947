// Columns of numbers as text: bytes in base64, in the narrowest type that holds every number exactly.

/** The types of a column, with their bytes a number. */
const TYPES = {
  u8: Uint8Array,
  u16: Uint16Array,
  i32: Int32Array,
  f32: Float32Array,
  f64: Float64Array,
} as const;

/** The name of a type. */
export type ColumnType = keyof typeof TYPES;

/** A column as it stands in JSON: its bytes, little-endian, or one number that all entries have; null is NaN. */
export type PackedColumn =
  | { readonly type: ColumnType; readonly base64: string }
  | { readonly all: number | null; readonly length: number };

type Numbers = Float64Array | Int32Array | Uint8Array;

/** Bytes that are turned into text at once: fewer than a call may have arguments. */
const PIECE = 0x8000;

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The bytes in the order of a little-endian machine; changes them in place where this one is not. */
function littleEndian<B extends ArrayBufferLike>(bytes: Uint8Array<B>, size: number): Uint8Array<B> {
  if (isLittleEndian) return bytes;
  for (let at = 0; at < bytes.length; at += size) bytes.subarray(at, at + size).reverse();
  return bytes;
}

function toBase64(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += PIECE) {
    pieces.push(String.fromCharCode(...bytes.subarray(at, at + PIECE)));
  }
  return btoa(pieces.join(''));
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

function typeOf(values: Numbers): ColumnType {
  if (values instanceof Float64Array)
    return values.every((x) => Object.is(Math.fround(x), x)) ? 'f32' : 'f64';
  let [least, most] = [0, 0];
  for (const x of values) {
    if (x < least) least = x;
    if (x > most) most = x;
  }
  if (least < 0 || most > 0xffff) return 'i32';
  return most > 0xff ? 'u16' : 'u8';
}

/** Packs a column, [n] of any n. */
export function packColumn(values: Numbers): PackedColumn {
  const [first] = values;
  const { length } = values;
  if (first !== undefined && Math.abs(first) !== Number.POSITIVE_INFINITY) {
    if (values.every((x) => Object.is(x, first)) && !Object.is(first, -0)) {
      return { all: Number.isNaN(first) ? null : first, length };
    }
  }
  const type = typeOf(values);
  const narrow = TYPES[type].from(values);
  const bytes = new Uint8Array(narrow.buffer);
  return { type, base64: toBase64(littleEndian(bytes, narrow.BYTES_PER_ELEMENT)) };
}

function unpacked(column: PackedColumn): ArrayLike<number> & Iterable<number> {
  if ('all' in column) return new Float64Array(column.length).fill(column.all ?? Number.NaN);
  const bytes = fromBase64(column.base64);
  const Type = TYPES[column.type];
  return new Type(littleEndian(bytes, Type.BYTES_PER_ELEMENT).buffer);
}

/** [n] the numbers of a column that `packColumn` packed, to the bit. */
export function floats(column: PackedColumn): Float64Array {
  const values = unpacked(column);
  return values instanceof Float64Array ? values : Float64Array.from(values);
}

/** [n] the same as integers. */
export function integers(column: PackedColumn): Int32Array {
  const values = unpacked(column);
  return values instanceof Int32Array ? values : Int32Array.from(values);
}

/** [n] the same as integers below 256. */
export function bytes(column: PackedColumn): Uint8Array {
  const values = unpacked(column);
  return values instanceof Uint8Array ? values : Uint8Array.from(values);
}
