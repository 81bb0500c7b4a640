import { readFile, writeFile } from 'node:fs/promises';

export interface Section {
  /** Path of the Markdown document. */
  readonly document: string;
  /** Which section: it stands between `<!-- NAME: begin -->` and `<!-- NAME: end -->`. */
  readonly name: string;
}

/** Replaces what stands between the markers: numbers in documents are put there by the command that measured them. */
export async function writeSection(section: Section, text: string): Promise<void> {
  const { before, after } = await splitAt(section);
  await writeFile(section.document, `${before}\n${text.trim()}\n${after}`);
}

/** What stands between the markers now. */
export async function readSection(section: Section): Promise<string> {
  return (await splitAt(section)).inside;
}

/** @throws Error when the markers are not there, in this order and once. */
async function splitAt({ document, name }: Section): Promise<Record<'before' | 'inside' | 'after', string>> {
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const text = await readFile(document, 'utf8');
  const [before, rest, ...moreBegins] = text.split(begin);
  const [inside, after, ...moreEnds] = rest?.split(end) ?? [];
  if (
    before === undefined ||
    inside === undefined ||
    after === undefined ||
    moreBegins.length + moreEnds.length > 0
  ) {
    throw new Error(`${document} must hold ${begin} and ${end} once, in this order`);
  }
  return { before: before + begin, inside: inside.trim(), after: end + after };
}
