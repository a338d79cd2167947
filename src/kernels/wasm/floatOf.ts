// The element type of a kernel's float operands.
import type { FloatType, KernelBuffer } from '../operands.ts';

/** A float type and the bytes of an element. */
export interface Float {
  readonly type: FloatType;
  readonly bytes: 4 | 8;
}

const F32: Float = { type: 'f32', bytes: 4 };
const F64: Float = { type: 'f64', bytes: 8 };

/** The type of a buffer that has already been checked to hold floats. Integers are as wide as f32. */
export function floatOf({ dtype }: KernelBuffer): Float {
  return dtype === 'f64' ? F64 : F32;
}
