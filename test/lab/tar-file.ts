const BLOCK = 512;

/** A plain file in an archive. */
export interface TarEntry {
  readonly name: string;
  readonly content: Buffer;
  /** 0o644 unless told. */
  readonly mode?: number;
}

/** A tar archive (ustar) with one plain file, the same bytes for the same file. */
export function tarFile(name: string, content: Buffer, mode?: number): Buffer {
  return tarFiles([{ name, content, ...(mode === undefined ? {} : { mode }) }]);
}

/** A tar archive (ustar) of plain files, in their order. */
export function tarFiles(entries: readonly TarEntry[]): Buffer {
  const blocks = entries.flatMap(({ name, content, mode = 0o644 }) => {
    const padding = Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK);
    return [header(name, content.length, mode), content, padding];
  });
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

function header(name: string, size: number, mode: number): Buffer {
  if (Buffer.byteLength(name) > 100) throw new Error(`too long for a tar header: ${name}`);
  const block = Buffer.alloc(BLOCK);
  block.write(name, 0);
  block.write(`${mode.toString(8).padStart(7, '0')}\0`, 100);
  block.write('0000000\0', 108);
  block.write('0000000\0', 116);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  block.write('00000000000\0', 136);
  // The sum counts its own field as spaces.
  block.write('        ', 148);
  block.write('0', 156);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}
