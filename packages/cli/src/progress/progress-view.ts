import type { ProgressEvent, RehearsalEndpoint } from '@pixtral-fleet/rehearsal';
import { createLogUpdate } from 'log-update';
import { formatEvent, ProgressLines } from './progress-lines.ts';

export interface ProgressView {
  update(event: ProgressEvent): void;
  close(): void;
}

const REDRAW_MS = 200;

/** A live list on a terminal; plain lines anywhere else (CI logs, pipes). */
export function createProgressView(options: { readonly stream: NodeJS.WriteStream }): ProgressView {
  return options.stream.isTTY ? liveView(options.stream) : lineView(options.stream);
}

function liveView(stream: NodeJS.WriteStream): ProgressView {
  const lines = new ProgressLines();
  const log = createLogUpdate(stream);
  const draw = () => log(lines.render(performance.now()));
  const timer = setInterval(draw, REDRAW_MS);
  return {
    update(event) {
      lines.update(event, performance.now());
      if (event.type === 'kept') {
        draw();
        log.done();
        stream.write(`${keptMessage(event.endpoint, event.file)}\n`);
      } else draw();
    },
    close() {
      clearInterval(timer);
      draw();
      log.done();
    },
  };
}

function lineView(stream: NodeJS.WriteStream): ProgressView {
  return {
    update(event) {
      const line = event.type === 'kept' ? keptMessage(event.endpoint, event.file) : formatEvent(event);
      if (line !== undefined) stream.write(`${line}\n`);
    },
    close() {},
  };
}

/** What to try against a kept rehearsal, ready to paste. */
function keptMessage(endpoint: RehearsalEndpoint, file: string): string {
  const body = JSON.stringify({
    model: endpoint.model,
    messages: [{ role: 'user', content: 'Reply with the word "hello".' }],
  });
  return [
    '',
    `Serving at ${endpoint.url} (also in ${file}); Ctrl-C ends and destroys it. Try:`,
    '',
    `  curl -s ${endpoint.url}/v1/chat/completions -H 'Authorization: Bearer ${endpoint.apiKey}' \\`,
    `    -H 'Content-Type: application/json' -d '${body}'`,
    '',
    '  npm run -s pixtral -- ask packages/cli/test/fixtures/red.png "What colour is this picture?"',
    '  npm run -s pixtral -- verify',
    '',
    `  const client = createClient({ baseUrl: '${endpoint.url}', apiKey: '${endpoint.apiKey}', model: '${endpoint.model}' });`,
  ].join('\n');
}
