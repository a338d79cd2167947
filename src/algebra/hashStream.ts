// Random words for proofs. The bound of Schwartz and Zippel asks for points that are uniform and independent; the streams of
// base/random.ts, whose state is derived from 32 bits, would leave at most 2^32 different points, and no risk below 2^-32.
import { sha256 } from '@noble/hashes/sha2.js';

/** A source of independent uniform 32-bit words. */
export interface RandomWords {
  /** The next word, an integer in [0, 2^32). */
  word(): number;
}

const BLOCK_WORDS = 8;

/**
 * SHA-256 in counter mode: block i is SHA-256(key ‖ i) with the 256-bit key SHA-256(JSON of [purpose, seed]).
 *
 * A bound on the risk of a random test assumes that these words are as good as independent uniform ones for the statement that is
 * tested: that the statement was not chosen with the seed in view, and that SHA-256 in counter mode behaves like a random function
 * on it. A seed that is drawn after the statement was written down, such as 256 random bits as text, makes the first hold for every statement.
 * @param seed a number or text; the same seed and purpose always give the same words
 * @param purpose what the words are for, such as `'points'`; different purposes give unrelated words
 * @see NIST FIPS 180-4 (SHA-256), NIST SP 800-90A section 10.1.1 (generators from a hash and a counter)
 */
export function hashStream(seed: number | string, purpose: string): RandomWords {
  const input = new Uint8Array(40);
  input.set(sha256(new TextEncoder().encode(JSON.stringify([purpose, seed]))));
  const counter = new DataView(input.buffer, 32);
  let blocks = 0;
  let block = new DataView(new ArrayBuffer(0));
  let used = BLOCK_WORDS;
  return {
    word() {
      if (used === BLOCK_WORDS) {
        counter.setUint32(0, Math.floor(blocks / 2 ** 32));
        counter.setUint32(4, blocks % 2 ** 32);
        blocks++;
        const digest = sha256(input);
        block = new DataView(digest.buffer, digest.byteOffset, digest.byteLength);
        used = 0;
      }
      return block.getUint32(4 * used++);
    },
  };
}
