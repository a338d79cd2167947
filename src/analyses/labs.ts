// `lab` and `labs`: what the seeds of a lab come to, and the list of all labs, as documents.
import type { Options } from '../base/options.ts';
import { version } from '../base/version.ts';
import type { LabDocument, LabsDocument } from '../documents/labs.ts';
import {
  type CheckOutcome,
  type Lab,
  type LabSeed,
  outcomeOverSeeds,
  SplitMean,
  seriesOverSeeds,
} from '../labs/index.ts';

/** A seed that was run. */
export interface SeedOfLab extends LabSeed {
  readonly seed: number;
  readonly seconds: number;
}

/** A lab with the settings that it was run with. */
export interface LabRun {
  readonly lab: Lab;
  readonly options: Options;
  /** Whether `--full` was asked for. */
  readonly full: boolean;
  /** Of the kernels. */
  readonly build: string;
}

function measuredOf({ check, expected: { atLeast, atMost }, measured, interval, standing }: CheckOutcome) {
  return {
    measured,
    ci95: [interval[0], interval[1]] as [number, number],
    expected: {
      ...(atLeast === undefined ? {} : { atLeast }),
      ...(atMost === undefined ? {} : { atMost }),
    },
    over: check.over,
    standing,
    ...(check.paper === undefined ? {} : { paper: check.paper }),
  };
}

/** Options as a document has them. */
export function plainSettings(options: Options): LabDocument['settings'] {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [name, typeof value === 'object' ? [...value] : value]),
  );
}

/** What a lab found over its seeds, at least one. */
export function labDocument({ lab, options, full, build }: LabRun, seeds: readonly SeedOfLab[]): LabDocument {
  const { checks, controls, verdict } = outcomeOverSeeds(lab, options, seeds);
  const split = new SplitMean();
  for (const seed of seeds) split.add(seed.split);
  return {
    schema: 'gradsplit/lab@1',
    version,
    kernels: { backend: 'wasm', build },
    name: lab.name,
    full,
    settings: plainSettings(options),
    seeds: seeds.length,
    firstSeed: seeds[0]!.seed,
    verdict,
    checks: checks.map((outcome) => ({
      name: outcome.check.name,
      sentence: outcome.check.sentence,
      ...measuredOf(outcome),
      holds: outcome.standing === 'within',
    })),
    controls: controls.map((outcome) => ({
      name: outcome.check.name,
      sentence: outcome.check.sentence,
      wrong: outcome.check.wrong,
      ...measuredOf(outcome),
      rejected: outcome.standing === 'outside',
    })),
    split: split.shares(),
    audit: [...new Set(seeds.flatMap(({ audit }) => audit))].sort(),
    findings: lab.findings,
    series: seriesOverSeeds(seeds),
    perSeed: seeds.map(({ seed, measured }) => ({ seed, measured })),
    seconds: seeds.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}

/** The list of labs, with what they found if they were run. */
export function labsDocument(labs: readonly Lab[], found?: readonly LabDocument[]): LabsDocument {
  return {
    schema: 'gradsplit/labs@1',
    labs: labs.map(({ name, source, title, question, look, minutes }) => ({
      name,
      source,
      title,
      question,
      command: `gradsplit lab ${name}`,
      look,
      minutes,
    })),
    ...(found === undefined ? {} : { results: found.map(resultOf) }),
  };
}

function resultOf({ name, verdict, checks, controls, seconds }: LabDocument) {
  return {
    name,
    verdict,
    checks: { held: checks.filter(({ holds }) => holds).length, of: checks.length },
    controls: { rejected: controls.filter(({ rejected }) => rejected).length, of: controls.length },
    seconds,
  };
}
