import {
  DeleteResourcePolicyCommand,
  PutResourcePolicyCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { beforeAll, describe, expect, it } from 'vitest';
import { intakePermissions, stepPermissions } from '#adapters/permissions';
import type { Permission } from '#core/permission';
import * as steps from '#core/steps';
import { tracesOf } from '../../local/demo/traces.ts';
import { bus, caseOf, cloud, findingOn, seed, simulated } from './account.ts';
import { invoke, openByHand } from './invoke.ts';

const actionsOf = (permissions: Permission[]) => [...new Set(permissions.map(({ action }) => action))].toSorted();
/** What each function may do, by the declarations that its role is built from. */
const declared: Record<string, string[]> = {
  'rescind-intake': actionsOf(intakePermissions),
  ...Object.fromEntries(
    Object.values(steps).map(({ name, permissions }) => [
      `rescind-${name}`,
      actionsOf([...stepPermissions, ...permissions]),
    ]),
  ),
};

let used: Map<string, Set<string>>;

/** The ways through the pipeline that, together, need every permission: each test file before may have added others. */
beforeAll(async () => {
  const events = await bus('operator-privilege');
  const straight = await seed.decoy('decoy-12', 'team-a');
  const finding = simulated(findingOn(straight));
  await events.put(finding);
  await events.put(finding);
  await caseOf(straight.name, ({ stage }) => stage === 'closed');

  const asked = await seed.decoy('decoy-13', 'team-a');
  const repeated = simulated(findingOn(asked, { type: 'Persistence:IAMUser/AnomalousBehavior' }));
  await events.put(repeated);
  await caseOf(asked.name, ({ stage }) => stage === 'parked');
  await events.put(simulated(findingOn(asked)));
  await caseOf(asked.name, ({ stage }) => stage === 'closed');

  const twoKeys = await seed.decoy('decoy-14', 'team-a');
  await seed.secondKey(twoKeys.name);
  await events.put(simulated(findingOn(twoKeys)));
  await caseOf(twoKeys.name, ({ stage }) => stage === 'parked');
  await orphaned();

  const traces = tracesOf(cloud);
  used = new Map();
  for (const call of await traces.calls())
    used.set(call.function, new Set([...(used.get(call.function) ?? []), ...call.actions]));
  traces.close();
});

/** A key made and its secret refused, then tried again: the one way to a deletion. And a key switched on after the cut. */
async function orphaned(): Promise<void> {
  const { endpoint, region, root, account } = cloud.engine;
  const secrets = new SecretsManagerClient({ endpoint, region, credentials: root });
  const decoy = await seed.decoy('decoy-15', 'team-a');
  const input = await openByHand(findingOn(decoy));
  for (const step of ['contain', 'triage', 'assign-owner'] as const) await invoke(step, input);
  const Principal = { AWS: `arn:aws:iam::${account}:role/rescind-${region}-rotate` };
  const Statement = [{ Effect: 'Deny', Principal, Action: 'secretsmanager:PutSecretValue', Resource: '*' }];
  const ResourcePolicy = JSON.stringify({ Version: '2012-10-17', Statement });
  await secrets.send(new PutResourcePolicyCommand({ SecretId: decoy.secret.arn, ResourcePolicy }));
  await invoke('rotate', input);
  await secrets.send(new DeleteResourcePolicyCommand({ SecretId: decoy.secret.arn }));
  await invoke('rotate', input);
  await seed.reactivate(decoy.name, decoy.key.accessKeyId);
  await invoke('revoke', input);
}

describe('the role of each function', () => {
  it.each(Object.keys(declared))('%s uses every permission that it holds', (name) => {
    const unused = declared[name]?.filter((action) => !used.get(name)?.has(action));
    expect(unused).toEqual([]);
  });

  it.each(Object.keys(declared))('%s asks for nothing that it does not declare', (name) => {
    const free = ['sts:GetCallerIdentity'];
    const undeclared = [...(used.get(name) ?? [])].filter(
      (action) => ![...(declared[name] ?? []), ...free].includes(action),
    );
    expect(undeclared).toEqual([]);
  });
});
