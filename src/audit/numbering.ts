// Numbers instead of names that repeat. There may be as many names as trajectories: they lie end to end in bytes, and not as strings.
import { Column, grown } from './column.ts';

/** The remainder of a hash that begins here and is multiplied by this for every byte (FNV-1a). */
const BEGIN = 0x811c9dc5;
const TIMES = 0x01000193;
const FREE = -1;

/** Numbers the values of a kind in the order in which they appear: about 20 bytes each and those of its name. */
export class Numbering {
  /** The UTF-16 units of all names, 7 bits a byte, the high bit set where a unit goes on: no two names have equal bytes. */
  private bytes = new Uint8Array(0);
  /** [size] where each name ends. */
  private readonly ends = new Column();
  /** Numbers by hash, in the first free place from that of the hash on; at most half of the places are taken. */
  private places = new Int32Array(16).fill(FREE);
  private last: string | undefined;
  private lastNumber = FREE;

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

  private range(number: number): readonly [from: number, to: number] {
    return [this.begin(number), this.ends.at(number)];
  }

  private nameOf(number: number): string {
    const [from, to] = this.range(number);
    const units: string[] = [];
    for (let at = from; at < to; ) {
      let unit = 0;
      for (let shift = 0; ; shift += 7) {
        const byte = this.bytes[at++]!;
        unit |= (byte & 0x7f) << shift;
        if (byte < 0x80) break;
      }
      units.push(String.fromCharCode(unit));
    }
    return units.join('');
  }

  /** Writes a name behind the last one, without counting it. @returns where it ends */
  private write(name: string): number {
    let at = this.begin(this.size);
    while (this.bytes.length < at + 3 * name.length) this.bytes = grown(this.bytes, (n) => new Uint8Array(n));
    for (let k = 0; k < name.length; k++) {
      let unit = name.charCodeAt(k);
      for (; unit >= 0x80; unit >>>= 7) this.bytes[at++] = (unit & 0x7f) | 0x80;
      this.bytes[at++] = unit;
    }
    return at;
  }

  private hash(from: number, to: number): number {
    let hash = BEGIN;
    for (let at = from; at < to; at++) hash = Math.imul(hash ^ this.bytes[at]!, TIMES);
    return (hash ^ (hash >>> 15)) >>> 0;
  }

  private equals(number: number, from: number, to: number): boolean {
    const begin = this.begin(number);
    if (this.ends.at(number) - begin !== to - from) return false;
    for (let k = 0; k < to - from; k++) if (this.bytes[begin + k] !== this.bytes[from + k]) return false;
    return true;
  }

  private find(name: string): number {
    const from = this.begin(this.size);
    const to = this.write(name);
    const mask = this.places.length - 1;
    let place = this.hash(from, to) & mask;
    while (this.places[place] !== FREE) {
      if (this.equals(this.places[place]!, from, to)) return this.places[place]!;
      place = (place + 1) & mask;
    }
    const number = this.size;
    this.places[place] = number;
    this.ends.push(to);
    if (2 * this.size > this.places.length) this.rehash();
    return number;
  }

  private rehash(): void {
    this.places = new Int32Array(2 * this.places.length).fill(FREE);
    const mask = this.places.length - 1;
    for (let number = 0; number < this.size; number++) {
      let place = this.hash(...this.range(number)) & mask;
      while (this.places[place] !== FREE) place = (place + 1) & mask;
      this.places[place] = number;
    }
  }
}
