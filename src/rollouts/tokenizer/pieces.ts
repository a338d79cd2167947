// The text of every single token, so that the texts of a trajectory give its whole text when they are joined.

/** The byte of each character of byte-level BPE: printable bytes stand for themselves, the others for the characters from U+0100 on. */
const BYTE_OF: ReadonlyMap<string, number> = (() => {
  const isPrintable = (b: number): boolean => (b > 32 && b < 127) || (b > 160 && b !== 173);
  let next = 256;
  return new Map(
    Array.from({ length: 256 }, (_, b) => [String.fromCodePoint(isPrintable(b) ? b : next++), b] as const),
  );
})();

const BYTE_NAME = /^<0x([0-9A-F]{2})>$/;

const encoder = new TextEncoder();

/** The bytes of a token by its name. */
type BytesOf = (name: string) => Uint8Array;

/** In byte-level BPE each character is a byte. A name with other characters, such as that of an added token, is itself. */
const byteLevelBytes: BytesOf = (name) => {
  const bytes = Array.from(name, (character) => BYTE_OF.get(character));
  return bytes.includes(undefined) ? encoder.encode(name) : Uint8Array.from(bytes, (byte) => byte ?? 0);
};

/** In SentencePiece ▁ is a blank, and `<0x0A>` a byte. */
const sentencePieceBytes: BytesOf = (name) => {
  const byte = BYTE_NAME.exec(name)?.[1];
  return byte === undefined
    ? encoder.encode(name.replaceAll('▁', ' '))
    : Uint8Array.of(Number.parseInt(byte, 16));
};

/**
 * Gives the texts of tokens by their names, [n]. A character whose bytes are spread over tokens is with the last of them; bytes that
 * are no text are U+FFFD.
 * @param decoders the types of the steps of the tokenizer's decoder
 * @param isAdded whether a token is an added one, which is its own text
 */
export function piecesBy(
  decoders: readonly string[],
  isAdded: (name: string) => boolean,
): (names: readonly string[]) => string[] {
  const bytesOf = decoders.includes('ByteLevel') ? byteLevelBytes : sentencePieceBytes;
  return (names) => {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    const texts = names.map((name) =>
      decoder.decode(isAdded(name) ? encoder.encode(name) : bytesOf(name), { stream: true }),
    );
    const rest = decoder.decode();
    return texts.length === 0 ? texts : texts.with(-1, texts.at(-1)! + rest);
  };
}
