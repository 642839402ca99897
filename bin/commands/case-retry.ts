import type { Terminal } from '../terminal.ts';
import type { Deployed } from './stack.ts';

/** `rescind case retry`: asks for the next run of a case that is parked or whose execution has died, or a noted one's first. */
export async function caseRetryCommand(
  { caseId }: { caseId: string },
  { register, control, execution }: Pick<Deployed, 'register' | 'control' | 'execution'>,
  { out, err }: Pick<Terminal, 'out' | 'err'>,
): Promise<number> {
  const { stage, run, closing } = await register.load(caseId);
  if (stage === 'closed') {
    err(`${caseId} is closed, and a retry does not reopen it: a new finding does`);
    return 1;
  }
  if ((stage !== 'parked' || closing) && (await execution(caseId, run)) === 'running') {
    err(`${caseId} is not parked: its run ${run} goes on, at stage ${stage}`);
    return 1;
  }
  await control({ control: 'retry', caseId, run });
  out(caseId);
  err(
    `asked for run ${stage === 'noted' ? run : run + 1} of ${caseId}; "rescind case show ${caseId}" shows how it goes`,
  );
  return 0;
}
