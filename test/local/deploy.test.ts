import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { GetObjectLockConfigurationCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { complete } from '../../local/complete.ts';
import { bootstrap, deploy, type Outputs } from '../../local/deploy.ts';
import { type Engine, startEngine } from '../../local/engine.ts';
import { processesBelow } from './processes-below.ts';
import { trialApp } from './trial-app.ts';

const home = resolve(import.meta.dirname, '..', '..');
mkdirSync(join(home, '.local'), { recursive: true });
const dir = mkdtempSync(join(home, '.local', 'test-deploy-'));
const cdkOut = join(dir, 'cdk.out');
const outputsFile = join(dir, 'outputs.json');
let engine: Engine;
let outputs: Outputs;
const output = (name: string) => outputs.Trial?.[name] ?? '';
const config = () => ({ endpoint: engine.endpoint, region: engine.region, credentials: engine.root });

beforeAll(async () => {
  process.env.LEAK_CANARY = 'must not reach a Lambda';
  trialApp(cdkOut);
  engine = await startEngine({ dir });
  await bootstrap(engine);
  outputs = await deploy(engine, { cdkOut, outputsFile });
}, 60_000);
afterAll(async () => {
  await engine.stop();
  rmSync(dir, { recursive: true, force: true });
});

describe('the deployment to the engine', { timeout: 30_000 }, () => {
  it('gives the outputs of every stack', () => {
    expect(Object.keys(outputs.Trial ?? {}).toSorted()).toEqual(['BucketName', 'MachineArn']);
  });

  it('runs Lambdas under the pinned Node and with none of our environment', async () => {
    const sfn = new SFNClient(config());
    const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn: output('MachineArn') }));
    const describeRun = async () => sfn.send(new DescribeExecutionCommand({ executionArn }));
    await expect.poll(async () => (await describeRun()).status, { timeout: 10_000 }).toBe('SUCCEEDED');
    const { node, names } = JSON.parse((await describeRun()).output ?? '{}');
    expect(node).toBe(process.version);
    expect(names).toContain('AWS_LAMBDA_FUNCTION_NAME');
    expect(names).not.toContain('LEAK_CANARY');
    sfn.destroy();
  });

  it('fails with the line that says why when the engine refuses the template', async () => {
    const broken = join(dir, 'broken.out');
    trialApp(broken, { broken: true });
    await expect(deploy(engine, { cdkOut: broken, outputsFile })).rejects.toMatchObject({
      code: 'CDK_FAILED',
      message: expect.stringMatching(/^cdk deploy failed: .*AWS::GuardDuty::Detector.*\(log: \.local\/deploy\.log\)$/),
    });
  });

  it('does not let the CLI run a missing assembly as a command', async () => {
    await expect(deploy(engine, { cdkOut: join(dir, 'none'), outputsFile })).rejects.toMatchObject({
      code: 'CDK_FAILED',
      message: expect.stringMatching(/holds no cloud assembly/),
    });
  });
});

describe('the completions', { timeout: 30_000 }, () => {
  it('set the Object Lock that the template asks for, and may run twice', async () => {
    const what = { buckets: [{ name: output('BucketName'), mode: 'governance' as const, days: 30 }] };
    await complete(engine, what);
    await complete(engine, what);
    const s3 = new S3Client({ ...config(), forcePathStyle: true });
    const lock = await s3.send(new GetObjectLockConfigurationCommand({ Bucket: output('BucketName') }));
    expect(lock.ObjectLockConfiguration?.Rule?.DefaultRetention).toEqual({ Mode: 'GOVERNANCE', Days: 30 });
    s3.destroy();
  });
});

describe('an engine with Lambda workers', { timeout: 30_000 }, () => {
  it('takes them with it when it stops, also one that does not return', async () => {
    const spin = join(dir, 'spinning');
    const sfn = new SFNClient(config());
    const input = JSON.stringify({ spin });
    await sfn.send(new StartExecutionCommand({ stateMachineArn: output('MachineArn'), input }));
    await expect.poll(() => existsSync(spin), { timeout: 10_000 }).toBe(true);
    sfn.destroy();
    await engine.stop();
    await expect.poll(() => processesBelow(dir), { timeout: 5_000 }).toEqual([]);
  });
});
