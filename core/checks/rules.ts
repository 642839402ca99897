import * as v from 'valibot';
import { type Check, deployAgain, missing, ok, orAbsent, queueName, type Verdict } from './check.ts';

const described = v.object({ State: v.string() });
const targets = v.object({ Targets: v.array(v.object({ Arn: v.string() })) });
/** The second also lets calls through that only read (EventBridge API Reference, PutRule); no source needs them yet. */
const enabled = ['ENABLED', 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS'];

/** The rules of a part are enabled, and send to the queue that its function reads. */
export const rules: Check = {
  name: 'rules',
  async examine({ rules: given, reader }, { ask, output }) {
    const { names, bus } = given ?? { names: [] };
    const [onBus, option] = bus ? [{ EventBusName: bus }, ` --event-bus-name ${bus}`] : [{}, ''];
    const queue = queueName(output(reader.queues[0] ?? ''));
    const wrong: Verdict[] = [];
    for (const name of names) {
      const rule = await orAbsent(ask('events:DescribeRule', { Name: name, ...onBus }, described));
      if (!rule) wrong.push(missing('there is no such rule', deployAgain, name));
      else if (!enabled.includes(rule.State))
        wrong.push(missing(`the rule is ${rule.State}`, `aws events enable-rule --name ${name}${option}`, name));
      else {
        const { Targets } = await ask('events:ListTargetsByRule', { Rule: name, ...onBus }, targets);
        if (!Targets.some(({ Arn }) => queueName(Arn) === queue))
          wrong.push(missing(`the rule does not send to ${queue}`, deployAgain, name));
      }
    }
    return wrong.length > 0 ? wrong : ok(`enabled, and sending to ${reader.function}: ${names.length}`);
  },
};
