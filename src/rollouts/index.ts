// Public surface of gradsplit/rollouts: trajectories of anyone's rollouts, and the formats they are read from.
export type { Header, RolloutFormat } from './format.ts';
export { formats as rolloutFormats } from './formats/index.ts';
export {
  addCounts,
  type LabelCounts,
  type Labelled,
  type LabelRules,
  type LabelSource,
  labelled,
} from './labels/label.ts';
export { type LabelOptions, labelRules } from './labels/options.ts';
export { formatNamed } from './read/recognise.ts';
export { type ReadOptions, RecordReader } from './read/recordReader.ts';
export type { ReadReport, SkippedLine } from './read/report.ts';
export { type ReadRollouts, RolloutStream, readRollouts } from './read/stream.ts';
export { gpt2TokenizerFile } from './tokenizer/gpt2Files.ts';
export { type InTokens, inTokens, type TokenOptions } from './tokenizer/inTokens.ts';
export { type NamedText, type TokenizerFiles, tokenizerFrom } from './tokenizer/tokenizer.ts';
export {
  type ChatMessage,
  isTokenizer,
  type Tokenizer,
  type Vocabulary,
  vocabularyOf,
} from './tokenizer/vocabulary.ts';
export {
  type LengthMismatch,
  type LoggedNaN,
  type Place,
  ROLES,
  type Role,
  type Texts,
  type Trajectory,
} from './trajectory.ts';
export { Conversion, type ConversionNotes } from './write/convert.ts';
export { rolloutsHeader, rolloutsLine } from './write/rolloutsLine.ts';
