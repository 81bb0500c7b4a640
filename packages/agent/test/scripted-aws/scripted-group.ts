import type { ServerResponse } from 'node:http';

/** A call that an instance made about its lifecycle. */
export interface LifecycleCall {
  readonly action: 'CompleteLifecycleAction' | 'RecordLifecycleActionHeartbeat';
  readonly hook: string;
  readonly result: string | undefined;
}

/** An Auto Scaling group of one instance behind the query API. */
export class ScriptedGroup {
  readonly instanceId: string = 'i-0abc';
  readonly name: string = 'fleet-group';
  readonly launchTemplateVersion: string = '7';
  /** Name of the hook that waits now. */
  waiting: string | undefined = 'pixtral-ready';
  isMember = true;
  /** Asked for every lifecycle call: one for which it names a code is refused with that. */
  fault: (call: LifecycleCall) => string | undefined = () => undefined;
  readonly calls: LifecycleCall[] = [];
  /** What the instance said of its health. */
  readonly health: string[] = [];

  get completed(): readonly string[] {
    return this.calls
      .filter(({ action }) => action === 'CompleteLifecycleAction')
      .map(({ hook, result }) => `${hook} ${result}`);
  }

  answer(form: URLSearchParams, response: ServerResponse): void {
    const action = form.get('Action') ?? '';
    if (action === 'DescribeAutoScalingInstances') return reply(response, action, this.#describe());
    if (action === 'SetInstanceHealth') {
      this.health.push(`${form.get('InstanceId')} ${form.get('HealthStatus')}`);
      return reply(response, action, '');
    }
    if (action !== 'CompleteLifecycleAction' && action !== 'RecordLifecycleActionHeartbeat') {
      return refuse(response, 'InvalidAction', `no ${action} here`);
    }
    const hook = form.get('LifecycleHookName') ?? '';
    const call: LifecycleCall = { action, hook, result: form.get('LifecycleActionResult') ?? undefined };
    const code = this.fault(call);
    if (code) return refuse(response, code, `scripted ${code}`);
    this.calls.push(call);
    const isRight =
      form.get('AutoScalingGroupName') === this.name && form.get('InstanceId') === this.instanceId;
    if (!isRight || hook !== this.waiting) {
      return refuse(
        response,
        'ValidationError',
        `No active Lifecycle Action found with instance ID ${form.get('InstanceId')}`,
      );
    }
    if (action === 'CompleteLifecycleAction') this.waiting = undefined;
    reply(response, action, '');
  }

  #describe(): string {
    if (!this.isMember) return '<AutoScalingInstances/>';
    return (
      `<AutoScalingInstances><member><InstanceId>${this.instanceId}</InstanceId>` +
      `<AutoScalingGroupName>${this.name}</AutoScalingGroupName><LifecycleState>Pending:Wait</LifecycleState>` +
      `<LaunchTemplate><LaunchTemplateId>lt-1</LaunchTemplateId><Version>${this.launchTemplateVersion}</Version></LaunchTemplate>` +
      '</member></AutoScalingInstances>'
    );
  }
}

function reply(response: ServerResponse, action: string, content: string): void {
  response
    .writeHead(200, { 'content-type': 'text/xml' })
    .end(
      `<${action}Response><${action}Result>${content}</${action}Result><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></${action}Response>`,
    );
}

function refuse(response: ServerResponse, code: string, message: string): void {
  response
    .writeHead(400, { 'content-type': 'text/xml' })
    .end(
      `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
    );
}
