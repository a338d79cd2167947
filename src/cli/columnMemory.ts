// How much memory the columns of an audit take, whatever the number of trajectories.
import { PageMemory } from '../audit/index.ts';
import { temporaryPages } from '../host/pageFile.ts';

/** What rules read at the same time of one batch of 10 000 trajectories, a dozen columns, fits many times over. */
const BYTES = 16 * 2 ** 20;

/** Memory with a limit; what is beyond lies in a temporary file until it is closed. */
export interface ColumnMemory {
  readonly memory: PageMemory;
  close(): void;
}

/** Begins with nothing. */
export function columnMemory(): ColumnMemory {
  const pages = temporaryPages();
  return { memory: new PageMemory(pages, BYTES), close: () => pages.close() };
}
