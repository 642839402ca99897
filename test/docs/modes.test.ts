import { describe, expect, it } from 'vitest';
import { isWrite } from '../fake-aws.ts';
import { event, respond, type SeedOptions, seed } from '../seed.ts';
import { account, type Json, roleId, roleKey, sessionKey } from '../sources/guardduty-finding.ts';
import { tableUnder } from './pages.ts';

const modes = ['observe', 'guarded', 'enforce'] as const;
const rows = tableUnder('README.md', '### What it touches');

/** What the table says of a kind of finding in a mode; "as `guarded`" stands for the cell before. */
function cell(row: number, mode: (typeof modes)[number]): string {
  const [, ...cells] = rows[row] ?? [];
  const text = cells[modes.indexOf(mode)] ?? '';
  const [, other] = /^as `(observe|guarded)`$/.exec(text) ?? [];
  return other ? cell(row, other as (typeof modes)[number]) : text;
}

const noSecret = { secret: null };
const session = { accessKeyId: sessionKey };
const shared = { ...roleKey, principalId: `${roleId}:worker` };
const noRole = { ...roleKey, userName: 'nobody' };
const root = { userType: 'Root', principalId: account, userName: 'Root' };
const blocking = { type: 'Persistence:IAMUser/AnomalousBehavior', severity: 5 };
const advisory = { type: 'Persistence:IAMUser/AnomalousBehavior', severity: 2 };
const cuts = ['iam:UpdateAccessKey', 'iam:PutUserPolicy'];
const rotation = ['iam:CreateAccessKey', 'secretsmanager:PutSecretValue', 'secretsmanager:UpdateSecretVersionStage'];

/** Kind of finding (row of the table), what it is about, and the calls that may be made in modes guarded and enforce. */
const kinds: [string, number, SeedOptions, Json, Json, Record<'guarded' | 'enforce', string[]>][] = [
  ['an immediate one, no secret', 0, noSecret, {}, {}, { guarded: cuts, enforce: cuts }],
  ['an immediate one, a managed secret', 1, {}, {}, {}, { guarded: cuts, enforce: [...cuts, ...rotation] }],
  ['an immediate one, no managed secret', 1, { userTags: {} }, {}, {}, { guarded: cuts, enforce: cuts }],
  ['a session', 2, {}, session, {}, { guarded: cuts.slice(1), enforce: cuts.slice(1) }],
  ['a blocking one', 3, {}, {}, blocking, { guarded: [], enforce: [] }],
  ['an instance', 4, {}, roleKey, {}, { guarded: ['iam:PutRolePolicy'], enforce: ['iam:PutRolePolicy'] }],
  ['another session of a role', 5, {}, shared, {}, { guarded: [], enforce: [] }],
  ['a role that is not there', 6, {}, noRole, {}, { guarded: [], enforce: [] }],
  ['root', 6, {}, root, {}, { guarded: [], enforce: [] }],
  ['an advisory one', 7, {}, {}, advisory, { guarded: [], enforce: [] }],
];

describe('what the README says that a finding touches is what a run does', () => {
  const runs = kinds.flatMap((kind) => modes.map((mode) => [mode, ...kind] as const));

  it.each(runs)('in mode %s: %s', async (mode, _kind, row, world, details, overrides, allowed) => {
    const made = seed({ ...world, settings: { mode } });
    made.aws.addRole('web-server', { uniqueId: roleId });
    const { found } = await respond(made, event(details, overrides));
    const writes = new Set(made.aws.calls.filter(isWrite).map(({ operation }) => operation));
    const says = cell(row, mode);
    expect([...writes].toSorted()).toEqual(mode === 'observe' ? [] : [...allowed[mode]].toSorted());
    if (found.stage === 'parked') expect(says).toMatch(/parked/);
    else if (found.facts.close?.verdict === 'observed') expect(says).toMatch(/^changes nothing/);
    else if (found.stage === 'noted') expect(says).toMatch(/noted in the register, no run$/);
    else expect(says).toMatch(/inactive|makes a new key|adds one inline policy/);
  });
});
