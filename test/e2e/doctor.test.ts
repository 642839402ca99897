import {
  CloudTrailClient,
  CreateTrailCommand,
  DeleteTrailCommand,
  StartLoggingCommand,
} from '@aws-sdk/client-cloudtrail';
import { DisableRuleCommand, EnableRuleCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Line } from '#core/checks/examine';
import type { Credential } from '../../local/personas/work.ts';
import { cloud, seed } from './account.ts';
import { trailOf } from './deployed.ts';
import { cli, operatorSession } from './operator.ts';

const { endpoint, region, root, suffix } = cloud.engine;
const asRoot = { endpoint, region, credentials: root };
const trails = new CloudTrailClient(asRoot);
const events = new EventBridgeClient(asRoot);
const Name = `doctor${suffix}`;

let operator: Credential;
async function examined(...accept: string[]) {
  const { code, out } = await cli(operator, 'doctor', '--json', ...(accept.length > 0 ? ['--accept', ...accept] : []));
  const { checks, off } = JSON.parse(out) as { checks: Line[]; off: string[] };
  return { code, off, lines: new Map(checks.map((line) => [`${line.part}/${line.check}`, line])) };
}
const inState = (lines: Map<string, Line>, state: string) =>
  [...lines].filter(([, line]) => line.state === state).map(([name]) => name);

beforeAll(async () => {
  operator = await operatorSession('doctor');
});
afterAll(async () => {
  await events.send(new EnableRuleCommand({ Name: 'rescind-guardduty' }));
  await trails.send(new DeleteTrailCommand({ Name }));
});

describe('rescind doctor, as the operator', () => {
  it('finds the rules enabled, the functions called for their queues, and the keys of the transmitter', async () => {
    const { lines, off } = await examined();
    const heard = ['accessanalyzer', 'cloudtrail', 'guardduty', 'health', 'secretsmanager', 'securityhub'];
    const rules = [...heard, 'simulation', 'watch'].map((part) => `${part}/rules`);
    expect(inState(lines, 'ok')).toEqual(
      expect.arrayContaining([
        ...rules,
        ...['watch/reader', 'deployment/reader', 'deployment/dead-letters/UndeliveredQueue'],
        ...['cloudtrail/region', 'ssf/key-set/https://idp.example.com/tenant-1'],
      ]),
    );
    expect(off).toEqual(['auth0', 'okta']);
  });

  it('tells what the engine lacks as unknown, with the name of the refusal', async () => {
    const { lines } = await examined();
    expect(inState(lines, 'unknown')).toEqual([
      'accessanalyzer/analyzer',
      'github/receiver',
      'guardduty/detector',
      'securityhub/hub',
      // The engine serves the API below another address.
      'ssf/receiver',
    ]);
    expect(lines.get('guardduty/detector')?.detail).toMatch(/^guardduty:ListDetectors was refused \(\w+\)$/);
  });

  it('misses the trail until one logs', async () => {
    const before = await examined();
    expect(before.lines.get('cloudtrail/trail')).toMatchObject({
      state: 'missing',
      remedy: expect.stringContaining('aws cloudtrail create-trail'),
    });
    await trails.send(new CreateTrailCommand({ Name, S3BucketName: trailOf(suffix), IsMultiRegionTrail: true }));
    expect((await examined()).lines.get(`cloudtrail/trail/${Name}`)?.detail).toBe('it is not logging');
    await trails.send(new StartLoggingCommand({ Name }));
    expect((await examined()).lines.get('cloudtrail/trail')?.state).toBe('ok');
  });

  it('misses a rule that somebody has switched off, and goes on where that is meant', async () => {
    await events.send(new DisableRuleCommand({ Name: 'rescind-guardduty' }));
    const { code, lines } = await examined();
    expect(code).toBe(1);
    expect(lines.get('guardduty/rules/rescind-guardduty')).toMatchObject({
      state: 'missing',
      remedy: 'aws events enable-rule --name rescind-guardduty',
    });
    // What other tests leave behind is of these two parts.
    const { code: accepted } = await examined('guardduty/rules', 'deployment', 'watch');
    expect(accepted).toBe(3);
  });

  it('calls nothing missing for who may ask of nothing, and names the role', async () => {
    const reads = ['cloudformation:DescribeStacks', 'dynamodb:GetItem'];
    const { key } = await seed.user('doctor-reader', [{ Effect: 'Allow', Action: reads, Resource: '*' }]);
    const { code, out } = await cli(key, 'doctor', '--json');
    const checks = (JSON.parse(out) as { checks: Line[] }).checks;
    expect([code, checks.filter(({ state }) => state === 'missing')]).toEqual([3, []]);
    expect(checks.find(({ part, check }) => `${part}/${check}` === 'guardduty/rules')).toMatchObject({
      state: 'unknown',
      remedy: expect.stringContaining('OperatorRole'),
    });
    expect(checks.at(-1)).toMatchObject({ check: 'settings', state: 'unknown' });
  });
});
