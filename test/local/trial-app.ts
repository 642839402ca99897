import { App, CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnDetector } from 'aws-cdk-lib/aws-guardduty';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { DefinitionBody, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';

/** A small app of the same kinds of resources as ours. Its Lambda tells its surroundings, or never returns; `broken` names a type that the engine refuses. */
export function trialApp(outdir: string, { broken = false } = {}): void {
  const app = new App({ outdir });
  const stack = new Stack(app, 'Trial', { env: { account: '000000000000', region: 'us-east-1' } });
  const bucket = new Bucket(stack, 'Evidence', {
    enforceSSL: true,
    versioned: true,
    objectLockEnabled: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  const environment = new LambdaFunction(stack, 'Environment', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline(`exports.handler = async ({ spin }) => {
      if (spin) require('node:fs').writeFileSync(spin, '');
      while (spin);
      return { node: process.version, names: Object.keys(process.env) };
    };`),
    timeout: Duration.seconds(10),
  });
  const invoke = new LambdaInvoke(stack, 'Invoke', { lambdaFunction: environment, payloadResponseOnly: true });
  const machine = new StateMachine(stack, 'Machine', { definitionBody: DefinitionBody.fromChainable(invoke) });
  if (broken) new CfnDetector(stack, 'Detector', { enable: true });
  new CfnOutput(stack, 'BucketName', { value: bucket.bucketName });
  new CfnOutput(stack, 'MachineArn', { value: machine.stateMachineArn });
  app.synth();
}
