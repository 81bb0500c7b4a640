import { writeSharedLibrary } from './shared-library.ts';

/**
 * `bool __atomic_compare_exchange(size, pointer, expected, desired, …)` for 8 bytes, with the full order that x86 always gives.
 * V8 asks for no other size; with another one the program ends (SIGILL), which is better than a wrong answer.
 */
const COMPARE_EXCHANGE = [
  ...[0xf3, 0x0f, 0x1e, 0xfa], //       endbr64
  ...[0x48, 0x83, 0xff, 0x08], //       cmp    rdi, 8
  ...[0x75, 0x19], //                   jne    other size
  ...[0x48, 0x8b, 0x02], //             mov    rax, [rdx]
  ...[0x48, 0x8b, 0x09], //             mov    rcx, [rcx]
  ...[0xf0, 0x48, 0x0f, 0xb1, 0x0e], // lock cmpxchg [rsi], rcx
  ...[0x75, 0x06], //                   jne    differs
  ...[0xb8, 1, 0, 0, 0], //             mov    eax, 1
  ...[0xc3], //                         ret
  ...[0x48, 0x89, 0x02], // differs:    mov    [rdx], rax
  ...[0x31, 0xc0], //                   xor    eax, eax
  ...[0xc3], //                         ret
  ...[0x0f, 0x0b], // other size:       ud2
];

/**
 * Stands in for `libatomic.so.1` on an instance without. Node's own builds are linked with it since version 25, and ask it for
 * one function (nodejs/node, BUILDING.md; `readelf --dyn-syms`). AWS's image has it with its compiler, Ubuntu's own has not,
 * and an isolated network has no archive to install it from.
 */
export function atomicLibrary(): Uint8Array {
  return writeSharedLibrary('libatomic.so.1', {
    name: '__atomic_compare_exchange',
    version: 'LIBATOMIC_1.0',
    code: Uint8Array.from(COMPARE_EXCHANGE),
  });
}
