// The data of the explorer in a report that a command has written.
import type { ExplorerData } from '../../src/documents/explorer.ts';
import { unpackExplorer } from '../../src/explorer/pack.ts';

/** What the explorer of a page shows; undefined where it has none. */
export function explorerData(markup: string): ExplorerData | undefined {
  const found = /<script type="application\/json" id="explorer-data">([^<]*)<\/script>/.exec(markup);
  return found === null ? undefined : unpackExplorer(JSON.parse(found[1]!));
}
