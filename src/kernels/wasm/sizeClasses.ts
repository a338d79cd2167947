// Block sizes of the allocator: multiples of 16 bytes up to 256, then four steps in every doubling. A block wastes at most
// a fifth of itself, and a freed block fits every later request of its class.

const GRAIN = 16;
const SMALL = 16;

/** The class of a request: 1 … 16 for up to 256 bytes, then four classes for each doubling. */
export function sizeClass(bytes: number): number {
  const grains = Math.max(1, Math.ceil(bytes / GRAIN));
  if (grains <= SMALL) return grains;
  // 2^e < grains ≤ 2^(e+1), cut into four steps.
  const e = 31 - Math.clz32(grains - 1);
  return SMALL + (e - 4) * 4 + Math.ceil((grains - 2 ** e) / 2 ** (e - 2));
}

/** Bytes of a block of a class: the inverse of `sizeClass`, rounded up. */
export function classBytes(index: number): number {
  if (index <= SMALL) return index * GRAIN;
  const e = 4 + Math.floor((index - SMALL - 1) / 4);
  const step = ((index - SMALL - 1) % 4) + 1;
  return (2 ** e + step * 2 ** (e - 2)) * GRAIN;
}
