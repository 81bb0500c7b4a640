import { isUtf8 } from 'node:buffer';
import { Refusal } from '../refusal.ts';
import { scanJson } from './scan-json.ts';

/**
 * The value of a body that every parser reads alike: what is inspected here is what the engine gets.
 * @throws Refusal and nothing else, whatever the bytes
 */
export function parseJsonBody(bytes: Buffer): unknown {
  if (bytes.length === 0) throw new Refusal(400, 'the body is empty; send a chat completion request as JSON');
  if (!isUtf8(bytes)) throw new Refusal(400, 'the body is not valid UTF-8');
  scanJson(bytes);
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message.slice(0, 200) : '';
    throw new Refusal(400, `the body is not valid JSON: ${reason}`);
  }
}
