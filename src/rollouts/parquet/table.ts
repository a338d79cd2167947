// A Parquet file as a table: its columns by kind, and its rows, one row group after the other.
import { decompress } from 'fzstd';
import {
  type AsyncBuffer,
  type Compressors,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type SchemaElement,
} from 'hyparquet';
import { InputError } from '../../base/errors.ts';
import type { JsonRecord } from '../../base/fields.ts';
import { showText } from '../../base/show.ts';
import { checkPages } from './pages.ts';

/** A file of which any part can be read. */
export interface RandomAccess {
  /** The number of its bytes. */
  readonly length: number;
  /** The bytes begin … end − 1. */
  read(begin: number, end: number): Uint8Array | Promise<Uint8Array>;
}

/** What a column holds. `other` is neither numbers nor texts, such as times. */
export type ColumnKind = 'integer' | 'real' | 'boolean' | 'text' | 'null' | 'nested' | 'other';

/** A column at the top of the schema. */
export interface Column {
  readonly name: string;
  readonly kind: ColumnKind;
}

/** Functions that unpack pages, by the name of the codec as Parquet has it; Snappy and Zstandard are there without them. */
export type Codecs = Compressors;

/** A table. Rows have numbers, booleans, texts and null. */
export interface Table {
  /** In the order of the file. */
  readonly columns: readonly Column[];
  readonly rowCount: number;
  /**
   * The rows with these columns, in the order of the file. What is held at a time is one row group.
   * @throws InputError if the file is damaged
   */
  rows(columns: readonly string[]): AsyncGenerator<JsonRecord>;
}

/** Rows of a row group at most: pandas writes 2²⁰ of them. */
const MOST_ROWS = 2 ** 24;
/** Rows of a file at most: a few bytes can stand for any number of equal ones. */
const MOST_ROWS_OF_FILE = 2 ** 28;

const CODECS: Codecs = { ZSTD: (packed, length) => decompress(packed, new Uint8Array(length)) };

function kindOf({ type, converted_type, logical_type }: SchemaElement, children: number): ColumnKind {
  if (children > 0) return 'nested';
  const logical = logical_type?.type;
  if (logical === 'NULL') return 'null';
  const isPlain = logical === undefined || logical === 'INTEGER';
  const isInteger = converted_type === undefined || /^U?INT_/.test(converted_type);
  switch (type) {
    case 'BOOLEAN':
      return 'boolean';
    case 'FLOAT':
    case 'DOUBLE':
      return 'real';
    case 'INT32':
    case 'INT64':
      return isPlain && isInteger ? 'integer' : 'other';
    case 'BYTE_ARRAY':
      return logical === 'STRING' || converted_type === 'UTF8' ? 'text' : 'other';
    default:
      return 'other';
  }
}

function damaged(source: string, what: string, error: unknown): InputError {
  const reason = showText(error instanceof Error ? error.message : String(error));
  return new InputError(`${showText(source)}: ${what}: ${reason}`, { cause: error });
}

/** A value as JSON would have it. @throws InputError for an integer beyond 2⁵³ */
function plain(value: unknown, source: string, row: number, column: string): unknown {
  if (typeof value !== 'bigint') return value ?? null;
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new InputError(
    `${showText(source)}: line ${row}: ${showText(column)}: expected an integer below 2^53, found ${value}`,
  );
}

async function metadataOf(file: AsyncBuffer, source: string): Promise<FileMetaData> {
  if (file.byteLength < 12) {
    throw new InputError(
      `${showText(source)}: expected a Parquet file, found ${file.byteLength} bytes, too few for one`,
    );
  }
  try {
    return await parquetMetadataAsync(file, { geoparquet: false });
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw damaged(source, 'the footer of the Parquet file is missing or damaged', error);
  }
}

/**
 * Opens a Parquet file.
 * @param source the file, for messages
 * @throws InputError if it has no footer that can be read
 */
export async function openTable(file: RandomAccess, source: string, codecs: Codecs = {}): Promise<Table> {
  const buffer: AsyncBuffer = {
    byteLength: file.length,
    async slice(begin, end = file.length) {
      const bytes = await file.read(begin, Math.min(end, file.length));
      // A copy: a Buffer of Node may be a part of a larger one.
      return new Uint8Array(bytes).buffer;
    },
  };
  const metadata = await metadataOf(buffer, source);
  const columns = checkedColumns(metadata, source, file.length);
  return {
    columns,
    rowCount: Number(metadata.num_rows),
    async *rows(names) {
      let rowStart = 0;
      for (const [g, { num_rows }] of metadata.row_groups.entries()) {
        const rowEnd = rowStart + Number(num_rows);
        const group = await groupRows(
          buffer,
          metadata,
          { group: g, rowStart, rowEnd, columns: [...names] },
          source,
          codecs,
        );
        for (const row of group) {
          rowStart++;
          yield Object.fromEntries(names.map((name) => [name, plain(row[name], source, rowStart, name)]));
        }
        if (rowStart !== rowEnd) {
          throw new InputError(
            `${showText(source)}: expected ${rowEnd} rows up to the end of a row group, found ${rowStart}`,
          );
        }
      }
    },
  };
}

/** @throws InputError if the schema makes no sense, a name is there twice, or row groups are not as they must be */
function checkedColumns(metadata: FileMetaData, source: string, fileBytes: number): Column[] {
  try {
    const columns = parquetSchema(metadata).children.map(({ element, children }) => ({
      name: element.name,
      kind: kindOf(element, children.length),
    }));
    if (columns.some(({ name }) => typeof name !== 'string')) throw new Error('a column has no name');
    checkRowGroups(metadata, columns, source, fileBytes);
    const twice = columns.find(({ name }, i) => columns.findIndex((column) => column.name === name) < i);
    if (twice === undefined) return columns;
    throw new InputError(`${showText(source)}: the column ${showText(twice.name)} is there twice`);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw damaged(source, 'the footer of the Parquet file is damaged', error);
  }
}

/** @throws InputError if numbers of rows do not agree, or are beyond what a row group may have */
function checkRowGroups(
  { num_rows, row_groups }: FileMetaData,
  columns: readonly Column[],
  source: string,
  fileBytes: number,
): void {
  function fail(what: string): never {
    throw new InputError(`${showText(source)}: the footer of the Parquet file is damaged: ${what}`);
  }
  const flat = new Set(columns.flatMap(({ name, kind }) => (kind === 'nested' ? [] : [name])));
  let rows = 0n;
  let bytes = 0n;
  for (const [g, group] of row_groups.entries()) {
    rows += group.num_rows;
    if (group.num_rows < 0n || group.num_rows > MOST_ROWS) {
      fail(`row group ${g} has ${group.num_rows} rows; expected at most ${MOST_ROWS}`);
    }
    for (const { meta_data } of group.columns) {
      if (meta_data === undefined) fail(`row group ${g} has a column without metadata`);
      if (meta_data.total_compressed_size < 0n) fail(`row group ${g} has a column of a negative size`);
      bytes += meta_data.total_compressed_size;
      const [name] = meta_data.path_in_schema;
      if (name === undefined || !flat.has(name) || meta_data.num_values === group.num_rows) continue;
      fail(`row group ${g} has ${group.num_rows} rows, its column ${showText(name)} ${meta_data.num_values}`);
    }
  }
  if (rows > MOST_ROWS_OF_FILE) fail(`it has ${rows} rows; expected at most ${MOST_ROWS_OF_FILE}`);
  // The same bytes would be read again and again.
  if (bytes > fileBytes) fail(`its columns have ${bytes} bytes, the file ${fileBytes}`);
  if (rows !== num_rows) fail(`it has ${num_rows} rows, its row groups ${rows}`);
}

/** What is read at a time: a row group. */
interface Part {
  readonly group: number;
  readonly rowStart: number;
  readonly rowEnd: number;
  readonly columns: string[];
}

/** @throws Error if the pages of a column that is read say what cannot be */
async function checkColumns(
  file: AsyncBuffer,
  { row_groups }: FileMetaData,
  { group, columns }: Part,
): Promise<void> {
  for (const { meta_data } of row_groups[group]!.columns) {
    const name = meta_data?.path_in_schema[0];
    if (meta_data === undefined || name === undefined || !columns.includes(name)) continue;
    const { dictionary_page_offset, data_page_offset, total_compressed_size, num_values } = meta_data;
    // As the reader finds them: an offset of 0 is none.
    const begin = Number(dictionary_page_offset || data_page_offset);
    const bytes = await file.slice(begin, begin + Number(total_compressed_size));
    checkPages(new Uint8Array(bytes), Number(num_values));
  }
}

async function groupRows(
  file: AsyncBuffer,
  metadata: FileMetaData,
  part: Part,
  source: string,
  codecs: Codecs,
): Promise<Record<string, unknown>[]> {
  try {
    await checkColumns(file, metadata, part);
    const { group: _, ...rows } = part;
    return await parquetReadObjects({ file, metadata, ...rows, compressors: { ...CODECS, ...codecs } });
  } catch (error) {
    if (error instanceof InputError) throw error;
    const place = `the Parquet file cannot be read from row ${part.rowStart + 1} on`;
    throw damaged(source, place, error);
  }
}
