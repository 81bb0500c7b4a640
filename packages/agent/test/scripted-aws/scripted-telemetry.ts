import type { IncomingMessage, ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import type { MetricDatum } from '@aws-sdk/client-cloudwatch';
import type { InputLogEvent } from '@aws-sdk/client-cloudwatch-logs';

type Refusal = { readonly status: number; readonly code: string };

/** The parts of CloudWatch and CloudWatch Logs that an agent calls, in their JSON protocols, and faults on request. */
export class ScriptedTelemetry {
  readonly data: MetricDatum[] = [];
  /** Of each PutMetricData. */
  readonly namespaces: string[] = [];
  /** Messages by `group stream`. */
  readonly streams: Map<string, string[]> = new Map();
  /** Asked for every request: an action that it names is refused. */
  fault: (action: string) => Refusal | undefined = () => undefined;

  /** As long as it is set, requests wait for it and are then forgotten. */
  stall: Promise<void> | undefined;

  knows(target: string): boolean {
    return /^(GraniteServiceVersion20100801|Logs_20140328)\./.test(target);
  }

  answer(target: string, request: IncomingMessage, raw: Buffer, response: ServerResponse): void {
    const action = target.split('.')[1] ?? '';
    if (this.stall) return void this.stall.then(() => response.destroy());
    const fault = this.fault(action);
    if (fault) return refuse(response, fault);
    const zipped = request.headers['content-encoding'] === 'gzip';
    const body = JSON.parse((zipped ? gunzipSync(raw) : raw).toString('utf8'));
    const key = `${body.logGroupName} ${body.logStreamName}`;
    if (action === 'CreateLogStream') {
      if (this.streams.has(key))
        return refuse(response, { status: 400, code: 'ResourceAlreadyExistsException' });
      this.streams.set(key, []);
    } else if (action === 'PutLogEvents') {
      const stream = this.streams.get(key);
      if (!stream) return refuse(response, { status: 400, code: 'ResourceNotFoundException' });
      stream.push(...body.logEvents.map(({ message }: InputLogEvent) => message));
    } else {
      this.namespaces.push(body.Namespace);
      this.data.push(...body.MetricData);
    }
    response.writeHead(200, { 'content-type': request.headers['content-type'] }).end('{}');
  }

  /** The sum of a metric over everything that was published for the fleet, or undefined when nothing was. */
  total(name: string): number | undefined {
    const data = this.data.filter(
      ({ MetricName, Dimensions }) => MetricName === name && Dimensions?.length === 1,
    );
    if (data.length === 0) return undefined;
    return data.reduce((sum, { Value, StatisticValues }) => sum + (Value ?? StatisticValues?.Sum ?? 0), 0);
  }
}

function refuse(response: ServerResponse, { status, code }: Refusal): void {
  response
    .writeHead(status, { 'content-type': 'application/x-amz-json-1.1' })
    .end(JSON.stringify({ __type: code, message: code }));
}
