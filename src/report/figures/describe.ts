// Pictures in words, with their numbers, for readers that cannot see them.
import type { BudgetFigure, LinesFigure, MapFigure, Point, TreeFigure } from '../../claims/figure.ts';
import { typesetNumber } from '../format.ts';
import { isDrawable } from './canvas.ts';

/** Digits of a number in a description. */
const DIGITS = 4;

/** Points that are read out one by one; of more only the ends and the extremes. */
const MOST_POINTS = 24;

function spoken(x: number): string {
  return isDrawable(x) ? typesetNumber(x, DIGITS) : 'not a number that can be drawn';
}

/** `(1, 0.15), (2, 0.15)`, or of a long line where it begins and ends, and its lowest and highest value. */
export function spokenPoints(points: readonly Point[]): string {
  const drawable = points.filter(([x, y]) => isDrawable(x) && isDrawable(y));
  if (drawable.length === 0) return 'no points';
  const pair = ([x, y]: Point): string => `(${spoken(x)}, ${spoken(y)})`;
  if (drawable.length <= MOST_POINTS) return drawable.map(pair).join(', ');
  const values = drawable.map(([, y]) => y);
  const [low, high] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
  return `${drawable.length} points from ${pair(drawable[0]!)} to ${pair(drawable.at(-1)!)}, lowest ${spoken(low)}, highest ${spoken(high)}`;
}

/** What the axes of a chart are, and every line of it. */
export function describeLines(
  { xLabel, yLabel }: Pick<LinesFigure, 'xLabel' | 'yLabel'>,
  lines: readonly { readonly name: string; readonly points: readonly Point[] }[],
): string {
  const each = lines.map(({ name, points }) => `${name}: ${spokenPoints(points)}`);
  return `Across: ${xLabel}. Up: ${yLabel}. ${each.join('. ')}.`;
}

/** Every bar with its two parts. */
export function describeBudget({ unit, bars }: BudgetFigure): string {
  const each = bars.map(
    ({ label, sample, decision }) => `${label}: sample ${spoken(sample)}, decision ${spoken(decision)}`,
  );
  return `${unit}. ${each.join('. ')}.`;
}

/** Every row with its values. */
export function describeMap({ columns, rows, groups = [] }: MapFigure): string {
  const groupOf = groups.flatMap(({ label, columns: n }) => new Array<string>(n).fill(`${label}: `));
  const each = rows.map(({ label, values, note }) => {
    const cells = columns.map(
      (column, j) => `${groupOf[j] ?? ''}${column.label} ${spoken(values[j] ?? Number.NaN)}`,
    );
    return `${label}: ${cells.join(', ')}${note === '' ? '' : `; ${note}`}`;
  });
  return `${each.join('. ')}.`;
}

/** Every node as the action that leads to it, with what hangs on it. */
export function describeTree(nodes: TreeFigure['nodes']): string {
  const path = (node: TreeFigure['nodes'][number]): string => {
    const parent = node.parent === null ? undefined : nodes[node.parent];
    return parent === undefined || parent.parent === null ? node.action : `${path(parent)} ${node.action}`;
  };
  const each = nodes.slice(1).map((node) => {
    const reward = node.reward === null ? '' : `, reward ${spoken(node.reward)}`;
    return `${path(node)}: probability ${spoken(node.probability)}, advantage ${spoken(node.advantage)}${reward}`;
  });
  return `${each.join('. ')}.`;
}
