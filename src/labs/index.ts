// Public surface of gradsplit/labs: small builds of published systems, each with what it claims and a control.
import { argos } from './argos/lab.ts';
import { bsad } from './bsad/lab.ts';
import { eapo } from './eapo/lab.ts';
import { earlyRejection } from './earlyRejection/lab.ts';
import { em } from './em/lab.ts';
import { energy } from './energy/lab.ts';
import { inform } from './inform/lab.ts';
import type { Lab } from './lab.ts';
import { soc } from './soc/lab.ts';
import { uncalibrated } from './uncalibrated/lab.ts';

export {
  defineLab,
  type Expected,
  firstSeedOf,
  type Lab,
  type LabCheck,
  type LabControl,
  type LabProgress,
  type LabSeed,
  type LabShare,
  type NextExperiment,
  usualSeedsOf,
} from './lab.ts';
export { labNames } from './names.ts';
export type { LabPicture, PictureAxis, PictureCurve, PicturePanel } from './picture.ts';
export { labNamed, labSettings } from './settings.ts';
export { auditedCodes, type LabTrajectory } from './shared/audited.ts';
export { type SegmentedLoss, SplitMean, segmentGradient } from './shared/split.ts';
export {
  type CheckOutcome,
  type ControlOutcome,
  type LabOutcome,
  outcomeOverSeeds,
  type SeriesBand,
  type Standing,
  seriesOverSeeds,
} from './verdict.ts';

/** Every lab, in the order in which they are listed. */
export const labs: readonly Lab[] = [
  uncalibrated,
  energy,
  earlyRejection,
  soc,
  inform,
  bsad,
  em,
  eapo,
  argos,
];
