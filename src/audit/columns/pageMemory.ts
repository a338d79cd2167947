// Where the pages of columns are while they are not in memory: a limit on those that are, and a file for the others.
/** Bytes of a page. */
export const PAGE_BYTES = 2 ** 15;

/** A file of pages of PAGE_BYTES each, by number; whoever calls the audit gives it, so that the audit itself opens no file. */
export interface PageFile {
  /** Writes a page, [PAGE_BYTES]. @throws whatever keeps a page from being written, such as a full disk */
  write(place: number, bytes: Uint8Array): void;
  /** Fills `bytes`, [PAGE_BYTES], with a page that was written before. */
  read(place: number, bytes: Uint8Array): void;
}

/** Whose pages they are. */
export interface PageOwner {
  /** The memory has written a page out. */
  leave(page: Page): void;
  /** Where its pages are in the file, those that are. */
  places(): readonly number[];
}

/** What has pages, such as a column. */
export interface Paged {
  readonly parts: readonly PageOwner[];
}

/** One page of one column. */
export interface Page {
  readonly of: PageOwner;
  readonly index: number;
  /** Undefined while it is in the file. */
  buffer: ArrayBuffer | undefined;
  /** Whether the file lacks something of it. */
  isChanged: boolean;
  /** Whether it was used since the last search for a page to write out. */
  isUsed: boolean;
  /** Where it is in the file; −1 for nowhere. */
  place: number;
}

/** The least number of pages in memory: every column that is written to while rollouts are read needs one. */
const LEAST_PAGES = 64;

/** Pages of columns, of which as many are in memory as a limit allows. Without a file all are, and nothing is counted. */
export class PageMemory {
  private readonly file: PageFile | undefined;
  private readonly most: number;
  /** Pages in memory, in the order in which they are looked at for one to write out (second chance, Corbató 1968). */
  private readonly pages: Page[] = [];
  private next = 0;
  private readonly free: number[] = [];
  /** Buffers of pages that were forgotten: many would be waiting for the garbage collector. */
  private readonly spare: ArrayBuffer[] = [];
  private end = 0;
  private scoped: Paged[] | undefined;
  /** How many pages were in memory at the same time, at most. */
  mostHeld = 0;
  /** How many pages were written out. */
  written = 0;

  /** @param bytes that pages take in memory at most */
  constructor(file?: PageFile, bytes = Number.POSITIVE_INFINITY) {
    this.file = file;
    this.most = Math.max(LEAST_PAGES, Math.floor(bytes / PAGE_BYTES));
  }

  /** Pages in memory. */
  get held(): number {
    return this.pages.length;
  }

  /** A buffer for a new page, which is all 0 or holds what another page had. */
  admit(page: Page): ArrayBuffer {
    if (this.file === undefined) return new ArrayBuffer(PAGE_BYTES);
    const buffer =
      this.pages.length < this.most
        ? (this.spare.pop() ?? new ArrayBuffer(PAGE_BYTES))
        : this.writeOut(this.file);
    this.pages.push(page);
    this.mostHeld = Math.max(this.mostHeld, this.pages.length);
    return buffer;
  }

  /** Brings a page back. */
  restore(page: Page): ArrayBuffer {
    const buffer = this.admit(page);
    this.file!.read(page.place, new Uint8Array(buffer));
    return buffer;
  }

  /** Writes out a page that was not used lately. @returns its buffer */
  private writeOut(file: PageFile): ArrayBuffer {
    const { pages } = this;
    for (;;) {
      if (this.next >= pages.length) this.next = 0;
      const page = pages[this.next]!;
      if (page.isUsed) {
        page.isUsed = false;
        this.next++;
        continue;
      }
      const buffer = page.buffer!;
      if (page.isChanged) {
        if (page.place < 0) page.place = this.free.pop() ?? this.end++;
        file.write(page.place, new Uint8Array(buffer));
        this.written++;
        page.isChanged = false;
      }
      pages[this.next] = pages.at(-1)!;
      pages.pop();
      page.buffer = undefined;
      page.of.leave(page);
      return buffer;
    }
  }

  /** Counts a column among those that `scope` lets go of. */
  register(made: Paged): void {
    if (this.file !== undefined) this.scoped?.push(made);
  }

  /** Forgets all pages of these columns, which must not be used any more. */
  release(columns: readonly Paged[]): void {
    if (this.file === undefined) return;
    const gone = new Set(columns.flatMap(({ parts }) => parts));
    if (gone.size === 0) return;
    let kept = 0;
    for (const page of this.pages) {
      if (!gone.has(page.of)) this.pages[kept++] = page;
      else if (page.buffer !== undefined) this.spare.push(page.buffer);
    }
    this.pages.length = kept;
    for (const pages of gone) this.free.push(...pages.places());
  }

  /** What `of` makes; the columns that it makes on the way are let go of, and so must not be in what it gives back. */
  scope<Made>(of: () => Made): Made {
    const outer = this.scoped;
    this.scoped = [];
    try {
      return of();
    } finally {
      this.release(this.scoped);
      this.scoped = outer;
    }
  }

  /** What `of` makes, with columns that stay whatever scope it is called in. */
  outside<Made>(of: () => Made): Made {
    const outer = this.scoped;
    this.scoped = undefined;
    try {
      return of();
    } finally {
      this.scoped = outer;
    }
  }
}

/** Keeps all pages in memory. */
export const IN_MEMORY = new PageMemory();
