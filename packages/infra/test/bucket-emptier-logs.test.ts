import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { resolveConfig } from '../src/config/index.ts';
import { createFilesBucket } from '../src/constructs/files-bucket.ts';

describe('the Lambda that empties the bucket', () => {
  it('logs to a group of the stack that ends with it, and has only one for all buckets', () => {
    const stack = new Stack(new App(), 'Fleet');
    const config = resolveConfig({ operations: { logRetentionDays: 7 } });
    createFilesBucket(stack, 'One', config);
    createFilesBucket(stack, 'Two', config);
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::Logs::LogGroup', 1);
    template.hasResource('AWS::Logs::LogGroup', {
      Properties: { RetentionInDays: 7 },
      DeletionPolicy: 'Delete',
    });
    const [group = ''] = Object.keys(template.findResources('AWS::Logs::LogGroup'));
    template.hasResourceProperties('AWS::Lambda::Function', {
      LoggingConfig: { LogGroup: { Ref: group } },
      Handler: Match.anyValue(),
    });
  });

  it('is not there when the bucket is kept', () => {
    const stack = new Stack(new App(), 'Fleet');
    createFilesBucket(stack, 'Files', resolveConfig({ removal: 'retain' }));
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::Logs::LogGroup', 0);
    expect(Object.keys(template.findResources('AWS::Lambda::Function'))).toEqual([]);
  });
});
