// Checks the headers of the pages of a column before they are read: the reader follows them, and false sizes would keep it busy for ever.
import { parquetHeader } from 'hyparquet/src/column.js';

/** Bytes of a page once it is unpacked at most: writers make them of about 1 MB. */
const MOST_BYTES = 2 ** 28;
/** The same of all pages of a column in a row group: all of them are held at once. */
const MOST_COLUMN_BYTES = 2 ** 31;

const isSize = (value: unknown, most: number): boolean =>
  Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= most;

/** @throws Error if what the second version of a data page says beyond the first does not fit */
function checkSecond(
  header: NonNullable<ReturnType<typeof parquetHeader>['data_page_header_v2']>,
  page: number,
  packed: number,
  values: number,
): void {
  const { num_nulls, num_rows, definition_levels_byte_length, repetition_levels_byte_length } = header;
  if (!isSize(num_nulls, values)) throw new Error(`page ${page} has ${num_nulls} nulls`);
  if (!isSize(num_rows, values)) throw new Error(`page ${page} has ${num_rows} rows`);
  for (const length of [definition_levels_byte_length, repetition_levels_byte_length])
    if (!isSize(length, packed)) throw new Error(`page ${page} has ${length} bytes of levels`);
}

/**
 * Walks through the pages of a column in a row group.
 * @param bytes all of its pages
 * @param values how many values it has
 * @throws Error if a page is of no kind that is read, or its sizes do not fit
 */
export function checkPages(bytes: Uint8Array, values: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const reader = { view, offset: 0 };
  let all = 0;
  for (let page = 0; reader.offset < bytes.byteLength - 1; page++) {
    const header = parquetHeader(reader);
    const { type, compressed_page_size: packed, uncompressed_page_size: unpacked } = header;
    const counted = {
      DATA_PAGE: header.data_page_header,
      DATA_PAGE_V2: header.data_page_header_v2,
      DICTIONARY_PAGE: header.dictionary_page_header,
      INDEX_PAGE: undefined,
    }[type];
    if (counted === undefined) throw new Error(`page ${page} is of no kind that is read`);
    if (!isSize(packed, bytes.byteLength - reader.offset))
      throw new Error(`page ${page} has ${packed} bytes`);
    if (!isSize(unpacked, MOST_BYTES)) throw new Error(`page ${page} has ${unpacked} bytes once unpacked`);
    all += unpacked;
    if (all > MOST_COLUMN_BYTES)
      throw new Error(
        `its first ${page + 1} pages have ${all} bytes once unpacked; expected at most ${MOST_COLUMN_BYTES}`,
      );
    if (!isSize(counted.num_values, values)) throw new Error(`page ${page} has ${counted.num_values} values`);
    if (counted.encoding === undefined) throw new Error(`page ${page} has values of an unknown encoding`);
    const second = type === 'DATA_PAGE_V2' ? header.data_page_header_v2 : undefined;
    if (second !== undefined) checkSecond(second, page, packed, values);
    reader.offset += packed;
  }
}
