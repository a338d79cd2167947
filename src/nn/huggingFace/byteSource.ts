// Bytes that are read in ranges, so that a large file need not lie in memory as a whole.

/** A `ByteSource` gives ranges of a known number of bytes. */
export interface ByteSource {
  /** The number of bytes. */
  readonly length: number;
  /**
   * Returns the bytes begin … end − 1.
   * @throws InputError if they cannot be read
   */
  read(begin: number, end: number): Uint8Array;
}

/** Returns the source whose bytes lie in memory. */
export function bytesInMemory(bytes: Uint8Array): ByteSource {
  return { length: bytes.length, read: (begin, end) => bytes.subarray(begin, end) };
}
