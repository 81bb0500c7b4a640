/** The header of a PNG and then any bytes: what a picture is as far as it is looked at before it is sent. */
export function pngOf(byteLength: number, fill: (index: number) => number): Buffer {
  const bytes = Buffer.alloc(byteLength);
  Buffer.from('89504e470d0a1a0a0000000d494844520000001000000010', 'hex').copy(bytes);
  for (let index = 24; index < byteLength; index++) bytes[index] = fill(index);
  return bytes;
}
