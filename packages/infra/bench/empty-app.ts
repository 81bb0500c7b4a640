import { App, Stack } from 'aws-cdk-lib';

// The least that a CDK app does: what the CDK itself costs.
const app = new App({ analyticsReporting: false });
new Stack(app, 'Empty');
app.synth();
