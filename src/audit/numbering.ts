// Numbers instead of names that repeat. There may be as many names as trajectories: they lie end to end in bytes, and not as strings.
import { ByteColumn, Column, IntegerColumn } from './columns/column.ts';
import type { PageMemory } from './columns/pageMemory.ts';

/** The remainder of a hash that begins here and is multiplied by this for every byte (FNV-1a). */
const BEGIN = 0x811c9dc5;
const TIMES = 0x01000193;
const FREE = -1;

/** The UTF-16 units of a name, 7 bits a byte, the high bit set where a unit goes on: no two names have equal bytes. */
function encoded(name: string): number[] {
  const bytes: number[] = [];
  for (let k = 0; k < name.length; k++) {
    let unit = name.charCodeAt(k);
    for (; unit >= 0x80; unit >>>= 7) bytes.push((unit & 0x7f) | 0x80);
    bytes.push(unit);
  }
  return bytes;
}

function hashOf(bytes: Iterable<number>): number {
  let hash = BEGIN;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, TIMES);
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** Numbers the values of a kind in the order in which they appear: about 20 bytes each and those of its name. */
export class Numbering {
  private readonly memory: PageMemory | undefined;
  /** The bytes of all names. */
  private readonly bytes: ByteColumn;
  /** [size] where each name ends. */
  private readonly ends: Column;
  /** Numbers by hash, in the first free place from that of the hash on; at most half of the places are taken. */
  private places: IntegerColumn;
  private last: string | undefined;
  private lastNumber = FREE;

  /** @param memory where the names are; left out: in memory */
  constructor(memory?: PageMemory) {
    this.memory = memory;
    this.bytes = new ByteColumn(memory);
    this.ends = new Column(memory);
    this.places = IntegerColumn.filled(16, FREE, memory);
  }

  /** How many names there are. */
  get size(): number {
    return this.ends.length;
  }

  /** The names, in order; made anew every time. */
  get names(): readonly string[] {
    return Array.from({ length: this.size }, (_, number) => this.nameOf(number));
  }

  /** The number of a name, from 0. */
  of(name: string): number {
    if (name === this.last) return this.lastNumber;
    this.last = name;
    this.lastNumber = this.find(name);
    return this.lastNumber;
  }

  private begin(number: number): number {
    return number === 0 ? 0 : this.ends.at(number - 1);
  }

  private *bytesOf(number: number): Generator<number> {
    const to = this.ends.at(number);
    for (let at = this.begin(number); at < to; at++) yield this.bytes.at(at);
  }

  private nameOf(number: number): string {
    const units: string[] = [];
    let [unit, shift] = [0, 0];
    for (const byte of this.bytesOf(number)) {
      unit |= (byte & 0x7f) << shift;
      shift += 7;
      if (byte >= 0x80) continue;
      units.push(String.fromCharCode(unit));
      [unit, shift] = [0, 0];
    }
    return units.join('');
  }

  private equals(number: number, name: readonly number[]): boolean {
    const begin = this.begin(number);
    if (this.ends.at(number) - begin !== name.length) return false;
    for (let k = 0; k < name.length; k++) if (this.bytes.at(begin + k) !== name[k]) return false;
    return true;
  }

  private find(name: string): number {
    const bytes = encoded(name);
    const mask = this.places.length - 1;
    let place = hashOf(bytes) & mask;
    for (let known = this.places.at(place); known !== FREE; known = this.places.at(place)) {
      if (this.equals(known, bytes)) return known;
      place = (place + 1) & mask;
    }
    const number = this.size;
    this.places.set(place, number);
    for (const byte of bytes) this.bytes.push(byte);
    this.ends.push(this.bytes.length);
    if (2 * this.size > this.places.length) this.rehash();
    return number;
  }

  private rehash(): void {
    const length = 2 * this.places.length;
    this.memory?.release([this.places]);
    this.places = IntegerColumn.filled(length, FREE, this.memory);
    for (let number = 0; number < this.size; number++) {
      let place = hashOf(this.bytesOf(number)) & (length - 1);
      while (this.places.at(place) !== FREE) place = (place + 1) & (length - 1);
      this.places.set(place, number);
    }
  }
}
