// All suites by name.
import type { Suite } from '../suite.ts';
import { adamw } from './adamw.ts';
import { attention } from './attention.ts';
import { audit } from './audit.ts';
import { batched } from './batched.ts';
import { gemm } from './gemm.ts';
import { layernorm } from './layernorm.ts';
import { sample } from './sample.ts';
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
  attention,
  adamw,
  train,
  sample,
  split,
  tree,
  audit,
};
