// The two roles that one network plays, as the component of a token.

/** The role of a token: `sample` belongs to a solution (π_sample), `decision` is STOP or RESAMPLE (π_d). */
export type Component = 'sample' | 'decision';

/** Both components, in the order in which results list them. */
export const COMPONENTS: readonly Component[] = ['sample', 'decision'];

/** The index of the logit of the decision that ends the episode. */
export const STOP = 0;
/** The index of the logit of the decision that starts another attempt. */
export const RESAMPLE = 1;
