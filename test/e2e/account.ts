import { setTimeout as pause } from 'node:timers/promises';
import { inject } from 'vitest';
import type { Case } from '#core/case';
import type { Cloud } from '../../local/cloud.ts';
import { usersOf } from '../../local/demo/account.ts';
import { leakedKeyFinding, stolenSessionFinding } from '../../local/demo/finding.ts';
import { registerOf } from '../../local/register.ts';
import { type SeededDecoy, type SeededRole, seeder } from '../../local/seed.ts';
import { simulator } from '../../local/simulate.ts';

const never = async () => undefined;
const given = inject('deployed');
export const cloud: Cloud = { ...given, engine: { ...given.engine, stop: never }, stop: never };
export const seed = seeder(cloud.engine);
export const register = registerOf(cloud.engine, cloud.outputs.RegisterTable);

let taken: Promise<Awaited<ReturnType<typeof simulator>>> | undefined;
/** Puts events on the bus as the publisher role, by an operator of this file's own. */
export const bus = (name: string) => {
  taken ??= seed.operator(name).then(({ key }) => simulator(cloud, key));
  return taken;
};

let findings = 0;
/** A finding about the decoy's own key, of a type that contains at once unless told otherwise. */
export function findingOn(decoy: Pick<SeededDecoy, 'key' | 'uniqueId' | 'name'>, overrides: object = {}) {
  findings += 1;
  const to = {
    decoy: decoy as SeededDecoy,
    sessionKeyId: '',
    account: cloud.engine.account,
    region: cloud.engine.region,
  };
  const finding = leakedKeyFinding(to, new Date(Date.now() + findings));
  return { ...finding, ...overrides };
}

/** A finding about a session of a role, of a type that contains at once. */
export function findingOnSession(role: SeededRole, session: string): object {
  findings += 1;
  const sessionKeyId = `ASIA${String(findings).padStart(16, '0')}`;
  return stolenSessionFinding({ role, session, sessionKeyId }, cloud.engine, new Date(Date.now() + findings));
}

export const simulated = (detail: object) => ({
  Source: 'rescind.simulated.guardduty',
  DetailType: 'GuardDuty Finding',
  Detail: JSON.stringify(detail),
});

/** What AWS Health sends of an exposed key (User Guide, "EventBridge schema"), with or without the name of its holder. */
export function exposedKey({ name, key }: { name?: string; key: { accessKeyId: string } }, region: string) {
  const { account } = cloud.engine;
  const type = 'AWS_RISK_CREDENTIALS_EXPOSED';
  const detail = {
    eventArn: `arn:aws:health:us-east-1::event/RISK/${type}/${type}-${key.accessKeyId}`,
    service: 'RISK',
    eventTypeCode: type,
    eventTypeCategory: 'issue',
    eventScopeCode: 'ACCOUNT_SPECIFIC',
    startTime: new Date().toUTCString(),
    statusCode: 'open',
    eventRegion: region,
    ...(name && { eventMetadata: { accountId: account, publicKey: key.accessKeyId, userName: name } }),
    affectedEntities: [{ entityValue: key.accessKeyId }],
    affectedAccount: account,
  };
  return { Source: 'rescind.simulated.health', DetailType: 'AWS Health Event', Detail: JSON.stringify(detail) };
}

/** The case of a user, once `is` holds of it; what it stands at is said where that takes longer than a test may. */
export const caseOf = (name: string, is: (found: Case) => boolean = ended): Promise<Case> =>
  caseWhere(name, ({ identity }) => identity.name === name, is);

/** The case of an identity that has no name. */
export const caseFor = (key: string, is: (found: Case) => boolean = ended): Promise<Case> =>
  caseWhere(key, ({ identity }) => identity.key === key, is);

async function caseWhere(name: string, isIt: (found: Case) => boolean, is: (found: Case) => boolean): Promise<Case> {
  const until = performance.now() + 40_000;
  for (;;) {
    const found = (await register.list(300)).find(isIt);
    if (found && is(found)) return found;
    if (performance.now() > until)
      throw new Error(`the case of ${name}: ${found ? `${found.stage}, ${JSON.stringify(found.facts.park)}` : 'none'}`);
    await pause(50);
  }
}
const ended = ({ stage, closing }: Case) => ['noted', 'closed', 'parked'].includes(stage) && !closing;

export const stateOf = async (name: string) => (await usersOf(cloud.engine)).get(name);
