import { setTimeout as pause } from 'node:timers/promises';
import { AttachRolePolicyCommand, CreatePolicyCommand, IAMClient } from '@aws-sdk/client-iam';
import {
  DeleteResourcePolicyCommand,
  PutResourcePolicyCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { beforeAll, describe, expect, it } from 'vitest';
import { intakePermissions, receiverPermissions, stepPermissions } from '#adapters/permissions';
import { executionName } from '#core/ids';
import { lookPermissions } from '#core/later/look';
import { watchPermissions } from '#core/later/watch-call';
import type { Permission } from '#core/permission';
import { scheduledRotationPermissions } from '#core/rotators/scheduled-rotation';
import * as steps from '#core/steps';
import { rollbackPermissions } from '#lib/rollback';
import { tracesOf } from '../../local/demo/traces.ts';
import { alertEvent } from '../sources/github-event.ts';
import {
  bus,
  caseFor,
  caseOf,
  cloud,
  exposedKey,
  findingOn,
  findingOnSession,
  register,
  seed,
  simulated,
} from './account.ts';
import { call, invoke, openByHand } from './invoke.ts';
import { pushWebhook } from './push.ts';
import { begin, schedule, withoutStoring } from './schedule.ts';
import { deliver, makeTrail } from './trail.ts';
import { event, look, roleOf } from './watched.ts';

const actionsOf = (permissions: Permission[]) => [...new Set(permissions.map(({ action }) => action))].toSorted();
/** What each function may do, by the declarations that its role is built from. */
const declared: Record<string, string[]> = {
  'rescind-intake': actionsOf(intakePermissions),
  'rescind-receiver': actionsOf(receiverPermissions),
  ...Object.fromEntries(
    Object.values(steps).map(({ name, permissions }) => [
      `rescind-${name}`,
      actionsOf([...stepPermissions, ...permissions]),
    ]),
  ),
  'rescind-rotation': actionsOf(scheduledRotationPermissions),
  'rescind-watch': actionsOf(watchPermissions),
  'rescind-look': actionsOf([...stepPermissions, ...lookPermissions]),
  'rescind-rollback': actionsOf(rollbackPermissions),
};

/**
 * The engine's simulator gets a known question wrong, so that nobody asks it about a principal: a twin shows that use. A
 * role is passed by making a schedule: no call has that name.
 */
const notHere = ['iam:SimulatePrincipalPolicy', 'iam:PassRole'];
/** They ask who holds a key where its user was called otherwise in that moment: twins show that (`test/renamed.test.ts`). */
const renamedJustThen = ['rescind-revoke', 'rescind-verify', 'rescind-look', 'rescind-rollback'];
const isShownElsewhere = (name: string, action: string) =>
  notHere.includes(action) ||
  (renamedJustThen.includes(name) && action === 'iam:GetAccessKeyLastUsed') ||
  (name === 'rescind-rollback' && action === 'iam:ListAccessKeys');

let used: Map<string, Set<string>>;

/** The ways through the pipeline that, together, need every permission: each test file before may have added others. */
beforeAll(async () => {
  const events = await bus('operator-privilege');
  const straight = await seed.decoy('decoy-12', 'team-a');
  await events.put(simulated(findingOn(straight)));
  const { id } = await caseOf(straight.name, ({ stage }) => stage === 'closed');
  await call('rollback', { caseId: id, by: 'arn:nobody', execution: 'arn:none' });

  // A key alone: whose it is, is asked of IAM.
  const exposed = await seed.decoy('decoy-17', 'team-a');
  await events.put(exposedKey({ key: exposed.key }, 'us-east-1'));
  await caseFor(`access-key/${exposed.key.accessKeyId}`);

  const asked = await seed.decoy('decoy-13', 'team-a');
  const repeated = simulated(findingOn(asked, { type: 'Persistence:IAMUser/AnomalousBehavior' }));
  await events.put(repeated);
  await caseOf(asked.name, ({ stage }) => stage === 'parked');
  await events.put(simulated(findingOn(asked)));
  await caseOf(asked.name, ({ stage }) => stage === 'closed');
  await seed.reactivate(asked.name, asked.key.accessKeyId);

  const twoKeys = await seed.decoy('decoy-14', 'team-a');
  await seed.secondKey(twoKeys.name);
  await events.put(simulated(findingOn(twoKeys)));
  await caseOf(twoKeys.name, ({ stage }) => stage === 'parked');
  await aborted();
  const role = await ofARole();
  await orphaned();
  await onSchedule();
  await watched();
  await lookedAt(asked.name, role);
  await pushed();

  const traces = tracesOf(cloud);
  used = new Map();
  for (const { function: name, actions } of await traces.calls())
    used.set(name, new Set([...(used.get(name) ?? []), ...actions]));
  traces.close();
});

/** A run that was stopped before it took its finding: the next delivery of the event finds its name used, and ended. */
async function aborted(): Promise<void> {
  const { endpoint, region, root } = cloud.engine;
  const sfn = new SFNClient({ endpoint, region, credentials: root });
  const decoy = await seed.decoy('decoy-16', 'team-a');
  const finding = findingOn(decoy);
  const { caseId, run } = await openByHand(finding);
  const { executionArn = '' } = await sfn.send(
    new StartExecutionCommand({
      stateMachineArn: cloud.outputs.CaseMachine,
      name: executionName(caseId, run),
      input: JSON.stringify({ caseId, run: 99 }),
    }),
  );
  while ((await sfn.send(new DescribeExecutionCommand({ executionArn }))).status === 'RUNNING') await pause(50);
  sfn.destroy();
  await (await bus('operator-privilege')).put(simulated(finding));
  await caseOf(decoy.name, ({ stage }) => stage === 'closed');
}

/** A role with every kind of policy. */
async function ofARole(): Promise<string> {
  const { endpoint, region, root } = cloud.engine;
  const iam = new IAMClient({ endpoint, region, credentials: root });
  const role = await seed.role('decoy-role-4', []);
  const PolicyDocument = JSON.stringify({ Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }] });
  const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: `${role.name}-more`, PolicyDocument }));
  await iam.send(new AttachRolePolicyCommand({ RoleName: role.name, PolicyArn: Policy?.Arn }));
  iam.destroy();
  await (await bus('operator-privilege')).put(simulated(findingOnSession(role, 'i-0123abcd')));
  await makeTrail();
  await deliver(await caseOf(role.name, ({ stage }) => stage === 'closed'), []);
  return role.name;
}

/** A look that finds a key switched on again and has its case opened anew, and one at a role that is then given back. */
async function lookedAt(user: string, role: string): Promise<void> {
  await caseOf(user, ({ records }) => {
    const steps = records.map(({ step }) => step);
    return steps.includes('look') && steps.lastIndexOf('contain') > steps.indexOf('look');
  });
  const { id } = await caseOf(role, ({ facts }) => facts.look !== undefined);
  await call('rollback', { caseId: id, by: 'arn:nobody', execution: 'arn:none' });
}

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

/** A rotation that dies between the new key and its secret and is taken up, and one that finds two keys. */
async function onSchedule(): Promise<void> {
  const decoy = await seed.decoy('rotating-privilege', 'team-a');
  await schedule(decoy);
  const { step, all } = await begin(decoy);
  await withoutStoring(decoy, async () => void (await step('createSecret')));
  expect(await all()).toBeNull();
  await (await begin(decoy)).all();
}

/** A change whose record is looked into, and one that is told of because nobody accounts for it. */
async function watched(): Promise<void> {
  const [{ id } = { id: '' }] = await register.list(1);
  await register.accountFor(id, 1, ['looked-into']);
  await look(event(roleOf('contain'), { requestID: 'looked-into' }), 2);
}

/** An alert that the receiver believes, and so looks for among those that it has taken. */
async function pushed(): Promise<void> {
  expect((await pushWebhook(JSON.stringify(alertEvent({ action: 'resolved' })))).status).toBe(202);
}

describe('the role of each function', () => {
  it.each(Object.keys(declared))('%s uses every permission that it holds', (name) => {
    const unused = declared[name]?.filter((action) => !used.get(name)?.has(action) && !isShownElsewhere(name, action));
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
