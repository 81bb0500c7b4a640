/** A function that a shared library gives to programs. */
export interface LibraryFunction {
  readonly name: string;
  /** Of its interface: programs ask for the name with this version. */
  readonly version: string;
  /** Machine code that stands at any address and calls nothing. */
  readonly code: Uint8Array;
}

const PAGE = 0x1000;
const HEADER_BYTES = 64;
const SEGMENT_BYTES = 56;
const SEGMENTS = 4;

/** Sizes of one entry. */
const SYMBOL_BYTES = 24;
const VERSION_BYTES = 28;

/**
 * An ELF shared library for Linux x64 of one function, as the loader of the C library wants it (elf(5), and for the versions
 * "LSB Core, Symbol Versioning"): the same bytes on every machine, without a compiler.
 * @param soname by which programs ask for it
 */
export function writeSharedLibrary(soname: string, { name, version, code }: LibraryFunction): Uint8Array {
  const strings = Buffer.from(`\0${[soname, name, version].join('\0')}\0`, 'latin1');
  const nameOf = (text: string) => strings.indexOf(`\0${text}\0`, 0, 'latin1') + 1;
  const hash = HEADER_BYTES + SEGMENTS * SEGMENT_BYTES;
  // Names are looked up in one chain: of no symbol, and of the function.
  const hashTable = numbers([4, 1], [4, 2], [4, 1], [4, 0], [4, 0]);
  const symbols = align(hash + hashTable.length);
  const stringTable = symbols + 2 * SYMBOL_BYTES;
  const symbolVersions = align(stringTable + strings.length);
  const versions = align(symbolVersions + 4);
  const start = align(versions + 2 * VERSION_BYTES);
  const end = start + code.length;
  const symbolTable = Buffer.concat([
    Buffer.alloc(SYMBOL_BYTES),
    // Global, a function, of a section that is not named.
    numbers([4, nameOf(name)], [1, 0x12], [1, 0], [2, 1], [8, start], [8, code.length]),
  ]);
  const versionTable = Buffer.concat(
    [soname, version].map((text, at) =>
      // The first one is the library itself.
      numbers(
        ...([
          [2, 1],
          [2, at === 0 ? 1 : 0],
          [2, at + 1],
          [2, 1],
          [4, elfHash(text)],
        ] as const),
        ...([
          [4, 20],
          [4, at === 0 ? VERSION_BYTES : 0],
          [4, nameOf(text)],
          [4, 0],
        ] as const),
      ),
    ),
  );
  const dynamic = numbers(
    // Name, table of names, symbols, strings with their size, size of a symbol, versions and their number, end.
    ...[14, nameOf(soname), 4, hash, 6, symbols, 5, stringTable, 10, strings.length, 11, SYMBOL_BYTES].map(
      word,
    ),
    ...[0x6ffffff0, symbolVersions, 0x6ffffffc, versions, 0x6ffffffd, 2, 0, 0].map(word),
  );
  const file = Buffer.alloc(PAGE + dynamic.length);
  const parts: readonly (readonly [at: number, bytes: Uint8Array])[] = [
    [0, header()],
    [HEADER_BYTES, segmentTable(end, dynamic.length)],
    [hash, hashTable],
    [symbols, symbolTable],
    [stringTable, strings],
    [symbolVersions, numbers([2, 0], [2, 2])],
    [versions, versionTable],
    [start, code],
    [PAGE, dynamic],
  ];
  for (const [at, bytes] of parts) file.set(bytes, at);
  return file;
}

/** Little-endian, of so many bytes each. */
function numbers(...fields: readonly (readonly [bytes: number, value: number])[]): Buffer {
  const out = Buffer.alloc(fields.reduce((sum, [bytes]) => sum + bytes, 0));
  let at = 0;
  for (const [bytes, value] of fields) {
    out.writeUIntLE(value, at, Math.min(bytes, 6));
    at += bytes;
  }
  return out;
}

function word(value: number): readonly [8, number] {
  return [8, value];
}

function align(offset: number): number {
  return Math.ceil(offset / 16) * 16;
}

function header(): Buffer {
  const identity = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  return Buffer.concat([
    identity,
    // A shared library for x86-64, which does not begin anywhere; its segments follow, and it has no sections.
    numbers([2, 3], [2, 62], [4, 1], [8, 0], [8, HEADER_BYTES], [8, 0], [4, 0]),
    numbers([2, HEADER_BYTES], [2, SEGMENT_BYTES], [2, SEGMENTS], [2, 64], [2, 0], [2, 0]),
  ]);
}

function segmentTable(textBytes: number, dynamicBytes: number): Buffer {
  const segment = (type: number, flags: number, at: number, bytes: number, alignment: number) =>
    numbers([4, type], [4, flags], [8, at], [8, at], [8, at], [8, bytes], [8, bytes], [8, alignment]);
  return Buffer.concat([
    // To be read and run; to be read and written, since the loader notes addresses in it.
    segment(1, 5, 0, textBytes, PAGE),
    segment(1, 6, PAGE, dynamicBytes, PAGE),
    segment(2, 6, PAGE, dynamicBytes, 8),
    // PT_GNU_STACK: the stack holds no code.
    segment(0x6474e551, 6, 0, 0, 16),
  ]);
}

/** By which the loader compares names of versions (elf(5)). */
function elfHash(text: string): number {
  let hash = 0;
  for (const byte of Buffer.from(text, 'latin1')) {
    hash = ((hash << 4) + byte) >>> 0;
    const high = hash & 0xf0000000;
    hash = (hash ^ (high >>> 24) ^ high) >>> 0;
  }
  return hash;
}
