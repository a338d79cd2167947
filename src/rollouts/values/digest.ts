// Short names for long prompts: trajectories of one group have equal prompts, and a file need not say more.

/** One step of a 32-bit multiplicative hash. */
function mix(hash: number, unit: number, factor: number): number {
  const mixed = Math.imul(hash ^ unit, factor);
  return mixed ^ (mixed >>> 15);
}

function named(a: number, b: number, length: number): string {
  const hex = (x: number): string => (x >>> 0).toString(16).padStart(8, '0');
  // One more step lets the last units reach all bits.
  return `#${hex(mix(a, length, 0x85ebca6b))}${hex(mix(b, length, 0xc2b2ae35))}`;
}

/** 64 bits that stand for a text, or for ids [n], as `#` and 16 hexadecimal digits. Among 10⁶ prompts two are alike by chance with probability 3·10⁻⁸. */
export function digest(units: string | ArrayLike<number>, length: number = units.length): string {
  let a = 0x9e3779b9 | 0;
  let b = 0x7f4a7c15 | 0;
  for (let i = 0; i < length; i++) {
    const unit = typeof units === 'string' ? units.charCodeAt(i) : units[i]!;
    a = mix(a, unit, 0x01000193);
    b = mix(b, unit, 0x5bd1e995);
  }
  return named(a, b, length);
}
