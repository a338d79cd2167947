// The entries of a column, cut into pages that need not all be in memory.
import { IN_MEMORY, PAGE_BYTES, type Page, type PageMemory, type PageOwner } from './pageMemory.ts';

/** Arrays that a page may be. */
export type Entries = Float64Array | Int32Array | Uint8Array;

/** How entries lie in a page. */
export interface EntryKind<Data extends Entries> {
  /** log₂ of the entries of a page. */
  readonly shift: number;
  view(buffer: ArrayBuffer): Data;
}

const log2 = (bytes: number): number => Math.log2(PAGE_BYTES / bytes);

/** Numbers, integers below 2³¹, and bytes. */
export const FLOATS: EntryKind<Float64Array> = {
  shift: log2(8),
  view: (buffer) => new Float64Array(buffer),
};
export const INTEGERS: EntryKind<Int32Array> = { shift: log2(4), view: (buffer) => new Int32Array(buffer) };
export const BYTES: EntryKind<Uint8Array> = { shift: log2(1), view: (buffer) => new Uint8Array(buffer) };

/** Bytes of the first page before it is a whole one. */
const FIRST_BYTES = 512;
const NOWHERE = -1;

/** Entries by index, without a length: reading where nothing was written gives any number. */
export class Pages<Data extends Entries = Entries> implements PageOwner {
  readonly memory: PageMemory;
  private readonly kind: EntryKind<Data>;
  private readonly shift: number;
  private readonly mask: number;
  private readonly pages: Page[] = [];
  /** The page that was used last, and its entries. */
  private index = NOWHERE;
  private page: Page | undefined;
  private data: Data;

  constructor(kind: EntryKind<Data>, memory: PageMemory = IN_MEMORY) {
    this.kind = kind;
    this.memory = memory;
    this.shift = kind.shift;
    this.mask = 2 ** kind.shift - 1;
    this.data = kind.view(new ArrayBuffer(0));
  }

  /** One entry. */
  get(i: number): number {
    if (i >>> this.shift !== this.index) this.open(i >>> this.shift);
    return this.data[i & this.mask]!;
  }

  /** Writes one entry. */
  set(i: number, value: number): void {
    if (i >>> this.shift !== this.index) this.open(i >>> this.shift);
    if ((i & this.mask) >= this.data.length) this.widen(i & this.mask);
    this.page!.isChanged = true;
    this.data[i & this.mask] = value;
  }

  private open(index: number): void {
    while (this.pages.length <= index) this.add();
    const page = this.pages[index]!;
    page.buffer ??= this.memory.restore(page);
    this.show(page, page.buffer);
  }

  private show(page: Page, buffer: ArrayBuffer): void {
    page.isUsed = true;
    this.index = page.index;
    this.page = page;
    this.data = this.kind.view(buffer);
  }

  private add(): void {
    const index = this.pages.length;
    const page: Page = { of: this, index, buffer: undefined, isChanged: true, isUsed: true, place: NOWHERE };
    // Most columns of small inputs are shorter than a page, and are not counted.
    page.buffer = index === 0 ? new ArrayBuffer(FIRST_BYTES) : this.memory.admit(page);
    this.pages.push(page);
  }

  /** Makes room in the first page for entry k. */
  private widen(k: number): void {
    const page = this.page!;
    const old = this.data;
    let bytes = 2 * old.byteLength;
    while (bytes <= k * old.BYTES_PER_ELEMENT) bytes *= 2;
    page.buffer = bytes < PAGE_BYTES ? new ArrayBuffer(bytes) : this.memory.admit(page);
    this.show(page, page.buffer);
    this.data.set(old);
  }

  /** The memory has written a page out. */
  leave(page: Page): void {
    if (page.index === this.index) this.index = NOWHERE;
  }

  /** Where its pages are in the file, those that are. */
  places(): number[] {
    return this.pages.flatMap(({ place }) => (place < 0 ? [] : [place]));
  }
}
