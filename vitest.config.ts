// How tests are found and run. `quick` is what one runs after every change, `slow` what trains or enumerates much, `alone` what needs
// a process of its own, `commands` what runs many command lines in one, `plain` whatever is all about the kernels once more in the build
// that the engine would not choose, `structure` what reads the sources and runs none of them.
// GRADSPLIT_TEST_REPORT names a file for the counts that .ci/run prints.
import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const report = process.env.GRADSPLIT_TEST_REPORT;

/** Tests with a process of their own: they start processes or threads, replace modules, register names for good, or ask what a fresh process does. */
const ALONE = [
  'tests/cli/**/*.test.ts',
  'tests/package/**/*.test.ts',
  'tests/examples/**/*.test.ts',
  'tests/bench/**/*.test.ts',
  'tests/claims/{corruption,planted}.test.ts',
  'tests/kernels/team.test.ts',
  'tests/analyses/episodeMemory.test.ts',
  'tests/tensor/backend.test.ts',
  'tests/host/{loadModule,folderLock}.test.ts',
];

/** Tests of the command that may share a process, since they register nothing for good and spoil none of its state. */
const COMMANDS = [
  'tests/cli/{attribute,audit,badInput,commands,completion,damagedRuns,evaluate,gpu,help,logRollouts}.test.ts',
  'tests/cli/{objectives,prove,proveObjective,quiet,refute,rollouts,runFolder,usage,width}.test.ts',
];

/** Tests that train, simulate or enumerate much, but share a process as the quick ones do. */
const SLOW = [
  'tests/claims/{degenerate,generic,transformer}.test.ts',
  'tests/ops/{batch,registry,rules,sizes}.test.ts',
  'tests/analyses/objective.test.ts',
  'tests/report/*Html.test.ts',
  'tests/audit/{pairs,upstreamTable}.test.ts',
  'tests/policy/formatProperties.test.ts',
  'tests/objectives/{range,weights}.test.ts',
  'tests/autodiff/reverse/chain.test.ts',
  'tests/audit/{auditRules,clean,clipBounds,divisors,fit,groupRoundingClean,reference,simulator,varianceBudget}.test.ts',
  'tests/audit/group{Rules,Upstream}.test.ts',
  'tests/audit/{terms,weights}*.test.ts',
  'tests/audit/rules/*.test.ts',
  'tests/labs/{argos,bsad,eapo,earlyRejection,em,inform,soc,split,uncalibrated}.test.ts',
  'tests/rollouts/mutations.test.ts',
];

/** Tests that say the same on every Node. */
const STRUCTURE = 'tests/structure/**/*.test.ts';

/** Tests that need more than `npm ci`; see vitest.extra.config.ts. */
const EXTRA = ['tests/full/**', 'tests/gpu/**', 'tests/browser/**', 'tests/reference/**'];

/** Projects, what takes longest first, so that no core waits at the end for a long file on the other one. */
const ORDER = ['alone', 'commands', 'slow', 'structure', 'quick', 'plain'];

/** One project after the other: files of one project share a process. */
class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ project }: TestSpecification): number => ORDER.indexOf(project.name);
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  test: {
    pool: 'forks',
    setupFiles: ['tests/setup.ts'],
    // Every core; vitest would leave one idle.
    maxWorkers: '100%',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    sequence: { sequencer: SlowFirst },
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
    coverage: { include: ['src/**', 'bench/**'], reporter: ['text-summary', 'html'] },
    projects: [
      {
        extends: true,
        test: {
          name: 'quick',
          // One process loads the sources once for all its files: they share no state that a file does not set first.
          isolate: false,
          include: ['tests/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...EXTRA, ...ALONE, ...SLOW, STRUCTURE],
        },
      },
      {
        extends: true,
        test: { name: 'structure', include: [STRUCTURE], isolate: false },
      },
      {
        extends: true,
        test: { name: 'alone', include: ALONE, exclude: [...configDefaults.exclude, ...COMMANDS] },
      },
      {
        extends: true,
        test: { name: 'commands', include: COMMANDS, isolate: false },
      },
      {
        extends: true,
        test: { name: 'slow', include: SLOW, isolate: false },
      },
      {
        extends: true,
        test: {
          name: 'plain',
          include: ['tests/kernels/**/*.test.ts', 'tests/ops/**/*.test.ts'],
          // Which stacks a batch rule makes, and what holds of the reference, does not depend on the build. All claims run on every
          // build in tests/cli/builds.test.ts.
          exclude: [...configDefaults.exclude, 'tests/ops/{batch,errors,rules}.test.ts'],
          isolate: false,
          env: { GRADSPLIT_SIMD: 'plain' },
        },
      },
    ],
  },
});
