// The tables of the terminal: results as text, in colours where the caller passes some.

export { sectionOf } from './markdown.ts';
export { auditTable } from './tables/auditTable.ts';
export { benchMarkdown } from './tables/benchMarkdown.ts';
export { type BenchDocument, benchTable } from './tables/benchTable.ts';
export { claimsTable, type ListedClaim } from './tables/claimsTable.ts';
export { comparisonTable } from './tables/comparisonTable.ts';
export { doctorTable } from './tables/doctorTable.ts';
export { evaluationTable } from './tables/evaluationTable.ts';
export { exactTable } from './tables/exactTable.ts';
export { backendLine, backendText, gpuTable } from './tables/gpuTable.ts';
export { labResultsTable, labsTable } from './tables/labsTable.ts';
export { labTable } from './tables/labTable.ts';
export { labText } from './tables/labText.ts';
export { markdownText } from './tables/markdownText.ts';
export { objectiveDetails, objectivesTable } from './tables/objectivesTable.ts';
export { type Palette, plainPalette } from './tables/palette.ts';
export { presetsTable } from './tables/presetsTable.ts';
export { profileTable } from './tables/profileTable.ts';
export { reproduceMarkdown } from './tables/reproduceMarkdown.ts';
export { reproduceTable } from './tables/reproduceTable.ts';
export { rolloutFormatsTable } from './tables/rolloutFormatsTable.ts';
export { rulesTable, ruleText } from './tables/ruleText.ts';
export { runsTable } from './tables/runsTable.ts';
export { sampleLines } from './tables/sampleLines.ts';
export { trainingOptionsTable } from './tables/trainingOptions.ts';
export { timeInWords, trainSummary } from './tables/trainSummary.ts';
export { type VerifyLines, verifyLines, verifyTable } from './tables/verifyTable.ts';
