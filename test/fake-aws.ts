import type { Operations } from '#adapters/call-aws';
import type { Operation, Probe } from '#core/ports';
import { fakeIam } from './fake-iam.ts';
import { fakeRoles } from './fake-roles.ts';
import { fakeSchedule } from './fake-schedule.ts';
import { fakeSecrets } from './fake-secrets.ts';
import { fakeSimulator } from './fake-simulator.ts';
import { fakeTrail } from './fake-trail.ts';

export type Input = Record<string, unknown>;
export type Handle = (input: Input) => unknown;

/** An error as the SDK throws it. */
export function awsError(name: string, message = name, status = 400): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status, requestId: 'req-1' } });
}

/** Time that only `wait` and calls move. */
export function fakeClock(start = '2026-08-20T10:00:00.000Z') {
  let at = Date.parse(start);
  return {
    now: () => new Date(at),
    ms: () => at,
    pass: (milliseconds: number) => {
      at += milliseconds;
    },
    wait: async (milliseconds: number) => {
      at += milliseconds;
    },
  };
}
export type Clock = ReturnType<typeof fakeClock>;

/** How AWS answers instead: by an error, by nothing at all (and no effect), or by an error after the effect. */
export type Fault = { error: Error; after?: boolean } | 'nothing';

export interface Call {
  /** The step that made it. */
  by: string;
  operation: Operation;
  input: Input;
}

/** Operations that change an identity or a secret. */
export const isWrite = ({ operation }: Call) => /^(iam|secretsmanager):(Update|Put|Create|Delete)/.test(operation);

/**
 * A small AWS that keeps what it is told: users with their keys, policies and tags, and secrets with their versions,
 * as the API references of IAM and Secrets Manager describe them. Every call is kept; any can be made to fail.
 */
export function fakeAws({ account = '111122223333', clock = fakeClock() } = {}) {
  const calls: Call[] = [];
  const faults: { operation: Operation; left: number; fault: Fault }[] = [];
  const iam = fakeIam(account, clock);
  const roles = fakeRoles(account);
  const secrets = fakeSecrets(account);
  const schedule = fakeSchedule();
  const simulation = fakeSimulator((arn) =>
    [...iam.users.values(), ...roles.roles.values()].flatMap((each) =>
      each.arn === arn ? [...each.policies.values()] : [],
    ),
  );
  const handles: Record<Operation, Handle> = {
    ...iam.handles,
    ...roles.handles,
    ...secrets.handles,
    ...simulation.handles,
    ...schedule.handles,
  };
  let by = '';

  const answer = (operation: Operation) => async (input: Input) => {
    clock.pass(20);
    calls.push({ by, operation, input });
    const standing = faults.find((each) => each.operation === operation && each.left > 0);
    if (standing) standing.left -= 1;
    const fault = standing?.fault;
    if (fault === 'nothing') return { $metadata: {} };
    if (fault && !fault.after) throw fault.error;
    const made = handles[operation](input);
    if (fault) throw fault.error;
    return { ...(made as object), $metadata: { requestId: `req-${calls.length}` } };
  };

  const probe: Probe = async (credential) => {
    clock.pass(20);
    return iam.probe(credential);
  };

  return {
    account,
    clock,
    calls,
    users: iam.users,
    roles: roles.roles,
    addRole: roles.addRole,
    addPolicy: roles.addPolicy,
    secrets: secrets.secrets,
    deleted: iam.deleted,
    spread: iam.spread,
    addUser: iam.addUser,
    addKey: iam.addKey,
    addSecret: secrets.addSecret,
    probe,
    trail: fakeTrail(account),
    simulator: simulation.simulator,
    schedules: schedule.schedules,
    /** What stands behind each operation; a test may put something else there. */
    handles,
    operations: Object.fromEntries(
      Object.keys(handles).map((operation) => [operation, answer(operation as Operation)]),
    ) as unknown as Operations,
    /** From now on the calls are this step's. */
    actAs: (step: string) => {
      by = step;
    },
    fail: (operation: Operation, times: number, fault: Fault) => {
      faults.push({ operation, left: times, fault });
    },
    writes: () => calls.filter(isWrite),
  };
}
export type { FakeKey, FakeUser } from './fake-iam.ts';
export type { FakeRole } from './fake-roles.ts';
export type { FakeSecret } from './fake-secrets.ts';
export type FakeAws = ReturnType<typeof fakeAws>;
