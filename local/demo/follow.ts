import { setTimeout as pause } from 'node:timers/promises';
import type { Case, RecordStep } from '#core/case';
import type { Cloud } from '../cloud.ts';
import { registerOf } from '../register.ts';

/** A record that the case has got since the last look. */
export type OnRecord = (step: RecordStep, found: Case) => void;

/**
 * Looks at the register until the case that the event opened is noted, closed or parked; `standing` are those that were
 * there before. `quietMs` is how long an event may take to open a case; one that is rightly ignored opens none.
 */
export async function follow(
  cloud: Cloud,
  standing: ReadonlySet<string>,
  onRecord: OnRecord,
  quietMs: number,
): Promise<Case | null> {
  const register = registerOf(cloud.engine, cloud.outputs.RegisterTable);
  const started = performance.now();
  let told = 0;
  for (;;) {
    const found = (await register.list(standing.size + 1)).find(({ id }) => !standing.has(id)) ?? null;
    for (const { step } of found?.records.slice(told) ?? []) onRecord(step, found as Case);
    told = Math.max(told, found?.records.length ?? 0);
    if (found?.stage === 'noted' || found?.stage === 'closed' || (found?.stage === 'parked' && !found.closing))
      return found;
    const waited = performance.now() - started;
    if (!found && waited > quietMs) return null;
    if (waited > 60_000) throw new Error(`the case ${found?.id} is still at ${found?.stage} after 60 s`);
    await pause(40);
  }
}
