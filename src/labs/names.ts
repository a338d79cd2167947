// The names of the labs, apart from their code so that help and completion can say them at once.

/** The names of the labs, in the order in which they are listed. */
export const labNames: readonly string[] = [
  'uncalibrated',
  'energy',
  'early-rejection',
  'soc',
  'inform',
  'bsad',
  'em',
  'eapo',
  'argos',
];
