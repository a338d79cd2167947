// Safetensors files made and read by hand from the format's description, with nothing of src.

export interface FileTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

/** A file of any header and any data. */
export function fileOf(header: unknown, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return new Uint8Array(Buffer.concat([length, json, data]));
}

/** Bytes of f32 values. */
export function float32Bytes(values: readonly number[]): Uint8Array {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, i) => {
    bytes.writeFloatLE(value, 4 * i);
  });
  return bytes;
}

/** An f16 as a sign, five bits, ten bits; a bf16 as the upper half of an f32. */
function float16(bytes: Buffer, at: number): number {
  const bits = bytes.readUInt16LE(at);
  const e = (bits >> 10) & 31;
  const f = bits & 1023;
  const size = e === 0 ? f * 2 ** -24 : (1024 + f) * 2 ** (e - 25);
  return (bits >> 15 === 1 ? -1 : 1) * (e === 31 ? (f === 0 ? 1 / 0 : Number.NaN) : size);
}

function bfloat16(bytes: Buffer, at: number): number {
  const wide = Buffer.alloc(4);
  bytes.copy(wide, 2, at, at + 2);
  return wide.readFloatLE(0);
}

const readers: Record<string, readonly [width: number, read: (bytes: Buffer, at: number) => number]> = {
  F64: [8, (bytes, at) => bytes.readDoubleLE(at)],
  F32: [4, (bytes, at) => bytes.readFloatLE(at)],
  F16: [2, float16],
  BF16: [2, bfloat16],
};

/** What a file holds, and its metadata. Trusts the file. */
export function readFileIndependently(file: Uint8Array): {
  readonly tensors: ReadonlyMap<string, FileTensor>;
  readonly metadata: Record<string, string> | undefined;
} {
  const bytes = Buffer.from(file);
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  const { __metadata__: metadata, ...header } = JSON.parse(bytes.subarray(8, start).toString('utf8'));
  const tensors = new Map<string, FileTensor>();
  for (const [name, { dtype, shape, data_offsets }] of Object.entries<{
    dtype: string;
    shape: number[];
    data_offsets: [number, number];
  }>(header)) {
    const [width, read] = readers[dtype]!;
    const [begin, end] = data_offsets;
    const values = Float64Array.from({ length: (end - begin) / width }, (_, i) =>
      read(bytes, start + begin + i * width),
    );
    tensors.set(name, { dtype, shape, values });
  }
  return { tensors, metadata };
}
