import { describe, expect, it } from 'vitest';
import { rules } from '#core/checks';
import { absent, queueArn, refusal, told } from './build-check.ts';

const bus = 'aws.partner/okta.com/acme/rescind';
const toUs = { Targets: [{ Id: 'intake', Arn: queueArn('IntakeQueue') }] };

describe('a rule', () => {
  it.each<[string, unknown, unknown, string]>([
    ['that is enabled', { State: 'ENABLED' }, toUs, 'ok enabled, and sending to rescind-intake: 1'],
    [
      'that also lets calls through which only read',
      { State: 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS' },
      toUs,
      'ok enabled, and sending to rescind-intake: 1',
    ],
    [
      'that is disabled',
      { State: 'DISABLED' },
      toUs,
      `missing rescind-okta the rule is DISABLED: aws events enable-rule --name rescind-okta --event-bus-name ${bus}`,
    ],
    [
      'that is gone',
      absent,
      undefined,
      'missing rescind-okta there is no such rule: deploy the stack again (npx cdk deploy)',
    ],
    [
      'that sends elsewhere',
      { State: 'ENABLED' },
      { Targets: [{ Id: 'intake', Arn: queueArn('IntakeQueue2') }] },
      'missing rescind-okta the rule does not send to IntakeQueue: deploy the stack again (npx cdk deploy)',
    ],
  ])('%s is told as what it is', async (_, rule, targets, line) => {
    expect(await told(rules, { 'events:DescribeRule': rule, 'events:ListTargetsByRule': targets })).toEqual([line]);
  });

  it('is asked for on its own bus', async () => {
    const disabled = (input: object) => ({ State: 'EventBusName' in input ? 'ENABLED' : 'DISABLED' });
    const answers = { 'events:DescribeRule': disabled, 'events:ListTargetsByRule': toUs };
    expect(await told(rules, answers)).toEqual([expect.stringMatching(/^ok/)]);
    const onDefault = { part: { rules: { names: ['rescind-okta'] } } };
    expect(await told(rules, answers, onDefault)).toEqual([expect.stringMatching(/--name rescind-okta$/)]);
  });

  it('that may not be looked at is never taken for one that is gone', async () => {
    await expect(told(rules, { 'events:DescribeRule': refusal('AccessDeniedException') })).rejects.toThrow();
  });

  it('that is wrong is told by its name among those that are right', async () => {
    const part = { rules: { names: ['rescind-cloudtrail', 'rescind-cloudtrail-2'] } };
    const state = ({ Name }: { Name: string }) => ({ State: Name.endsWith('2') ? 'DISABLED' : 'ENABLED' });
    const lines = await told(rules, { 'events:DescribeRule': state, 'events:ListTargetsByRule': toUs }, { part });
    expect(lines).toEqual([expect.stringMatching(/^missing rescind-cloudtrail-2 the rule is DISABLED/)]);
  });
});
