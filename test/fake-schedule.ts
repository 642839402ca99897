import { awsError, type Handle } from './fake-aws.ts';

/** EventBridge Scheduler as its API reference describes it: a name is taken once, until the schedule has fired. */
export function fakeSchedule() {
  const schedules = new Map<string, { at: string; input: string }>();
  const handles = {
    'scheduler:CreateSchedule': ({ Name, ScheduleExpression, Target }) => {
      const name = String(Name);
      if (schedules.has(name)) throw awsError('ConflictException', `Schedule ${name} already exists.`, 409);
      const at = /^at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)$/.exec(String(ScheduleExpression))?.[1];
      if (!at) throw awsError('ValidationException', 'Invalid Schedule Expression');
      schedules.set(name, { at: `${at}Z`, input: (Target as { Input: string }).Input });
      return { ScheduleArn: `arn:aws:scheduler:eu-central-1:111122223333:schedule/default/${name}` };
    },
  } satisfies Record<string, Handle>;
  return { schedules, handles };
}
