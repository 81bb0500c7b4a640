/** Works on so many items at the same time; results in the order of the items, whichever comes first. */
export async function mapInOrder<Item, Result>(
  items: readonly Item[],
  options: { readonly limit: number; readonly work: (item: Item) => Promise<Result> },
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await options.work(item);
  };
  await Promise.all(Array.from({ length: Math.min(options.limit, items.length) }, worker));
  return results;
}
