// What several rules need of one input is made once.
import type { Summary } from './summary.ts';

/** A function that makes something of a summary the first time it is asked for, and gives the same ever after. */
export function once<Made extends object>(make: (summary: Summary) => Made): (summary: Summary) => Made {
  const known = new WeakMap<Summary, Made>();
  return (summary) => {
    const made = known.get(summary) ?? make(summary);
    known.set(summary, made);
    return made;
  };
}
