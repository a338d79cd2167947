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

/** Numbers that are turned into text at once: a multiple of 3, so that base64 is filled up at the end only, and of fewer bytes than a call may have arguments. */
const PIECE = 4095;

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The bytes in the order of a little-endian machine; changes them in place where this one is not. */
function littleEndian<B extends ArrayBufferLike>(bytes: Uint8Array<B>, size: number): Uint8Array<B> {
  if (isLittleEndian) return bytes;
  for (let at = 0; at < bytes.length; at += size) bytes.subarray(at, at + size).reverse();
  return bytes;
}

/** The numbers in base64, piece by piece. */
function* base64Pieces(values: Numbers, type: ColumnType): Generator<string> {
  const Type = TYPES[type];
  for (let at = 0; at < values.length; at += PIECE) {
    const narrow = Type.from(values.subarray(at, at + PIECE));
    const bytes = littleEndian(new Uint8Array(narrow.buffer), narrow.BYTES_PER_ELEMENT);
    yield btoa(String.fromCharCode(...bytes));
  }
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

/** The column as one number, if all entries are the same one; undefined otherwise. */
function constantOf(values: Numbers): PackedColumn | undefined {
  const [first] = values;
  if (first === undefined || Math.abs(first) === Number.POSITIVE_INFINITY || Object.is(first, -0))
    return undefined;
  if (!values.every((x) => Object.is(x, first))) return undefined;
  return { all: Number.isNaN(first) ? null : first, length: values.length };
}

/** Packs a column, [n] of any n. */
export function packColumn(values: Numbers): PackedColumn {
  const constant = constantOf(values);
  if (constant !== undefined) return constant;
  const type = typeOf(values);
  return { type, base64: [...base64Pieces(values, type)].join('') };
}

/** The JSON of `packColumn`, piece by piece: the text of a column may be larger than all else. */
export function* packedJson(values: Numbers): Generator<string> {
  const constant = constantOf(values);
  if (constant !== undefined) {
    yield JSON.stringify(constant);
    return;
  }
  const type = typeOf(values);
  yield `{"type":"${type}","base64":"`;
  yield* base64Pieces(values, type);
  yield '"}';
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
