import type { Case, Facts, Work } from '#core/case';
import { RescindError } from '#core/error';
import type { Finding } from '#core/finding';
import type { Next, StepInput, StepName } from '#core/pipeline';
import type { EvidenceStore, Notice, Notify, Ports, Register, Signer, TakeCalls } from '#core/ports';
import { type Draft, writeRecord } from '#core/record';
import type { Step } from '#core/steps/step';
import { readFindings, type StoredFindings } from '#core/stored-findings';
import type { CallRecord } from '#verifier/format';

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
  ports: Omit<Ports, 'keep' | 'seal'>;
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
  const occurredAt = around.ports.now().toISOString();
  if (step.name === 'contain' && current.taken < current.attached) await change({ taken: current.attached });
  const { findings, raws, attached, subject } = await readable(step.name, current, around);
  current = { ...current, ...subject };

  const outcome = await attempt(step, () => current, findings, input.error, ports, around);
  if (outcome === null) {
    await change({ last: null });
    return { ...answer, next: 'contain' as Next<S> };
  }
  const calls = [...(current.work.calls ?? []), ...around.takeCalls()];
  const draft = async (name: Draft['step'], facts: unknown, made: CallRecord[]): Promise<Draft> => {
    around.guard(JSON.stringify([facts, made]));
    const recordedAt = around.ports.now().toISOString();
    return {
      step: name,
      facts: facts as Draft['facts'],
      calls: made,
      raws,
      occurredAt,
      recordedAt,
      actor: await around.actor(),
    };
  };
  const records = [...current.records];
  const facts: Facts = { ...current.facts };
  if (records.length === 0) {
    const opening: Facts['open'] = { identity: current.identity, findings: attached };
    const opened = await writeRecord(current, records, await draft('open', opening, []), around);
    records.push(...opened.map(({ ref }) => ref));
    facts.open = opening;
  }
  const written = await writeRecord(current, records, await draft(step.name, outcome.facts, calls), around);
  records.push(...written.map(({ ref }) => ref));
  for (const { predicate } of written) Object.assign(facts, { [predicate.step]: predicate.facts });

  const { calls: _told, ...work } = current.work;
  const notices = outcome.notices ?? [];
  const last = { run: input.run, step: step.name, next: outcome.next, notices };
  const changes = { stage: outcome.stage, closing: false, records, facts, work, last };
  if (outcome.stage === 'closed') current = await around.register.close(current, changes);
  else await change(changes);
  await tell(notices, around);
  return { ...answer, next: outcome.next };
}

/** `park` must leave a case to people even where its findings can no longer be read; every other step stops there. */
async function readable(step: StepName, found: Case, around: Surroundings): Promise<StoredFindings> {
  try {
    return await readFindings(found, around);
  } catch (error) {
    if (step !== 'park') throw error;
    const attached = await around.register.findings(found.id);
    const raws = [...new Set(attached.map(({ raw }) => raw))];
    return { findings: [], raws, attached, subject: { identity: found.identity, account: found.account } };
  }
}

/** Runs the rule. If it fails, what it had asked of AWS is stored first, so that the next record tells it. */
async function attempt<S extends StepName>(
  step: Step<S>,
  current: () => Case,
  findings: Finding[],
  error: { name: string; message: string } | undefined,
  ports: Ports,
  around: Surroundings,
) {
  try {
    return await step.run({ found: current(), findings, ...(error && { error }) }, ports);
  } catch (failure) {
    const calls = [...(current().work.calls ?? []), ...around.takeCalls()];
    if (calls.length > 0) await ports.keep({ calls }).catch(() => undefined);
    throw failure;
  }
}

async function tell(notices: Notice[], { notify }: Surroundings): Promise<void> {
  for (const notice of notices) await notify(notice);
}

const merge = (work: Work, patch: Work): Work => ({
  ...work,
  ...patch,
  before: { ...patch.before, ...work.before },
  rotation: { ...work.rotation, ...patch.rotation },
});
