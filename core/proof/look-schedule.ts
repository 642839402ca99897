import * as v from 'valibot';
import type { Case } from '#core/case';
import { parseAnswer } from '#core/facts/answer';
import type { Permission } from '#core/permission';
import { AwsRefusal, type Ports } from '#core/ports';
import { heldFrom } from './held.ts';

export const lookSchedulePermissions: Permission[] = [
  { action: 'scheduler:CreateSchedule', on: 'look-schedule' },
  // EventBridge Scheduler User Guide, "Identity-based policies": whoever makes a schedule hands it the role it calls with.
  { action: 'iam:PassRole', on: 'look-schedule' },
];

/** A time that is over already is put off by this much, for a schedule of the past is not sure to be kept. */
const soonest = 10_000;
const margin = 2000;
const answered = v.object({ ScheduleArn: v.string() });

/**
 * Has the closed case looked at when its longest session must have ended, once; null where nothing was cut. The
 * schedule is named by case and run, so that a second attempt finds the first one's; it vanishes when it has fired.
 */
export async function scheduleLook(found: Case, { aws, now, deployment }: Ports): Promise<string | null> {
  const from = heldFrom(found, deployment.settings);
  if (!from) return null;
  // Whole seconds are all that a schedule knows, and a clock may be behind: never before the time itself.
  const due = Math.max(from.getTime() + margin, now().getTime() + soonest);
  const at = new Date(Math.ceil(due / 1000) * 1000).toISOString().slice(0, 19);
  const input = {
    Name: `rescind-look-${found.id}-${found.run}`,
    ScheduleExpression: `at(${at})`,
    FlexibleTimeWindow: { Mode: 'OFF' },
    ActionAfterCompletion: 'DELETE',
    Target: { Input: JSON.stringify({ caseId: found.id, run: found.run }) },
  };
  try {
    parseAnswer('scheduler:CreateSchedule', answered, await aws('scheduler:CreateSchedule', input));
  } catch (error) {
    if (!(error instanceof AwsRefusal) || error.name !== 'ConflictException') throw error;
  }
  return `${at}Z`;
}
