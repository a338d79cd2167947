// `sample` on a terminal: an episode a paragraph, attempts in green or red with the probabilities of the decision beside them.
import type { ShownEpisode } from '../../analyses/sample.ts';
import { safe } from './layout.ts';
import type { Palette } from './palette.ts';

function verdictOf(right: boolean | undefined, palette: Palette): (text: string) => string {
  if (right === undefined) return palette.bold;
  return right ? palette.green : palette.red;
}

/** Marks tell right from wrong where there are no colours. */
function markOf(right: boolean | undefined): string {
  if (right === undefined) return '?';
  return right ? '✓' : '✗';
}

function episodeLines({ attempts, right, stop }: ShownEpisode, palette: Palette): string[] {
  return attempts.map((attempt, k) => {
    const shown = verdictOf(right?.[k], palette)(`${safe(attempt)} ${markOf(right?.[k])}`);
    const p = stop[k];
    if (p === undefined) return `  ${shown}  ${palette.dim('the last attempt is handed in')}`;
    const stopped = k + 1 === attempts.length;
    const [yes, no] = [`STOP ${p.toFixed(3)}`, `RESAMPLE ${(1 - p).toFixed(3)}`];
    return `  ${shown}  ${stopped ? palette.bold(yes) : palette.dim(yes)}  ${stopped ? palette.dim(no) : palette.bold(no)}${stopped ? '  → stops' : '  → tries again'}`;
  });
}

/** Episodes as text. */
export function sampleLines(prompt: string, episodes: readonly ShownEpisode[], palette: Palette): string {
  return episodes
    .map((episode, i) =>
      [palette.dim(`${safe(prompt)}  episode ${i + 1}`), ...episodeLines(episode, palette)].join('\n'),
    )
    .join('\n\n');
}
