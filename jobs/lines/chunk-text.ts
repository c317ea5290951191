/**
 * Packs a chunk's lines for storing, with zstd: at their lowest levels, zstd compresses better than gzip and
 * takes half the CPU time. Chunks that earlier versions stored with gzip can be read as well; the first bytes
 * tell which it is.
 */
import { promisify } from 'node:util';
import { constants, gunzip, zstdCompress, zstdDecompress } from 'node:zlib';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);
const decompressGzip = promisify(gunzip);

const LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

export const pack = (text: Buffer): Promise<Buffer> => compress(text, LEVEL);

export async function unpack(body: Buffer): Promise<Buffer> {
  return body[0] === 0x1f && body[1] === 0x8b ? await decompressGzip(body) : await decompress(body);
}
