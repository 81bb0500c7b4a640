import { parentPort } from 'node:worker_threads';
import { hashRange } from './hash-range.ts';
import type { HashOrder, Order, Outcome } from './orders.ts';
import { PartReceiver } from './receive-part.ts';

// A thread that receives and hashes parts, several at a time; see PartWorkers. Imports nothing but Node's own modules.
const port = parentPort;
if (!port) throw new Error('part-worker is started as a worker thread, and not by itself');
const stops = new Map<number, () => void>();

port.on('message', (order: Order) => {
  if (order.kind === 'stop') return stops.get(order.id)?.();
  begin(order).then((outcome) => {
    stops.delete(order.id);
    port.postMessage({ id: order.id, outcome });
  });
});

function begin(order: Exclude<Order, { readonly kind: 'stop' }>): Promise<Outcome> {
  if (order.kind === 'hash') return hash(order);
  try {
    const receiver = new PartReceiver(order);
    stops.set(order.id, () => receiver.stop());
    return receiver.outcome;
  } catch (error) {
    return Promise.resolve(failed(error));
  }
}

async function hash({ id, fd, range }: HashOrder): Promise<Outcome> {
  const stop = new AbortController();
  stops.set(id, () => stop.abort());
  try {
    return { kind: 'hashed', sha256: await hashRange(fd, range, stop.signal) };
  } catch (error) {
    return stop.signal.aborted ? { kind: 'stopped' } : failed(error);
  }
}

function failed(error: unknown): Outcome {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  return { kind: 'failed', message: error instanceof Error ? error.message : String(error), code };
}
