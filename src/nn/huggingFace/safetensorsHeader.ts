// The header of a safetensors file (a format of Hugging Face): 8 bytes with the length N of the header as an unsigned integer;
// N bytes of JSON, { name: { dtype, shape, data_offsets: [begin, end] }, "__metadata__"?: { key: text } }; then the data,
// from which offsets count, and which the tensors cover without gaps or overlaps.
import { InputError } from '../../base/errors.ts';
import { parseJson } from '../../base/jsonText.ts';
import { showText, showValue } from '../../base/show.ts';
import type { ByteSource } from './byteSource.ts';
import { ELEMENT_BYTES } from './storedValues.ts';

/** Where a tensor lies in the data. */
export interface StoredTensor {
  /** A type of the format, such as `F32`. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** First byte, and the one after the last. */
  readonly begin: number;
  readonly end: number;
}

/** A header that has been checked against the length of the file. */
export interface SafetensorsHeader {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: ReadonlyMap<string, string>;
  /** Where the data begins in the file. */
  readonly dataStart: number;
}

/** The largest header the format allows. */
const MOST_HEADER_BYTES = 100_000_000;
const METADATA = '__metadata__';

type Members = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** The JSON text of the header, and where it ends. */
function headerText(bytes: ByteSource, source: string): { text: string; dataStart: number } {
  const damaged = (what: string): InputError => new InputError(`${source}: not a safetensors file: ${what}`);
  if (bytes.length < 8) throw damaged(`expected at least 8 bytes, found ${bytes.length}`);
  const first = bytes.read(0, 8);
  const length = Number(new DataView(first.buffer, first.byteOffset, 8).getBigUint64(0, true));
  if (length > MOST_HEADER_BYTES) {
    throw damaged(`expected a header of at most ${MOST_HEADER_BYTES} bytes, found ${length}`);
  }
  const dataStart = 8 + length;
  if (dataStart > bytes.length) {
    throw damaged(`the header should end at byte ${dataStart}, the file ends at ${bytes.length}`);
  }
  const text = bytes.read(8, dataStart);
  if (text[0] !== 0x7b) throw damaged('its header should begin with "{"');
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true });
    return { text: decoder.decode(text), dataStart };
  } catch (error) {
    throw new InputError(`${source}: not a safetensors file: its header is not UTF-8`, { cause: error });
  }
}

function metadataOf(value: unknown, source: string): Map<string, string> {
  if (value === undefined) return new Map();
  if (!isObject(value)) {
    throw new InputError(`${source}: ${METADATA} must be an object, found ${showValue(value)}`);
  }
  return new Map(
    Object.entries(value).map(([key, text]) => {
      if (typeof text === 'string') return [key, text];
      throw new InputError(
        `${source}: ${METADATA}.${showText(key, 60)} must be text, found ${showValue(text)}`,
      );
    }),
  );
}

function storedTensor(value: unknown, place: string): StoredTensor {
  if (!isObject(value)) throw new InputError(`${place} must be an object, found ${showValue(value)}`);
  const { dtype, shape, data_offsets: offsets } = value;
  const width = typeof dtype === 'string' ? ELEMENT_BYTES.get(dtype) : undefined;
  if (width === undefined) {
    const known = [...ELEMENT_BYTES.keys()].join(', ');
    throw new InputError(`${place}: dtype must be one of ${known}, found ${showValue(dtype)}`);
  }
  if (!Array.isArray(shape) || !shape.every(isCount)) {
    throw new InputError(`${place}: shape must be a list of integers ≥ 0, found ${showValue(shape)}`);
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    throw new InputError(`${place}: data_offsets must be two integers ≥ 0, found ${showValue(offsets)}`);
  }
  const [begin, end] = offsets as [number, number];
  const size = shape.reduce<number>((product, axis) => product * axis, width);
  if (end - begin !== size) {
    throw new InputError(
      `${place}: ${dtype} [${shape.join(', ')}] has ${size} bytes, data_offsets ${begin} … ${end} hold ${end - begin}`,
    );
  }
  return { dtype: dtype as string, shape, begin, end };
}

/** In the order of their places, each tensor begins where the one before ends, and the last ends with the file. */
function checkCover(tensors: ReadonlyMap<string, StoredTensor>, length: number, source: string): void {
  let covered = 0;
  const inOrder = [...tensors].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  for (const [name, { begin, end }] of inOrder) {
    const place = `${source}: tensor ${showValue(name)}`;
    if (end > length)
      throw new InputError(`${place} should end at byte ${end} of the data, which has ${length}`);
    if (begin !== covered) {
      const what = begin < covered ? 'overlaps another' : 'leaves a gap';
      throw new InputError(`${place} ${what}: it begins at byte ${begin} of the data, expected ${covered}`);
    }
    covered = end;
  }
  if (covered !== length) {
    throw new InputError(`${source}: the tensors end at byte ${covered} of the data, which has ${length}`);
  }
}

/**
 * Reads and checks the header of a safetensors file.
 * @param bytes the whole file, of which only the header is read
 * @param source how it is called in messages
 * @throws InputError naming the tensor where one is concerned
 */
export function parseHeader(bytes: ByteSource, source: string): SafetensorsHeader {
  const { text, dataStart } = headerText(bytes, source);
  const place = `${source}: header`;
  const parsed = parseJson(text, place);
  // It begins with "{" and is valid.
  const { [METADATA]: metadata, ...rest } = parsed as Members;
  const tensors = new Map(
    Object.entries(rest).map(([name, value]) => [
      name,
      storedTensor(value, `${source}: tensor ${showValue(name)}`),
    ]),
  );
  checkCover(tensors, bytes.length - dataStart, source);
  return { tensors, metadata: metadataOf(metadata, source), dataStart };
}
