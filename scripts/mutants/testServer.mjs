// Runs tests in the folder it was started in, again and again in one process, so that only what has changed is read anew. A message
// names the changed file, or no file for all quick tests. The answer is what failed first, if anything. The argument `near` leaves it at
// the quick tests of the file's own folder.
import { relative, resolve } from 'node:path';
import { createVitest } from 'vitest/node';

/** What failed first in the run that is going on. */
let failed;
/** Tests that it has run. */
let count;

const reporter = {
  onTestCaseResult: (test) => {
    count++;
    if (test.result().state === 'failed')
      failed ??= `${relative('.', test.module.moduleId)}: ${test.fullName}`;
  },
  onTestModuleEnd: (module) => {
    if (module.state() === 'failed') failed ??= `${relative('.', module.moduleId)}: could not be loaded`;
  },
};

const vitest = await createVitest(
  'test',
  { watch: false, bail: 1, maxWorkers: 1, passWithNoTests: true, reporters: [reporter], cache: false },
  { server: { watch: null } },
);

/** The tests that a change of the file is put to, one set after the other: a set is run only if nothing failed before. */
async function* setsFor(file) {
  vitest.config.related = undefined;
  const isQuick = ({ project }) => ['quick', 'structure'].includes(project.name);
  if (file === undefined) {
    yield (await vitest.globTestSpecifications()).filter(isQuick);
    return;
  }
  const mirrored = file.replace(/^src\/([^/]+)\/.*$/, 'tests/$1/');
  const near = await vitest.globTestSpecifications([mirrored]);
  yield near.filter(isQuick);
  if (process.argv.includes('near')) return;
  // Slow ones are not those that start processes: they take minutes and see little that these do not.
  const isSlow = ({ project, moduleId }) =>
    ['alone', 'slow'].includes(project.name) &&
    !/tests\/(cli|package|bench|examples|report|host)\//.test(moduleId);
  yield near.filter(isSlow);
  vitest.config.related = [resolve(file)];
  const isFar = ({ moduleId }) => near.every((one) => one.moduleId !== moduleId);
  const far = (await vitest.getRelevantTestSpecifications()).filter(isFar);
  yield far.filter(isSlow);
  yield far.filter(isQuick);
}

process.on('message', async (file) => {
  if (file !== undefined && file !== null) vitest.invalidateFile(resolve(file));
  try {
    failed = undefined;
    count = 0;
    for await (const specifications of setsFor(file ?? undefined)) {
      if (specifications.length > 0) await vitest.runTestSpecifications(specifications);
      if (failed !== undefined) break;
    }
    process.send({ failed, count });
  } catch (error) {
    process.send({ failed: failed ?? `did not run: ${error.message}` });
  } finally {
    // The next message comes after the fault was taken out again.
    if (file) vitest.invalidateFile(resolve(file));
  }
});
process.send('ready');
