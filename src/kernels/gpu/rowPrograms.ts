// softmax and logSoftmax as GPU programs in three passes: the maximum M of every row, S = Σ e^{x − M}, then e^{x − M}/S or
// x − M − log S. So a thread reads at most one row, and intermediate results stay on the GPU.
import type { RowKernel } from '../interface.ts';
import type { Launch, Operand, Program } from './program.ts';

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

const results: Record<RowKernel, string> = {
  softmax: 'Math.exp(d) / s[this.thread.y]',
  logSoftmax: 'd - Math.log(s[this.thread.y])',
};

function last(kernel: RowKernel): string {
  return `function ${kernel}(x, m, s) {
  let d = x[this.thread.y * this.constants.columns + this.thread.x] - m[this.thread.y];
  return ${results[kernel]};
}`;
}

/** The row kernel on x [rows, columns], finite, neither size 0. */
export function rowLaunch(kernel: RowKernel, rows: number, columns: number, x: Operand): Launch {
  const program = (name: string, source: string, output: Program['output']): Program => ({
    key: `${name} ${rows}x${columns}`,
    source,
    output,
    constants: { columns },
  });
  const largest: Launch = { program: program('rowMaximum', MAXIMUM, [rows, 1, 1]), operands: [x] };
  const sum: Launch = { program: program('rowSum', SUM, [rows, 1, 1]), operands: [x, largest] };
  return { program: program(kernel, last(kernel), [columns, rows, 1]), operands: [x, largest, sum] };
}
