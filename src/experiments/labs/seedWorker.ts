// A worker thread of a lab.
import { serveJobs } from '../jobs/serve.ts';
import { runSeedJob } from './runSeed.ts';

serveJobs(runSeedJob);
