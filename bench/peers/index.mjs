// The peers that work here. Each adapter exports `open()`, which gives peers or throws; why it threw is told, not hidden.
// The contract is bench/peer.ts.
import { open as openJax } from './jax.mjs';
import { open as openPytorch } from './pytorch.mjs';
import { open as openTfjs } from './tfjs.mjs';

/** @returns {Promise<{ peers: object[], missing: string[] }>} */
export async function openPeers() {
  const peers = [];
  const missing = [];
  for (const [name, open] of Object.entries({ tfjs: openTfjs, 'jax-js': openJax, pytorch: openPytorch })) {
    try {
      peers.push(...(await open()));
    } catch (error) {
      missing.push(`${name}: ${error.message.split('\n')[0]}`);
    }
  }
  return { peers, missing };
}
