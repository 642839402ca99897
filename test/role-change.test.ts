import { expect, it } from 'vitest';
import { world } from './case-run.ts';
import { event } from './seed.ts';
import { served, sessionOf, trailEnvelope } from './sources/cloudtrail-record.ts';
import { account, roleId, roleKey } from './sources/guardduty-finding.ts';

it.each(['before', 'after'])(
  'a change of a role that is told %s the finding on its session does not keep the session from being cut',
  async (when) => {
    const made = world({});
    const web = made.aws.addRole('web-server', { uniqueId: roleId });
    const change = trailEnvelope(
      served('iam:UpdateAssumeRolePolicy', {
        userIdentity: sessionOf('admin'),
        requestParameters: { roleName: 'web-server' },
      }),
    );
    const exfiltrated = event(roleKey);
    for (const told of when === 'before' ? [change, exfiltrated] : [exfiltrated, change]) {
      await made.deliver(told);
      await made.drain();
    }
    const cutting = (await made.cases()).filter(({ cuts }) => cuts.length > 0);
    expect(cutting.map(({ identity }) => [identity.kind, identity.key])).toEqual([
      ['role-session', `role/${account}/web-server`],
    ]);
    expect([...web.policies.keys()]).toEqual([expect.stringMatching(/^rescind-deny-session-/)]);
  },
);
