// Hatching of what belongs to decisions, so that the two components can be told apart without colours.
import { type Html, html } from '../html.ts';
import { colour } from '../theme.ts';

/** Between two strokes, along an axis, in pixels. */
const SPACING = 6;

/** A rectangle from (x1, y1) to (x2, y2) in pixels, x1 ≤ x2 and y1 ≤ y2. */
export interface Area {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

/** The strokes x + y = c, c a multiple of the spacing, inside a rectangle. */
function strokes({ x1, y1, x2, y2 }: Area): string {
  const lines: string[] = [];
  const first = Math.ceil((x1 + y1) / SPACING);
  for (let k = first; k * SPACING < x2 + y2; k++) {
    const c = k * SPACING;
    const [fromX, toX] = [Math.max(x1, c - y2), Math.min(x2, c - y1)];
    if (toX - fromX < 0.5) continue;
    lines.push(`M${fromX.toFixed(1)},${(c - fromX).toFixed(1)}L${toX.toFixed(1)},${(c - toX).toFixed(1)}`);
  }
  return lines.join('');
}

/** Strokes in the colour of the paper over filled rectangles; nothing where none is wide enough for one. */
export function hatching(areas: readonly Area[]): Html | undefined {
  const d = areas.map(strokes).join('');
  if (d === '') return undefined;
  return html`<path d="${d}" fill="none" stroke="${colour('paper')}" stroke-width="1.3"/>`;
}
