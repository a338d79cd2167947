// All suites by name.
import type { Suite } from '../suite.ts';
import { gemm } from './gemm.ts';
import { softmax } from './softmax.ts';

/** The suites `gradsplit bench` knows. */
export const suites: Readonly<Record<string, Suite>> = { gemm, softmax };
