// PyTorch in a Python process of its own for each number of threads. It times its steps itself and sends the seconds, so
// that talking to it costs nothing that is measured; it is asked in turn with everything else of the run.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('pytorch.py', import.meta.url));

/** The one on the path, and Debian's, which has the package python3-torch. */
const PYTHONS = ['python3', '/usr/bin/python3'];

/** A running script: lines in, lines out, in order. */
async function start(python, threads) {
  // PyTorch's own setting does not reach every BLAS: one that is left alone takes all cores.
  const env = { ...process.env, OMP_NUM_THREADS: String(threads), OPENBLAS_NUM_THREADS: String(threads) };
  const child = spawn(python, [SCRIPT, String(threads)], { stdio: ['pipe', 'pipe', 'pipe'], env });
  let complaint = '';
  child.stderr.on('data', (text) => {
    complaint += text;
  });
  child.on('error', (error) => {
    complaint += error.message;
  });
  child.stdin.on('error', () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const receive = async () => {
    const { done, value } = await lines.next();
    if (!done) return JSON.parse(value);
    throw new Error(complaint.trim().split('\n').at(-1) || `${python} ended without a word`);
  };
  return {
    version: (await receive()).version,
    ask: (message) => {
      child.stdin.write(`${JSON.stringify(message)}\n`);
      return receive();
    },
    stop: () => child.stdin.end(),
  };
}

async function startAny(threads) {
  const failures = [];
  for (const python of PYTHONS) {
    try {
      return await start(python, threads);
    } catch (error) {
      failures.push(`${python}: ${error.message}`);
    }
  }
  throw new Error(failures.join('; '));
}

/** Typed arrays as JSON lists. */
function plain(task) {
  const parameters = Object.entries(task.parameters).map(([path, { shape, values }]) => [
    path,
    { shape, values: Array.from(values) },
  ]);
  const rest = Object.entries(task).map(([name, value]) => [
    name,
    ArrayBuffer.isView(value) ? Array.from(value) : value,
  ]);
  return { ...Object.fromEntries(rest), parameters: Object.fromEntries(parameters) };
}

function peerOf(threads, python) {
  return {
    name: `pytorch-${threads}`,
    description: `PyTorch ${python.version}, CPU, ${threads === 1 ? 'one thread' : `${threads} threads`}`,
    async prepare(task) {
      if (task.op !== 'train' && task.op !== 'sample') return undefined;
      const { output } = await python.ask({ prepare: plain(task) });
      return {
        output: () => output,
        async sample({ minSamples, maxSeconds }) {
          const { seconds } = await python.ask({ sample: { minSamples, maxSeconds } });
          return { seconds, callsPerSample: 1 };
        },
        release: () => {},
      };
    },
    close: () => python.stop(),
  };
}

/** The peers `pytorch-1` and `pytorch-2`. */
export async function open() {
  const peers = [];
  for (const threads of [1, 2]) peers.push(peerOf(threads, await startAny(threads)));
  return peers;
}
