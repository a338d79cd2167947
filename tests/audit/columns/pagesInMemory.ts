// A file of pages for tests, which is none.
import type { PageFile } from '../../../src/audit/index.ts';

/** Keeps copies of the pages that are written. */
export function pagesInMemory(): PageFile & { readonly pages: ReadonlyMap<number, Uint8Array> } {
  const pages = new Map<number, Uint8Array>();
  return {
    pages,
    write: (place, bytes) => void pages.set(place, bytes.slice()),
    read: (place, bytes) => bytes.set(pages.get(place)!),
  };
}
