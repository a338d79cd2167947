// All suites by name.
import type { Suite } from '../suite.ts';
import { adamw } from './adamw.ts';
import { attention } from './attention.ts';
import { audit } from './audit.ts';
import { batched } from './batched.ts';
import { fields } from './fields.ts';
import { gemm } from './gemm.ts';
import { layernorm } from './layernorm.ts';
import { rmsnorm } from './rmsnorm.ts';
import { rotary } from './rotary.ts';
import { sample } from './sample.ts';
import { silu } from './silu.ts';
import { softmax } from './softmax.ts';
import { split } from './split.ts';
import { train } from './train.ts';
import { tree } from './tree.ts';

/** The suites `gradsplit bench` knows. */
export const suites: Readonly<Record<string, Suite>> = {
  gemm,
  batched,
  softmax,
  layernorm,
  rmsnorm,
  silu,
  rotary,
  attention,
  adamw,
  train,
  sample,
  split,
  tree,
  audit,
  fields,
};
