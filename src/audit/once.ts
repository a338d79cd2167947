// What several rules need of one input is made once.
import type { IntegerColumn } from './columns/column.ts';
import { IN_MEMORY } from './columns/pageMemory.ts';
import type { Summary } from './summary.ts';

/**
 * A function that makes something of a summary the first time it is asked for, and gives the same ever after; also for a summary that
 * differs in advantages and coefficients only.
 */
export function once<Made extends object>(make: (summary: Summary) => Made): (summary: Summary) => Made {
  const known = new WeakMap<IntegerColumn, Made>();
  return (summary) => {
    const { line, memory = IN_MEMORY } = summary;
    const made = known.get(line) ?? memory.outside(() => make(summary));
    known.set(line, made);
    return made;
  };
}
