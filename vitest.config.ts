// How tests are found and run. `quick` is what one runs after every change, `slow` what starts processes, trains or enumerates
// much, `plain` whatever is all about the kernels once more in the build that the engine would not choose.
// GRADSPLIT_TEST_REPORT names a file for the counts that .ci/run prints.
import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const report = process.env.GRADSPLIT_TEST_REPORT;

/** The tests that take longest, longest first; on two cores they take about as long as all the others. */
const SLOW = [
  'tests/cli/**/*.test.ts',
  'tests/package/**/*.test.ts',
  'tests/examples/**/*.test.ts',
  'tests/bench/**/*.test.ts',
  'tests/claims/{corruption,degenerate,generic,planted,transformer}.test.ts',
  'tests/ops/{batch,registry,sizes}.test.ts',
  'tests/kernels/team.test.ts',
  'tests/analyses/{objective,episodeMemory}.test.ts',
  'tests/report/*Html.test.ts',
  'tests/audit/{clean,auditRules}.test.ts',
  'tests/policy/formatProperties.test.ts',
  'tests/objectives/{range,weights}.test.ts',
  'tests/autodiff/reverse/chain.test.ts',
  'tests/audit/{groupRoundingClean,fit}.test.ts',
  'tests/audit/group{Rules,Upstream}.test.ts',
  'tests/audit/{terms,weights}*.test.ts',
  'tests/audit/{varianceBudget,reference,simulator,divisors}.test.ts',
  'tests/audit/rules/*.test.ts',
  'tests/labs/uncalibrated.test.ts',
  'tests/rollouts/mutations.test.ts',
  'tests/labs/em.test.ts',
  // These need a process of their own: one asks what happens before kernels are chosen, one registers names for good.
  'tests/tensor/backend.test.ts',
  'tests/host/loadModule.test.ts',
  'tests/host/folderLock.test.ts',
  'tests/labs/bsad.test.ts',
];

/** Tests that need more than `npm ci`; see vitest.extra.config.ts. */
const EXTRA = ['tests/full/**', 'tests/gpu/**', 'tests/browser/**', 'tests/reference/**'];

/** Begins with what is slow, so that no core waits at the end for a long file on the other one. */
class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => Number(b.project.name === 'slow') - Number(a.project.name === 'slow'));
  }
}

export default defineConfig({
  test: {
    pool: 'forks',
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
          exclude: [...configDefaults.exclude, ...EXTRA, ...SLOW],
        },
      },
      {
        extends: true,
        test: { name: 'slow', include: SLOW },
      },
      {
        extends: true,
        test: {
          name: 'plain',
          include: ['tests/kernels/**/*.test.ts', 'tests/ops/**/*.test.ts', 'tests/claims/generic.test.ts'],
          // Which stacks a batch rule makes does not depend on the build.
          exclude: [...configDefaults.exclude, 'tests/ops/{batch,errors}.test.ts'],
          isolate: false,
          env: { GRADSPLIT_SIMD: 'plain' },
        },
      },
    ],
  },
});
