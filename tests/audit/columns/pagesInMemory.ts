// A file of pages for tests, which is none.
import type { PageFile } from '../../../src/audit/index.ts';

/** Keeps copies of the pages that are written, and counts how often one is read. */
export function pagesInMemory(): PageFile & {
  readonly pages: ReadonlyMap<number, Uint8Array>;
  readonly reads: number;
} {
  const pages = new Map<number, Uint8Array>();
  let reads = 0;
  return {
    pages,
    get reads() {
      return reads;
    },
    write: (place, bytes) => void pages.set(place, bytes.slice()),
    read(place, bytes) {
      reads++;
      bytes.set(pages.get(place)!);
    },
  };
}
