import { subscribe } from 'node:diagnostics_channel';
import { CALL_CHANNELS, type CallRecord, createClient } from '@pixtral-fleet/client';
import { traceCalls } from '@pixtral-fleet/client/opentelemetry';

// Spans for whatever OpenTelemetry SDK this process has set up; without one they go nowhere.
const tracing = traceCalls();

// Without OpenTelemetry: what each call took.
subscribe(CALL_CHANNELS.end, (message) => {
  const { request, attempts, outcome, error } = message as CallRecord;
  console.log(`${request.operation}: ${attempts} attempt, ${error ?? outcome?.finishReasons}`);
});

const client = createClient({
  baseUrl: process.env.PIXTRAL_ENDPOINT ?? 'http://localhost:8080',
  apiKey: process.env.PIXTRAL_API_KEY,
  model: 'pixtral-12b',
});
await client.ask('photo.png', 'What colour is this?');

await client.close();
tracing[Symbol.dispose]();
