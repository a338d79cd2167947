// softmax and logSoftmax on a GPU in three passes: the maximum M of every row, S = Σ e^{x − M}, then e^{x − M}/S or x − M − log S.
// So a thread reads at most one row, and intermediate results stay on the GPU.
import type { RowKernel } from '../operands.ts';
import type { Launch, Program } from './launch.ts';

const MAXIMUM = `function rowMaximum(x) {
  let largest = x[this.thread.x * this.constants.columns];
  for (let c = 1; c < this.constants.columns; c++) {
    largest = Math.max(largest, x[this.thread.x * this.constants.columns + c]);
  }
  return largest;
}`;

const SUM = `function rowSum(x, m) {
  let total = 0.0;
  for (let c = 0; c < this.constants.columns; c++) {
    total += Math.exp(x[this.thread.x * this.constants.columns + c] - m[this.thread.x]);
  }
  return total;
}`;

const D = 'x[this.thread.y * this.constants.columns + this.thread.x] - m[this.thread.y]';
const last: Record<RowKernel, string> = {
  softmax: `function softmax(x, m, s) { return Math.exp(${D}) / s[this.thread.y]; }`,
  logSoftmax: `function logSoftmax(x, m, s) { return ${D} - Math.log(s[this.thread.y]); }`,
};

/** The row kernel on x [rows, columns], finite, neither size 0. */
export function rowLaunch(kernel: RowKernel, rows: number, columns: number): Launch {
  const program = (name: string, source: string, output: Program['output']): Program => ({
    key: `${name} ${rows}x${columns}`,
    source,
    output,
    constants: { columns },
  });
  return {
    crossing: kernel,
    size: Math.sqrt(rows * columns),
    passes: () => [
      program('rowMaximum', MAXIMUM, [rows, 1, 1]),
      program('rowSum', SUM, [rows, 1, 1]),
      program(kernel, last[kernel], [columns, rows, 1]),
    ],
  };
}
