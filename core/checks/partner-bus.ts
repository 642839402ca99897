import * as v from 'valibot';
import { type Check, missing, ok, orAbsent } from './check.ts';

/** The event source of a partner, whose bus has its name (EventBridge API Reference, DescribeEventSource). */
export const partnerBus: Check = {
  name: 'partner-bus',
  async examine({ name, rules }, { ask, region }) {
    const Name = rules?.bus ?? '';
    const source = await orAbsent(ask('events:DescribeEventSource', { Name }, v.object({ State: v.string() })));
    if (source?.State === 'ACTIVE') return ok(`the event source ${Name} has an active bus`);
    if (source?.State === 'PENDING')
      return missing(
        `the event source ${Name} has no active bus`,
        `aws events create-event-bus --name ${Name} --event-source-name ${Name}`,
      );
    return missing(
      source ? `the event source ${Name} is ${source.State}` : `there is no event source ${Name} in ${region}`,
      `make the log stream in ${name} again, name it in identityProviders.${name}.eventBus, and deploy`,
    );
  },
};
