const FORMAT = 'deflate-raw';

/** What was to be unpacked is damaged, or becomes too large. */
export class UnpackError extends Error {}

/** A text that an address can carry, in letters, digits, - and _. */
export async function pack(bytes: Uint8Array): Promise<string> {
  const packed = await new Response(new Blob([bytes.slice().buffer]).stream().pipeThrough(new CompressionStream(FORMAT))).arrayBuffer();
  let binary = '';
  for (const byte of new Uint8Array(packed)) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/**
 * Takes back what pack() has made.
 *
 * @param most bytes it may become: a short text can become as many as somebody wishes
 * @throws UnpackError
 */
export async function unpack(text: string, most: number): Promise<Uint8Array> {
  if (!/^[\w-]*$/.test(text)) throw new UnpackError('it has characters that do not belong there');
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    const packed = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0));
    const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream(FORMAT)).getReader();
    for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
      length += (value as Uint8Array).length;
      if (length > most) {
        await reader.cancel();
        throw new UnpackError(`it has more than ${most.toLocaleString('en')} bytes`);
      }
      chunks.push(value as Uint8Array);
    }
  } catch (error) {
    throw error instanceof UnpackError ? error : new UnpackError('it is damaged, or not complete');
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
