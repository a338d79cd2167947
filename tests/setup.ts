// Property tests draw the same cases in every run, so that a change and not luck turns a test red. GRADSPLIT_TEST_SEED names other ones,
// or `random`, as `npm run test:full` does; a failure prints the seed either way.
import fc from 'fast-check';

const DEFAULT_SEED = 2601_01580;

const given = process.env.GRADSPLIT_TEST_SEED ?? String(DEFAULT_SEED);
if (given !== 'random') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(given) });
