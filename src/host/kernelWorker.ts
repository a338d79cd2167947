// What a helper's worker runs: it serves until the process ends.
import { workerData } from 'node:worker_threads';
import { type HelperTask, serve } from '../kernels/index.ts';

serve(workerData as HelperTask);
