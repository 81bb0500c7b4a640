import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createAwsClients } from '../../src/aws/aws-clients.ts';
import { findGroup } from '../../src/lifecycle/find-group.ts';

const ANSWER = `<DescribeAutoScalingInstancesResponse xmlns="http://autoscaling.amazonaws.com/doc/2011-01-01/">
<DescribeAutoScalingInstancesResult><AutoScalingInstances><member>
<InstanceId>i-1</InstanceId><AutoScalingGroupName>group</AutoScalingGroupName><LaunchTemplate><Version>7</Version></LaunchTemplate>
</member></AutoScalingInstances></DescribeAutoScalingInstancesResult></DescribeAutoScalingInstancesResponse>`;

it('asks again where AWS breaks connections off for a while', async () => {
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    // One more than five attempts would bear.
    if (requests <= 5) request.socket.destroy();
    else response.setHeader('content-type', 'text/xml').end(ANSWER);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  onTestFinished(() => {
    vi.unstubAllEnvs();
    server.closeAllConnections();
    server.close();
  });
  const group = await findGroup(createAwsClients('us-east-1').autoScaling, 'i-1');
  expect(group).toEqual({ groupName: 'group', launchTemplateVersion: '7' });
  expect(requests).toBe(6);
});
