import { isRegion } from '#core/ids';
import { visible } from '#core/visible';
import type { SeededDecoy } from '../seed.ts';

export interface Readdressed {
  /** What PutEvents is given. */
  entry: { Source: string; DetailType: string; Detail: string };
  /** What was put in place of what, for people. */
  changes: string[];
}

type Json = Record<string, unknown>;

/** The session that the attacker made with the leaked key: what a finding on temporary credentials is about. */
export interface Addressee {
  decoy: SeededDecoy;
  sessionKeyId: string;
  account: string;
  region: string;
}

/**
 * Makes somebody's GuardDuty finding one about the seeded decoy: account, Region, names and ids only. Everything that
 * decides what the event deserves (type, severity, who it says acted, sample marks) stays as it is.
 */
export function readdress(event: object, to: Addressee): Readdressed {
  const changes: string[] = [];
  const { detail: inner } = event as { detail?: unknown };
  const detail = structuredClone(isObject(inner) ? inner : event) as Json;
  const put = (holder: unknown, name: string, value: string, only: (old: string) => boolean = () => true) => {
    if (!isObject(holder)) return;
    const key = Object.keys(holder).find((each) => each.toLowerCase() === name.toLowerCase());
    const old = key === undefined ? undefined : holder[key];
    if (key === undefined || typeof old !== 'string' || old === '' || old === value || !only(old)) return;
    holder[key] = value;
    changes.push(visible(`${key}: ${old} → ${value}`));
  };
  const putCredential = (holder: unknown, name: string) => {
    const isSession = (old: string) => old.startsWith('ASIA');
    put(holder, name, to.sessionKeyId, isSession);
    put(holder, name, to.decoy.key.accessKeyId, (old) => isMeant(old) && !isSession(old));
  };
  put(detail, 'accountId', to.account);
  put(detail, 'region', to.region, isRegion);
  const key = member(member(detail, 'resource'), 'accessKeyDetails');
  const isUser = String(member(key, 'userType') ?? '') === 'IAMUser';
  putCredential(key, 'accessKeyId');
  if (isUser) {
    put(key, 'userName', to.decoy.name, isMeant);
    put(key, 'principalId', to.decoy.uniqueId, isUserOrStruckOut);
  }
  for (const actor of list(member(member(member(member(detail, 'service'), 'detection'), 'sequence'), 'actors'))) {
    const user = member(actor, 'user');
    put(member(user, 'account'), 'uid', to.account);
    putCredential(user, 'credentialUid');
    if (member(user, 'type') !== 'IAMUser') continue;
    put(user, 'name', to.decoy.name);
    put(user, 'uid', to.decoy.uniqueId, isUserOrStruckOut);
  }
  return {
    entry: { Source: 'rescind.simulated.guardduty', DetailType: 'GuardDuty Finding', Detail: JSON.stringify(detail) },
    changes,
  };
}

/** The mark of a sample stays. */
const isMeant = (old: string): boolean => !old.startsWith('GeneratedFinding');

/** People strike ids out before they show a finding. A role's id beside a user's name is a clash, and stays one. */
const isUserOrStruckOut = (old: string): boolean => isMeant(old) && !old.startsWith('AROA');

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** People paste findings in either casing. */
function member(holder: unknown, name: string): unknown {
  if (!isObject(holder)) return undefined;
  const key = Object.keys(holder).find((each) => each.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : holder[key];
}
