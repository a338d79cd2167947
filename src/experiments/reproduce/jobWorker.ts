// A worker thread of an experiment.
import { serveJobs } from '../jobs/serve.ts';
import { runJob } from './runJob.ts';

serveJobs(runJob);
