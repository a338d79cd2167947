// The two roles one network plays.

/** `sample`: the token belongs to a solution (π_sample); `decision`: it is STOP or RESAMPLE (π_d). */
export type Component = 'sample' | 'decision';

/** Both components, in the order in which results list them. */
export const COMPONENTS: readonly Component[] = ['sample', 'decision'];

/** Actions of a decision, in the order of their logits. */
export const STOP = 0;
export const RESAMPLE = 1;
