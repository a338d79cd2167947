// How curves look: components as in every chart, all others apart from each other in colour, in dashes and in symbols.
import type { SymbolType } from '@observablehq/plot';
import type { LabPicture, PictureCurve } from '../../labs/index.ts';
import { light } from '../theme.ts';

/** The look of a curve. */
export interface Look {
  /** A role of the theme. */
  readonly ink: 'sample' | 'decision' | 'soft' | `series-${number}`;
  readonly symbol: SymbolType;
  readonly dash?: string;
}

const SYMBOLS: readonly SymbolType[] = ['circle', 'triangle', 'diamond2', 'times', 'star', 'wye'];
const DASHES: readonly (string | undefined)[] = [undefined, '8 2 2 2', '2 2', '12 3', '6 2 2 2 2 2', '4 5'];
const REFERENCE_DASHES: readonly string[] = ['5 4', '1 4', '10 4', '5 3 1 3'];

const keyOf = ({ name, component, isReference }: PictureCurve): string =>
  `${isReference === true ? 'reference' : (component ?? 'series')} ${name}`;

/** The look of every curve of a picture; curves of one name look the same in all panels. */
export function looksOf({ panels }: LabPicture): (curve: PictureCurve) => Look {
  const curves = [
    ...new Map(panels.flatMap((panel) => panel.curves).map((one) => [keyOf(one), one])).values(),
  ];
  const isPlain = ({ component, isReference }: PictureCurve): boolean =>
    component === undefined && isReference !== true;
  // A line without dashes is π_sample where there are components.
  const hasComponents = curves.some(({ component }) => component !== undefined);
  const dashes = hasComponents ? DASHES.slice(1) : DASHES;
  const plain = curves.filter(isPlain);
  const references = curves.filter(({ isReference }) => isReference === true);
  const lookOf = (curve: PictureCurve): Look => {
    if (curve.isReference === true) {
      const at = references.indexOf(curve);
      return { ink: 'soft', symbol: 'circle', dash: REFERENCE_DASHES[at % REFERENCE_DASHES.length]! };
    }
    if (curve.component === 'sample') return { ink: 'sample', symbol: 'circle' };
    if (curve.component === 'decision') return { ink: 'decision', symbol: 'square', dash: '7 3' };
    const at = plain.indexOf(curve);
    const dash = dashes[at % dashes.length];
    return {
      ink: `series-${at % light.series.length}`,
      symbol: SYMBOLS[(at + (hasComponents ? 1 : 0)) % SYMBOLS.length]!,
      ...(dash === undefined ? {} : { dash }),
    };
  };
  const looks = new Map(curves.map((curve) => [keyOf(curve), lookOf(curve)]));
  return (curve) => looks.get(keyOf(curve))!;
}
