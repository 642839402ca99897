import { readFileSync } from 'node:fs';
import { vi } from 'vitest';
import { awsCaller } from '#adapters/call-aws';
import { cedarDecide } from '#adapters/cedar';
import { log } from '#adapters/log';
import { memoryEvidence, memoryRegister, memorySigner, memoryTopic } from '#adapters/memory';
import type { Case } from '#core/case';
import { sha256 } from '#core/digest';
import { type ControlMessage, takeControl } from '#core/intake/take-control';
import { type Taken, takeIn } from '#core/intake/take-in';
import { look } from '#core/later/look';
import { rollBack } from '#core/later/rollback';
import { buildPack } from '#core/pack';
import type { Next, StepName } from '#core/pipeline';
import type { Decide, Deployment } from '#core/ports';
import { runStep } from '#core/run/run-step';
import { rawKey } from '#core/run/stored-findings';
import { parseSettings } from '#core/settings';
import * as allSteps from '#core/steps';
import type { Step } from '#core/steps/step';
import { type RecordPredicate, recordPath, recordSteps } from '#verifier/format';
import { verifyPack } from '#verifier/verify';
import { type CrashPlan, crashGate } from './crash-gate.ts';
import { type FakeAws, fakeAws } from './fake-aws.ts';
import { fakeMachine } from './fake-machine.ts';
import { predicateOf } from './predicate-of.ts';

const file = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
export const policyText = file('policies/response.cedar');
export const policySchema = file('policies/response.cedarschema');
export const policiesOf = (text = policyText): Deployment['policies'] => ({
  text,
  schema: policySchema,
  sha256: sha256(text),
});

const deciders = new Map<string, Decide>();
const decider = (policies: Deployment['policies']): Decide => {
  const made = deciders.get(policies.sha256) ?? cedarDecide(policies);
  deciders.set(policies.sha256, made);
  return made;
};

export interface WorldOptions {
  settings?: Record<string, unknown>;
  aws?: FakeAws;
  policies?: Deployment['policies'];
  crash?: CrashPlan;
  /** The account that the pipeline runs in. */
  account?: string;
}

/** Everything around the core, in memory: the queue, the machine, the stores and AWS, with one clock. */
export function world({ settings = {}, aws = fakeAws(), policies = policiesOf(), crash, account }: WorldOptions = {}) {
  const { clock } = aws;
  const gate = crashGate(crash);
  const deployment: Deployment = {
    account: account ?? aws.account,
    region: 'eu-central-1',
    settings: parseSettings({ mode: 'enforce', ...settings }),
    policies,
  };
  const decide = decider(policies);
  const register = memoryRegister(clock.now);
  const evidence = memoryEvidence();
  const signer = memorySigner();
  const topic = memoryTopic();
  const said: unknown[] = [];
  for (const level of ['info', 'error'] as const)
    vi.spyOn(log, level).mockImplementation((...line) => void said.push(line));

  const stored = gate.guard('register', {
    ...register,
    update: (...input: Parameters<typeof register.update>) => {
      said.push(input);
      return register.update(...input);
    },
  });

  const isReceived = (event: unknown) => /^rescind\.received\./.test((event as { source?: string })?.source ?? '');
  /** One delivery of one message, by the queue on which it would come. */
  const receive = (event: unknown): Promise<Taken[]> => {
    gate.revive();
    return takeIn(JSON.stringify(event), {
      register: stored,
      evidence: gate.guard('evidence', evidence),
      start: (caseId, run) => gate.through('machine.start', () => machine.start(caseId, run)),
      settings: deployment.settings,
      byRule: !isReceived(event),
      now: clock.now,
    });
  };

  /** One delivery of one message of the control queue. */
  const control = async (message: string | object) => {
    gate.revive();
    // As whoever asks has seen the case, unless a test says otherwise.
    const { caseId = '' } = typeof message === 'string' ? {} : (message as { caseId?: string });
    const seen = typeof message === 'string' ? null : await register.load(caseId).catch(() => null);
    const body = typeof message === 'string' ? message : JSON.stringify({ ...(seen && { run: seen.run }), ...message });
    return takeControl(body, {
      register: stored,
      start: (caseId, run) => gate.through('machine.start', () => machine.start(caseId, run)),
      settings: deployment.settings,
    });
  };

  /** One attempt of the rollback's Lambda. */
  const rollback = (caseId: string) => {
    gate.revive();
    aws.actAs('rollback');
    const { call, takeCalls, guard } = awsCaller(aws.operations, clock.now, aws.probe);
    const order = { caseId, by: 'arn:aws:iam::111122223333:user/olga', execution: 'arn:aws:states:::execution:x' };
    return rollBack(order, {
      register: stored,
      evidence: gate.guard('evidence', evidence),
      signer: gate.guard('signer', signer),
      notify: (notice) => gate.through('topic.notify', () => topic.notify(notice)),
      actor: async () => `arn:aws:sts::${deployment.account}:assumed-role/rescind-eu-central-1-rollback/run`,
      takeCalls,
      guard,
      ports: {
        aws: (operation, asked) => gate.through(operation, () => call(operation, asked)),
        now: clock.now,
        wait: clock.wait,
        deployment,
      },
    });
  };

  /** Messages that the look has put on the control queue. */
  const sent: ControlMessage[] = [];
  /** One attempt of the look's Lambda. */
  const lookAgain = (caseId: string, run = 1) => {
    gate.revive();
    aws.actAs('look');
    const { call, probe, takeCalls, guard } = awsCaller(aws.operations, clock.now, aws.probe);
    return look(
      { caseId, run },
      {
        register: stored,
        evidence: gate.guard('evidence', evidence),
        signer: gate.guard('signer', signer),
        notify: (notice) => gate.through('topic.notify', () => topic.notify(notice)),
        actor: async () => `arn:aws:sts::${deployment.account}:assumed-role/rescind-eu-central-1-look/run`,
        takeCalls,
        guard,
        sendControl: (message) => gate.through('control.send', async () => void sent.push(message)),
        ports: {
          aws: (operation, asked) => gate.through(operation, () => call(operation, asked)),
          probe: (credential) => gate.through('sts:GetCallerIdentity', () => probe(credential)),
          trail: aws.trail.trail,
          now: clock.now,
          wait: clock.wait,
          deployment,
        },
      },
    );
  };

  /** As the queue does it: again until it is taken in, five times at most. */
  const deliver = async (event: unknown, tries = 5): Promise<Taken[]> => {
    for (let left = tries; ; left -= 1) {
      try {
        return await receive(event);
      } catch (error) {
        if (left <= 1) throw error;
        clock.pass(30_000);
      }
    }
  };

  const invoke = async (name: StepName, input: Parameters<typeof runStep>[1]): Promise<Next> => {
    gate.revive();
    aws.actAs(name);
    const step = Object.values(allSteps).find((each) => each.name === name) as Step<StepName>;
    const { call, probe, takeCalls, guard } = awsCaller(aws.operations, clock.now, aws.probe);
    const { next } = await runStep(step, input, {
      register: stored,
      evidence: gate.guard('evidence', evidence),
      signer: gate.guard('signer', signer),
      notify: (notice) => gate.through('topic.notify', () => topic.notify(notice)),
      actor: async () => `arn:aws:sts::${deployment.account}:assumed-role/rescind-eu-central-1-${name}/run`,
      takeCalls,
      guard,
      ports: {
        aws: (operation, asked) => gate.through(operation, () => call(operation, asked)),
        probe: (credential) => gate.through('sts:GetCallerIdentity', () => probe(credential)),
        trail: aws.trail.trail,
        decide,
        now: clock.now,
        wait: clock.wait,
        deployment,
      },
    });
    return next;
  };

  const machine = fakeMachine(invoke, clock, (line) => void said.push(line));

  const recordsOf = (caseId: string): { predicate: RecordPredicate; bytes: Uint8Array }[] =>
    [...evidence.objects]
      .filter(([key]) => key.startsWith(`cases/${caseId}/`))
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([, bytes]) => ({ predicate: predicateOf(bytes), bytes }));

  /** The verifier's answer to the pack of a case, under a policy that trusts our key. */
  const verify = async (caseId: string) => {
    const records = recordsOf(caseId).map(({ predicate, bytes }) => ({
      path: recordPath(predicate.number, predicate.step),
      bytes,
    }));
    const named = new Set((await register.findings(caseId)).map(({ raw }) => rawKey(raw)));
    const raws = [...evidence.objects].filter(([key]) => named.has(key)).map(([path, bytes]) => ({ path, bytes }));
    const files = buildPack({ caseId, records, raws, report: '<p>', reportVersion: 1 });
    const key = { keyid: await signer.keyid(), pem: await signer.pem(), steps: [...recordSteps] };
    return verifyPack(files, { records: [key], log: null }, { allowOpen: true });
  };

  return {
    aws,
    clock,
    gate,
    deployment,
    register,
    evidence,
    signer,
    topic,
    executions: machine.executions,
    visited: machine.visited,
    before: machine.before,
    receive,
    control,
    rollback,
    look: lookAgain,
    sent,
    deliver,
    drain: machine.drain,
    recordsOf,
    verify,
    cases: (): Promise<Case[]> => register.list(100),
    /** Everything that the run has written anywhere, and every value that it must never hold. */
    written: async () =>
      JSON.stringify([
        said,
        topic.notices,
        await register.list(100),
        [...evidence.objects.values()].map((bytes) => Buffer.from(bytes).toString('utf8')),
        [...evidence.objects].flatMap(([key, bytes]) => (key.startsWith('cases/') ? [predicateOf(bytes)] : [])),
      ]),
    secretsSeen: () => [...aws.users.values()].flatMap(({ keys }) => keys.map(({ secret }) => secret)),
  };
}
export type World = ReturnType<typeof world>;
