// What PyTorch calls the types of a checkpoint.
import type { StoredFloat } from './storedValues.ts';

/** As `torch_dtype` of a config.json names them. */
export const TORCH_TYPES: Record<StoredFloat, string> = {
  F64: 'float64',
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
};
