// The program of a helper's worker thread, which serves until the process ends.
import { workerData } from 'node:worker_threads';
import { type HelperTask, serve } from '../kernels/index.ts';

serve(workerData as HelperTask);
