// The names of all documents, apart from their schemas so that the help can say them at once.

/** Every document, without the leading `gradsplit/`. */
export const documentNames = [
  'policy@1',
  'exact@1',
  'verify@1',
  'bench@1',
  'gpu@1',
  'claims@1',
  'train@1',
  'presets@1',
  'objectives@1',
  'sample@1',
  'eval@1',
  'compare@1',
  'reproduce@1',
  'doctor@1',
  'runs@1',
  'rollouts@1',
  'rolloutFormats@1',
  'audit@1',
  'attribution@1',
  'labs@1',
  'lab@1',
  'prove@1',
] as const;

/** The name of a document. */
export type DocumentName = (typeof documentNames)[number];
