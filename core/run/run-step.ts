import type { Case, Decided, Work } from '#core/case';
import { RescindError } from '#core/error';
import { aliasesOf } from '#core/intake/open-case';
import type { Notice } from '#core/notice';
import type { Next, StepInput, StepName } from '#core/pipeline';
import { brakesOf } from '#core/plan/brakes';
import type { EvidenceStore, Notify, Ports, Signer, TakeCalls } from '#core/ports';
import type { Register } from '#core/register';
import type { Step } from '#core/steps/step';
import type { CallRecord } from '#verifier/format';
import { chained, chainOf } from './chain.ts';
import { type Draft, writeRecord } from './record.ts';
import { findingsIn, readFindings, type StoredFindings } from './stored-findings.ts';

/** A row of the register holds 400 KB: what would make it longer is not kept, and a retry applies the rule again. */
const mostKept = 300_000;
const sizeOf = (row: Case) => new TextEncoder().encode(JSON.stringify(row)).length;

/** The ports that do not depend on the case. */
export type StepPorts = Omit<Ports, 'keep' | 'learn' | 'heard' | 'seal' | 'stopped' | 'countCut'>;

/** What surrounds a step: stores, signer and messages, and the ports that it is given. */
export interface Surroundings {
  register: Register;
  evidence: EvidenceStore;
  signer: Signer;
  notify: Notify;
  actor(): Promise<string>;
  takeCalls: TakeCalls;
  /** Throws if the text holds a secret value that this invocation has seen. */
  guard(text: string): void;
  ports: StepPorts;
}

/**
 * One step, from case id to record: load the case, read its findings again from the stored bytes, apply the step's
 * rule, write the record, and only then move the case on. May run twice: an attempt that died is taken up where its
 * record, its intents or AWS show that it stood.
 */
export async function runStep<S extends StepName>(
  step: Step<S>,
  input: StepInput & { error?: { name: string; message: string } },
  around: Surroundings,
): Promise<StepInput & { next: Next<S> }> {
  let current = await around.register.load(input.caseId);
  if (current.run !== input.run)
    throw new RescindError('CASE_CHANGED', `${input.caseId} is at run ${current.run}, not ${input.run}`);
  const change = async (changes: Partial<Case>) => {
    const changed = await around.register.update(current, changes);
    if (changed !== 'findings-wait') current = changed;
  };
  const ports: Ports = {
    ...around.ports,
    ...brakesOf(current, around.register, around.ports),
    learn: async (names) => {
      // A finding may have joined since the step began, or join meanwhile, and bring names along.
      for (;;) {
        const { identity } = await around.register.load(current.id);
        const aliases = aliasesOf(names, identity.aliases);
        const others = await around.register.learn(current, aliases);
        const changed = await around.register.update(current, { identity: { ...identity, aliases } }, { identity });
        if (changed === 'findings-wait') continue;
        current = changed;
        return others;
      }
    },
    heard: async (aliases) => {
      const now = Math.floor(around.ports.now().getTime() / 1000);
      const bodies = await around.register.heard(
        { identity: { ...current.identity, aliases }, simulated: current.simulated },
        now,
      );
      return bodies.flatMap((body) => findingsIn(body, around.ports.deployment.settings));
    },
    keep: async (work) => change({ work: merge(current.work, work) }),
    seal: async () => {
      const sealed = await around.register.update(current, { closing: true }, { allTaken: true });
      if (sealed === 'findings-wait') return false;
      current = sealed;
      return true;
    },
  };
  const answer = { caseId: input.caseId, run: input.run };
  if (current.last?.run === input.run && current.last.step === step.name) {
    await tell(current.last.notices, around);
    return { ...answer, next: current.last.next as Next<S> };
  }
  if (current.stage === 'closed') {
    if (step.name !== 'park') throw new RescindError('CASE_CHANGED', `${input.caseId} is closed`);
    // Only the message of the closing could not be sent: the execution ends red, the case and its chain stay closed.
    return { ...answer, next: 'parked' as Next<S> };
  }

  const standing = current.work.decided;
  const isStanding = standing?.run === input.run && standing.step === step.name;
  const occurredAt = around.ports.now().toISOString();
  // Where the first step itself fails, going back to it for a finding that waits would be a circle without end.
  const takes = step.name === 'contain' || (input.error && current.last?.run !== input.run);
  if (takes && !isStanding && current.taken < current.attached) await change({ taken: current.attached });
  const { findings, unread, unweighed, raws, attached, subject } = await readable(step.name, current, around);
  current = { ...current, ...subject };

  let decided: Decided | null = isStanding ? standing : null;
  if (!decided) {
    const outcome = await attempt(step, () => current, { findings, unread, unweighed }, input.error, ports, around);
    if (outcome === null) {
      await change({ last: null });
      return { ...answer, next: 'contain' as Next<S> };
    }
    const calls = [...(current.work.calls ?? []), ...around.takeCalls()];
    decided = { run: input.run, step: step.name, occurredAt, notices: [], ...outcome };
    const known = { decided, calls };
    await guarded(decided.facts, calls, around, ports);
    if (sizeOf({ ...current, work: merge(current.work, known) }) <= mostKept) await ports.keep(known);
    current = { ...current, work: merge(current.work, known) };
  }

  const draft = async (name: Draft['step'], facts: Draft['facts'], calls: CallRecord[]): Promise<Draft> => ({
    step: name,
    facts,
    calls,
    raws,
    occurredAt: decided.occurredAt,
    recordedAt: around.ports.now().toISOString(),
    actor: await around.actor(),
  });
  // What a pass of before has found out is not what this one has: a finding may have sent the case back.
  const { open } = current.facts;
  let found = step.name === 'contain' ? { ...current, facts: open ? { open } : {} } : current;
  const write = async (name: Draft['step'], made: Draft['facts'], calls: CallRecord[]) => {
    const written = await writeRecord(found, found.records, await draft(name, made, calls), around);
    found = { ...found, ...chained(found, written) };
  };
  if (found.records.length === 0) await write('open', { identity: current.identity, findings: attached }, []);
  await write(step.name, decided.facts, current.work.calls ?? []);

  const chain = chainOf(found);
  const { calls: _told, decided: _done, ...work } = chain.work;
  const last = { run: input.run, step: step.name, next: decided.next, notices: decided.notices };
  const changes = { ...chain, stage: decided.stage, closing: false, work, last };
  if (decided.stage === 'closed') current = await around.register.close(current, changes);
  else await change(changes);
  await tell(decided.notices, around);
  return { ...answer, next: decided.next as Next<S> };
}

/** `park` must leave a case to people even where its findings can no longer be read; every other step stops there. */
async function readable(step: StepName, found: Case, around: Surroundings): Promise<StoredFindings> {
  try {
    return await readFindings(found, around);
  } catch (error) {
    if (step !== 'park') throw error;
    const attached = await around.register.findings(found.id);
    const raws = [...new Set(attached.map(({ raw }) => raw))];
    return {
      findings: [],
      unread: attached.length,
      unweighed: attached.length,
      raws,
      attached,
      subject: { identity: found.identity, account: found.account },
    };
  }
}

/** Runs the rule. If it fails, what it had asked of AWS is stored first, so that the next record tells it. */
async function attempt<S extends StepName>(
  step: Step<S>,
  current: () => Case,
  read: Pick<StoredFindings, 'findings' | 'unread' | 'unweighed'>,
  error: { name: string; message: string } | undefined,
  ports: Ports,
  around: Surroundings,
) {
  try {
    return await step.run({ found: current(), ...read, ...(error && { error }) }, ports);
  } catch (failure) {
    const calls = [...(current().work.calls ?? []), ...around.takeCalls()];
    // Where they cannot be stored either, the step's own failure is the one to be told.
    if (calls.length > 0) await ports.keep({ calls }).catch(() => undefined);
    throw failure;
  }
}

/** Where a record must not be written, its calls are told by the next one, if they may. */
async function guarded(facts: object, calls: CallRecord[], { guard }: Surroundings, ports: Ports): Promise<void> {
  try {
    guard(JSON.stringify({ facts, calls }));
  } catch (refusal) {
    guard(JSON.stringify(calls));
    await ports.keep({ calls });
    throw refusal;
  }
}

async function tell(notices: Notice[], { notify }: Surroundings): Promise<void> {
  for (const notice of notices) await notify(notice);
}

const merge = (work: Work, patch: Work): Work => ({
  ...work,
  ...patch,
  before: { ...patch.before, ...work.before },
  ...((work.keysBefore ?? patch.keysBefore) && { keysBefore: work.keysBefore ?? patch.keysBefore }),
  rotation: { ...work.rotation, ...patch.rotation },
  ...((work.made ?? patch.made) && { made: [...new Set([...(work.made ?? []), ...(patch.made ?? [])])] }),
});
