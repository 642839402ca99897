import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as checks from '#core/checks';
import type { Check } from '#core/checks/check';
import { RetryableError } from '#core/error';
import { told } from '../checks/build-check.ts';
import { answering, type Reply } from './answering.ts';

const account = '111122223333';
const analyzer = (name: string, type: string) => ({
  arn: `arn:aws:access-analyzer:eu-central-1:${account}:analyzer/${name}`,
  ...{ name, type, status: 'ACTIVE', createdAt: '2026-01-01T00:00:00Z' },
});
const trailArn = `arn:aws:cloudtrail:eu-central-1:${account}:trail/all`;
const queue = `arn:aws:sqs:eu-central-1:${account}:IntakeQueue`;
const target = 'CloudTrail_20131101';

/** As the API references of the services show their answers. */
const replies: Record<string, Reply> = {
  'GET /detector': { body: { detectorIds: ['12abc34d567e8fa901bc2d34e56789f0'] } },
  'GET /detector/12abc34d567e8fa901bc2d34e56789f0': {
    body: { status: 'ENABLED', findingPublishingFrequency: 'FIFTEEN_MINUTES', serviceRole: 'arn', features: [] },
  },
  'GET /analyzer': { body: { analyzers: [analyzer('a', 'ACCOUNT')], nextToken: 'more' } },
  'GET /analyzer?nextToken=more': {
    body: { analyzers: [analyzer('b', 'ACCOUNT_UNUSED_ACCESS'), analyzer('c', 'ORGANIZATION_INTERNAL_ACCESS')] },
  },
  'GET /accounts': {
    status: 401,
    headers: { 'x-amzn-errortype': 'InvalidAccessException' },
    body: { Code: 'InvalidAccessException', Message: `Account ${account} is not subscribed to AWS Security Hub` },
  },
  'GET /hubv2': { body: { HubV2Arn: 'arn', SubscribedAt: '2026-01-01T00:00:00Z' } },
  [`${target}.DescribeTrails`]: {
    body: { trailList: [{ Name: 'all', TrailARN: trailArn, HomeRegion: 'us-east-1', IsMultiRegionTrail: true }] },
  },
  [`${target}.GetTrailStatus`]: { body: { IsLogging: true, LatestDeliveryTime: 1_780_000_000.5 } },
  [`${target}.GetEventSelectors`]: {
    body: {
      TrailARN: trailArn,
      AdvancedEventSelectors: [{ FieldSelectors: [{ Field: 'eventCategory', Equals: ['Management'] }] }],
    },
  },
  'AWSEvents.DescribeEventSource': { body: { Name: 'n', State: 'PENDING', ExpirationTime: 1_780_000_000 } },
  'AWSEvents.DescribeRule': { body: { Name: 'rescind-okta', State: 'ENABLED' } },
  'AWSEvents.ListTargetsByRule': { body: { Targets: [{ Id: 'intake', Arn: queue }] } },
  'secretsmanager.DescribeSecret': { body: { ARN: 'arn', VersionIdsToStages: { v1: ['AWSCURRENT'] } } },
  'GET /2015-03-31/functions/rescind-intake': {
    body: { Configuration: { State: 'Active' }, Code: { RepositoryType: 'S3', Location: 'set below' } },
  },
  'GET /2015-03-31/event-source-mappings?FunctionName=rescind-intake': {
    body: { EventSourceMappings: [{ UUID: 'u', EventSourceArn: queue, State: 'Enabled', BatchSize: 10 }] },
  },
  'GET /code?signed': { body: zipSync({ 'index.mjs': new Uint8Array(9), 'deployment.json': deployed() }) },
  'GET /keys': { body: { keys: [] } },
  'GET /ssf': { status: 405, body: { message: 'only POST is taken here' } },
};
function deployed(): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ settings: { mode: 'guarded' }, policies: {} }));
}

let server: Awaited<ReturnType<typeof answering>>;
let adapter: typeof import('#adapters/checks');
beforeAll(async () => {
  server = await answering(replies);
  vi.stubEnv('AWS_ENDPOINT_URL', server.url);
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAEXAMPLE000000000');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'not-a-secret');
  // Its clients read these when they are made.
  adapter = await import('#adapters/checks');
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await server.close();
});

/** The check over the SDK and HTTP. */
const overHttp = (check: Check) => {
  const asked = Object.keys(adapter.operations) as (keyof typeof adapter.operations)[];
  const answers = asked.map((operation) => [
    operation,
    (input: Record<string, unknown>) => adapter.askAws(operation, input),
  ]);
  return told(check, Object.fromEntries(answers));
};

describe('what AWS documents that it answers', () => {
  it.each<[string, () => Check, string[]]>([
    [
      'of a detector',
      () => checks.detector,
      ['ok GuardDuty is enabled; repeats of a finding come at the rate FIFTEEN_MINUTES'],
    ],
    [
      'of analyzers, on two pages',
      () => checks.analyzer,
      [
        'ok external the analyzer a is active',
        'ok unused the analyzer b is active',
        'ok internal the analyzer c is active',
      ],
    ],
    ['of one version of Security Hub', () => checks.hub, ['ok enabled: Security Hub']],
    [
      'of a trail',
      () => checks.trail,
      ['ok the trail all logs changes; calls that only read are also logged, and no rule needs them'],
    ],
    ['of an event source', () => checks.partnerBus, [expect.stringMatching(/^missing .* has no active bus/)]],
    ['of a rule', () => checks.rules, ['ok enabled, and sending to rescind-intake: 1']],
    ['of a secret', () => checks.webhookSecret, ['ok the secret is there and has a value']],
    ['of a function', () => checks.reader, ['ok rescind-intake is called for IntakeQueue']],
  ])('%s is understood', async (_, check, lines) => {
    expect(await overHttp(check())).toEqual(lines);
  });

  it('is told as a refusal by the name that AWS gives', async () => {
    await expect(adapter.askAws('securityhub:DescribeHub', {})).rejects.toMatchObject({
      name: 'InvalidAccessException',
    });
  });
});

describe('the settings of a deployment', () => {
  it('are read out of the code of its function', async () => {
    const { deployedSettings } = await import('#adapters/deployed-settings');
    const reply = replies['GET /2015-03-31/functions/rescind-intake'] as { body: { Code: { Location: string } } };
    reply.body.Code.Location = `${server.url}/code?signed`;
    expect(await deployedSettings('rescind-intake')).toEqual({ mode: 'guarded' });
  });

  it('are told as out of reach where the code is, without its signed URL', async () => {
    const { deployedSettings } = await import('#adapters/deployed-settings');
    const reply = replies['GET /2015-03-31/functions/rescind-intake'] as { body: { Code: { Location: string } } };
    reply.body.Code.Location = `${server.url}/gone?signed`;
    await expect(deployedSettings('rescind-intake')).rejects.toThrow(
      new RetryableError('the code of the deployment cannot be fetched'),
    );
  });
});

describe('an address', () => {
  it('is told by its status', async () => {
    expect(await adapter.statusOf(`${server.url}/ssf`)).toBe(405);
  });

  it('that nobody answers at is told as such', async () => {
    await expect(adapter.statusOf('http://127.0.0.1:1/ssf')).rejects.toBeInstanceOf(RetryableError);
  });
});
