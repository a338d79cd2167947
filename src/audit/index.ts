// Public surface of gradsplit/audit: rules over anyone's rollouts, and what an objective does to each token.

export { type ChangedToken, type Comparison, compareObjectives } from './against.ts';
export {
  type AuditRun,
  type Finding,
  type LookBack,
  lookBack,
  type NotChecked,
  type Observer,
  type Passes,
  runRules,
} from './audit.ts';
export { Column, IntegerColumn, type Numbers } from './columns/column.ts';
export { Lists } from './columns/lists.ts';
export { PAGE_BYTES, type PageFile, PageMemory } from './columns/pageMemory.ts';
export { type Excerpt, ExcerptCollector, type Marked } from './excerpts.ts';
export { type FitOptions, fitObjective, type ObjectiveFit } from './fit/fit.ts';
export { toldApart } from './fit/ranking.ts';
export { batchesOf, groupsOf } from './members.ts';
export { type AuditOptions, audit, type ReadRollouts } from './report.ts';
export type { Evidence, Need, Rule, Severity, Span, Watch } from './rule.ts';
export { rules } from './rules/index.ts';
export { type ChosenObjective, optionOf, type Setting } from './setting.ts';
export {
  ALL_FIELDS,
  type LengthLaw,
  type LoggedFields,
  type Mistake,
  onlyFields,
  type PlantOptions,
  plant,
  type RewardPart,
  randomSimulation,
  type Simulated,
  type SimulationSetting,
  settingOf,
  simulate,
  type Truth,
  type UpstreamFile,
  type UpstreamWriter,
  upstreamWriters,
  writeUpstream,
} from './simulator/index.ts';
export { rowSpans, SpanList } from './spans.ts';
export type { Summary } from './summary.ts';
export type { TokenView } from './tokenView.ts';
export { weigherOf } from './weigher.ts';
export { weightsOf } from './weightsOf.ts';
