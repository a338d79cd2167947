// The picture of the lab: outliers against gold, and gold over the steps.
import type { LabPicture, PictureCurve } from '../picture.ts';

/** The optimisations that are drawn, by the beginning of their columns. */
const COURSES: readonly (readonly [column: string, name: string])[] = [
  ['free', 'reward model alone'],
  ['ibl', 'with the penalty'],
  ['onGold', 'gold reward'],
  ['plain', 'no bottleneck, alone'],
  ['plainIbl', 'no bottleneck, with the penalty'],
];

function curve(name: string, x: string, y: string): PictureCurve {
  return { name, x, y, as: 'both' };
}

/** Two panels. */
export const PICTURE: LabPicture = {
  title: 'Outliers in the latent space and the gold reward',
  caption:
    'From the reference policy all optimisations start at a share of about α. Against the reward model alone gold rises, then falls, and nearly every response is an outlier, with and without a bottleneck; optimised on gold, the policy stays among the reference’s responses.',
  panels: [
    {
      title: 'Outlier share against gold reward',
      x: { label: 'gold reward' },
      y: { label: 'share of outliers', domain: [0, 1] },
      curves: COURSES.map(([column, name]) => curve(name, `${column}Gold`, `${column}Share`)),
    },
    {
      title: 'Gold reward over the steps',
      x: { label: 'step' },
      y: { label: 'gold reward' },
      curves: COURSES.map(([column, name]) => curve(name, 'step', `${column}Gold`)),
    },
  ],
};
