import { CreateScheduleCommand, type CreateScheduleCommandInput, SchedulerClient } from '@aws-sdk/client-scheduler';
import type { Operations } from './call-aws.ts';
import { clientSettings } from './client.ts';
import { given } from './deployment.ts';

const scheduler = new SchedulerClient(clientSettings);

/** Schedules call the look with the role that may do nothing else; a step says when and for which case. */
export const scheduleOperations = {
  'scheduler:CreateSchedule': (input: CreateScheduleCommandInput) => {
    const Target = { ...input.Target, Arn: given('LOOK'), RoleArn: given('LOOK_ROLE') };
    return scheduler.send(new CreateScheduleCommand({ ...input, Target }));
  },
} satisfies Operations;
