// Columns of numbers that grow: one entry a trajectory, 8 bytes each, or 4 where they are integers. They lie in pages, so that a memory
// with a limit holds as many entries as there are.
import type { Paged, PageMemory } from './pageMemory.ts';
import { BYTES, FLOATS, INTEGERS, Pages } from './pages.ts';

/** Numbers by index. */
export interface Numbers extends Iterable<number> {
  readonly length: number;
  /** Entry i; any number where there is none. */
  at(i: number): number;
}

/** Σ of numbers, or of something of each, in their order. */
export function sumOf(values: Iterable<number>, of: (value: number) => number = (x) => x): number {
  let sum = 0;
  for (const x of values) sum += of(x);
  return sum;
}

/** Numbers that are added one by one. A column that has had one number only needs no room. */
export class Column implements Numbers, Paged {
  readonly memory: PageMemory | undefined;
  /** [length]; undefined while all are one number. */
  private pages: Pages<Float64Array> | undefined;
  private only = Number.NaN;
  /** How many there are. */
  length = 0;

  /** @param memory where its pages are; left out: in memory */
  constructor(memory?: PageMemory) {
    this.memory = memory;
    memory?.register(this);
  }

  get parts(): readonly Pages[] {
    return this.pages === undefined ? [] : [this.pages];
  }

  /** `length` times a number. */
  static filled(length: number, value: number, memory?: PageMemory): Column {
    const column = new Column(memory);
    column.only = value;
    column.length = length;
    return column;
  }

  /** Adds one at the end. */
  push(value: number): void {
    if (this.length === 0) this.only = value;
    if (this.pages === undefined && !Object.is(value, this.only)) this.spread();
    this.pages?.set(this.length, value);
    this.length++;
  }

  /** Gives every entry, [length], a place of its own. */
  private spread(): Pages<Float64Array> {
    const pages = new Pages(FLOATS, this.memory);
    for (let i = 0; i < this.length; i++) pages.set(i, this.only);
    this.pages = pages;
    return pages;
  }

  /** One of them. */
  at(i: number): number {
    return this.pages === undefined ? this.only : this.pages.get(i);
  }

  /** Another number in the place of one that was added. */
  set(i: number, value: number): void {
    if (this.pages === undefined && Object.is(value, this.only)) return;
    (this.pages ?? this.spread()).set(i, value);
  }

  /** Makes the column `length` long; what is new is NaN. */
  padTo(length: number): void {
    while (this.length < length) this.push(Number.NaN);
  }

  *[Symbol.iterator](): Generator<number> {
    for (let i = 0; i < this.length; i++) yield this.at(i);
  }

  /** Whether any of them is such. */
  some(is: (value: number, i: number) => boolean): boolean {
    for (let i = 0; i < this.length; i++) if (is(this.at(i), i)) return true;
    return false;
  }

  /** The indices of those that are such, ascending. */
  where(is: (value: number, i: number) => boolean): IntegerColumn {
    const indices = new IntegerColumn(this.memory);
    for (let i = 0; i < this.length; i++) if (is(this.at(i), i)) indices.push(i);
    return indices;
  }

  /** A column of other numbers, one for each. */
  map(of: (value: number, i: number) => number): Column {
    const column = new Column(this.memory);
    for (let i = 0; i < this.length; i++) column.push(of(this.at(i), i));
    return column;
  }

  /** [length] a copy of what was added. */
  values(): Float64Array {
    const out = new Float64Array(this.length);
    for (let i = 0; i < this.length; i++) out[i] = this.at(i);
    return out;
  }
}

/** Integers below 2³¹ that are added one by one. */
export class IntegerColumn implements Numbers, Paged {
  readonly memory: PageMemory | undefined;
  /** [length] */
  private readonly pages: Pages<Int32Array>;
  /** How many there are. */
  length = 0;

  /** @param memory where its pages are; left out: in memory */
  constructor(memory?: PageMemory) {
    this.memory = memory;
    this.pages = new Pages(INTEGERS, memory);
    memory?.register(this);
  }

  get parts(): readonly Pages[] {
    return [this.pages];
  }

  /** `length` times an integer. */
  static filled(length: number, value: number, memory?: PageMemory): IntegerColumn {
    const column = new IntegerColumn(memory);
    while (column.length < length) column.push(value);
    return column;
  }

  /** Adds one at the end. */
  push(value: number): void {
    this.pages.set(this.length++, value);
  }

  /** One of them. */
  at(i: number): number {
    return this.pages.get(i);
  }

  /** Another integer in the place of one that was added. */
  set(i: number, value: number): void {
    this.pages.set(i, value);
  }

  *[Symbol.iterator](): Generator<number> {
    for (let i = 0; i < this.length; i++) yield this.pages.get(i);
  }

  /** [length] a copy of what was added. */
  values(): Int32Array {
    const out = new Int32Array(this.length);
    for (let i = 0; i < this.length; i++) out[i] = this.pages.get(i);
    return out;
  }
}

/** Bytes that are added one by one. */
export class ByteColumn implements Paged {
  /** [length] */
  private readonly pages: Pages<Uint8Array>;
  /** How many there are. */
  length = 0;

  /** @param memory where its pages are; left out: in memory */
  constructor(memory?: PageMemory) {
    this.pages = new Pages(BYTES, memory);
    memory?.register(this);
  }

  get parts(): readonly Pages[] {
    return [this.pages];
  }

  /** Adds one at the end. */
  push(value: number): void {
    this.pages.set(this.length++, value);
  }

  /** One of them. */
  at(i: number): number {
    return this.pages.get(i);
  }

  /** [length] a copy of what was added. */
  values(): Uint8Array {
    const out = new Uint8Array(this.length);
    for (let i = 0; i < this.length; i++) out[i] = this.pages.get(i);
    return out;
  }
}
